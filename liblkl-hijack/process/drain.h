/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Waiting until data that was sent has left: see drain.c.
 */
#ifndef LKL_HIJACK_DRAIN_H
#define LKL_HIJACK_DRAIN_H

#include <stdbool.h>

/*
 * Wait at most @ms until no closed TCP connection has data to send; with
 * @datagrams also until no datagram waits for the address of a neighbour.
 * Allocate nothing.  Return the number of connections that are left.
 */
int drain(int ms, bool datagrams);

#endif /* LKL_HIJACK_DRAIN_H */
