/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Descriptors of the program that tasks of the kernel wait for.
 */
#ifndef LKL_HOSTFD_H
#define LKL_HOSTFD_H

#include "base/host-posix.h"
#include "io/watch.h"

/**
 * struct lkl_hostfds - those of a poller
 * @open:	there is a set
 * @fd:		the epoll set
 * @watch:	of it
 * @list:	who is in it
 */
struct lkl_hostfds {
	bool open;
	int fd;
	struct lkl_watch watch;
	struct lkl_hostfd *list;
};

/* poller.c */
struct lkl_hostfds *lkl_poller_hostfds(struct lkl_poller *p);

/* No more waiting. */
void lkl_hostfds_destroy(struct lkl_poller *p, struct lkl_hostfds *set);

#endif /* LKL_HOSTFD_H */
