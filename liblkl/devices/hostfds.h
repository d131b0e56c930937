/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Descriptors of the host that tasks of the kernel wait for.
 */
#ifndef LKL_DEVICES_HOSTFDS_H
#define LKL_DEVICES_HOSTFDS_H

#include "core/instance.h"
#include "shared/list.h"

/**
 * struct lkl_hostfds - descriptors of the host that the kernel has files for
 * @all:	struct hostfd
 * @ready:	those of @all that became ready, the last first
 */
struct lkl_hostfds {
	struct list all;
	struct list ready;
};

void lkl_hostfds_init(struct lkl_hostfds *fds);
/* Fill in the kernel's callbacks. */
void lkl_hostfds_set_callbacks(struct lkl_callbacks *callbacks);
/* Release the descriptors that a kernel which is gone left behind. */
void lkl_hostfds_close(struct lkl_instance *inst);

#endif /* LKL_DEVICES_HOSTFDS_H */
