/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Large receive offload (LRO): consecutive TCP segments are merged into one, so
 * that the receiver processes and acknowledges them once.
 */
#ifndef LKL_VIRTIO_TCP_LRO_H
#define LKL_VIRTIO_TCP_LRO_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Return the number of bytes in front of the payload of a GSO segment of TCP
 * over IPv4, struct lkl_virtio_net_hdr_v1 included.  Return 0 for any other
 * packet, and when the headers are not all in the first @room bytes of @packet.
 * @len: length of the packet.
 */
uint32_t lkl_tcp_lro_headers(const unsigned char *packet, uint32_t room,
			     uint32_t len);

/* Return whether two GSO segments belong to one connection and direction. */
bool lkl_tcp_lro_same_stream(const unsigned char *a, const unsigned char *b);

/*
 * Make the headers of segment @first cover the payload of segment @next as
 * well, if a receiver of the two would see no difference.  @header: length of
 * the headers of both, by lkl_tcp_lro_headers(); @len, @next_len: length of each.
 * Return whether the segments were merged.
 */
bool lkl_tcp_lro_merge(unsigned char *first, uint32_t len,
		       const unsigned char *next, uint32_t next_len,
		       uint32_t header);

#endif /* LKL_VIRTIO_TCP_LRO_H */
