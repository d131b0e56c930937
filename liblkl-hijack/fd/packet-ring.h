/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Packet sockets with a ring in shared memory: see packet-ring.c.
 */
#ifndef LKL_HIJACK_PACKET_RING_H
#define LKL_HIJACK_PACKET_RING_H

#include <stdbool.h>
#include <sys/socket.h>

/* Do the work of setsockopt() with SOL_PACKET for @fd, which is @k within LKL. */
int packet_setsockopt(int fd, int k, int name, const void *val, socklen_t len);
/* Return true if getsockopt() must refuse this option. */
bool packet_is_refused(int level, int name, const void *val, socklen_t len);

/* Put packets that have arrived into the rings, after each wait. */
void packet_rings_fill(void);
/* Return true if the ring of @fd has packets that the program has not taken. */
bool packet_ring_has_some(int fd);

#endif /* LKL_HIJACK_PACKET_RING_H */
