/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The life cycle of a kernel.
 */
#ifndef LKL_LIFE_LIFE_H
#define LKL_LIFE_LIFE_H

#include "core/instance.h"

/* Halt the kernel of @inst, to which the calling thread is bound. */
long lkl_halt(struct lkl_instance *inst);

/*
 * Give back to the host everything that boot took.  Context: the kernel does
 * not run any more.
 */
void lkl_power_off(struct lkl_instance *inst);

/* Return whether a host can tell the guest RAM of several kernels apart. */
static inline bool lkl_host_knows_ram(const struct lkl_host_wait_ops *wait)
{
	return wait->size > offsetof(struct lkl_host_wait_ops, poller_set_ram);
}

#endif /* LKL_LIFE_LIFE_H */
