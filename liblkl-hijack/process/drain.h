/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Waiting until data that was sent has left: see drain.c.
 */
#ifndef LKL_HIJACK_DRAIN_H
#define LKL_HIJACK_DRAIN_H

#include <stdbool.h>

/*
 * Wait until no closed TCP connection has data to send, and, if @datagrams,
 * until no datagram waits for the hardware address of a neighbour.  Wait at most
 * @ms milliseconds.  Allocate nothing.  Return the number of connections that
 * still have data to send.
 */
int drain(int ms, bool datagrams);

#endif /* LKL_HIJACK_DRAIN_H */
