/* SPDX-License-Identifier: GPL-2.0 */
/* Waiting for connections to end: see drain.c. */
#ifndef LKL_HIJACK_DRAIN_H
#define LKL_HIJACK_DRAIN_H

/*
 * Wait until no closed TCP connection has anything to send any more, @ms at
 * most.  Allocates nothing.  Returns how many have.
 */
int drain(int ms);

#endif /* LKL_HIJACK_DRAIN_H */
