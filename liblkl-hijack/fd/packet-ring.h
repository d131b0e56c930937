/* SPDX-License-Identifier: GPL-2.0 */
/* Packets in shared memory: see packet-ring.c. */
#ifndef LKL_HIJACK_PACKET_RING_H
#define LKL_HIJACK_PACKET_RING_H

#include <stdbool.h>
#include <sys/socket.h>

/* setsockopt() of SOL_PACKET for @fd, which is @k. */
int packet_setsockopt(int fd, int k, int name, const void *val, socklen_t len);
/* Is it one that getsockopt() is to refuse? */
bool packet_is_refused(int level, int name, const void *val, socklen_t len);

/* Put what has arrived into the rings; after each wait. */
void packet_rings_fill(void);
/* Are there packets in its ring that the program has not taken? */
bool packet_ring_has_some(int fd);

#endif /* LKL_HIJACK_PACKET_RING_H */
