/* SPDX-License-Identifier: GPL-2.0 */
/* Waiting for descriptors of both kinds: see poll.c. */
#ifndef LKL_HIJACK_WAIT_H
#define LKL_HIJACK_WAIT_H

#include <poll.h>
#include <signal.h>
#include <time.h>

/* A list of so many needs no memory. */
#define FEW	64

/*
 * ppoll() by the kernel of LKL, for descriptors of LKL and of the host.
 * @timeout: NULL for ever; receives what is left.  Returns -errno on failure.
 */
long wait_mixed(struct pollfd *fds, nfds_t count, struct timespec *timeout,
		const sigset_t *mask);

/* What poll() and others mean by milliseconds: NULL for ever, or @ts. */
struct timespec *wait_ms(struct timespec *ts, int ms);

#endif /* LKL_HIJACK_WAIT_H */
