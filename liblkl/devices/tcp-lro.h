/* SPDX-License-Identifier: GPL-2.0 */
/*
 * TCP segments that follow each other, as one: what the receiver has to do for
 * each, and the acknowledgement, is then done once.
 */
#ifndef LKL_TCP_JOIN_H
#define LKL_TCP_JOIN_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The bytes before the payload of a long segment over IPv4, from its struct
 * lkl_virtio_net_hdr_v1 on.  @packet: its first @room bytes, of @len; 0: it is
 * something else, or not all of that is here
 */
uint32_t tcp_lro_headers(const unsigned char *packet, uint32_t room,
			 uint32_t len);

/* Do two long segments belong to the same connection, in the same direction? */
bool tcp_lro_same_stream(const unsigned char *a, const unsigned char *b);

/*
 * Append the payload of segment @next to that of @first if nobody would see a
 * difference.  @header: what tcp_lro_headers() said of both; @len, @next_len:
 * bytes of each; returns whether @first has @next's payload now
 */
bool tcp_lro_merge(unsigned char *first, uint32_t len,
		   const unsigned char *next, uint32_t next_len,
		   uint32_t header);

#endif /* LKL_TCP_JOIN_H */
