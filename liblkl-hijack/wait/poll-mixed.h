/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Waiting for descriptors of the host and of LKL: see poll.c.
 */
#ifndef LKL_HIJACK_POLL_MIXED_H
#define LKL_HIJACK_POLL_MIXED_H

#include <poll.h>
#include <signal.h>
#include <time.h>

/* A list with at most this many descriptors needs no memory. */
#define POLL_FEW	64

/*
 * Wait in the kernel of LKL as ppoll() does, for descriptors of the host and of
 * LKL.  Store the time that is left in *@timeout; NULL means no limit.  Return
 * -errno on failure.
 */
long poll_mixed(struct pollfd *fds, nfds_t count, struct timespec *timeout,
		const sigset_t *mask);

/* Convert the timeout @ms of poll().  Return @ts, or NULL for no limit. */
struct timespec *poll_timeout(struct timespec *ts, int ms);

#endif /* LKL_HIJACK_POLL_MIXED_H */
