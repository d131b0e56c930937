/* SPDX-License-Identifier: GPL-2.0 */
/* Waiting until what was sent has left: see drain.c. */
#ifndef LKL_HIJACK_DRAIN_H
#define LKL_HIJACK_DRAIN_H

#include <stdbool.h>

/*
 * Wait until no closed TCP connection has anything to send any more, @ms at
 * most; with @datagrams until none waits for the address of a neighbour, too.
 * Allocates nothing.  Returns how many connections are left.
 */
int drain(int ms, bool datagrams);

#endif /* LKL_HIJACK_DRAIN_H */
