/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The poller: disk requests on their way, and waiting until something happens.
 */
#ifndef LKL_WIN32_POLLER_H
#define LKL_WIN32_POLLER_H

#include <lkl_host.h>

#include "io/request.h"

/* The sub-table @wait of the host's table */
extern const struct lkl_host_wait_ops lkl_host_win32_wait_ops;

/* Queue @io for @target, with the CPU lock held. */
void lkl_host_win32_poller_queue(struct lkl_poller *p, struct lkl_blk_io *io,
				 const struct lkl_request_target *target);

/*
 * Wait for the requests in flight for @target, and forget them, with the CPU
 * lock held or without a kernel.
 */
void lkl_host_win32_poller_drain(struct lkl_poller *p,
				 const struct lkl_request_target *target);

#endif /* LKL_WIN32_POLLER_H */
