/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where a network device receives: the buffers that its driver gave, packets of
 * the back end in them, and what of these is one for the driver.
 */
#ifndef LKL_VIRTIO_NET_RX_H
#define LKL_VIRTIO_NET_RX_H

#include <lkl/net-config.h>

#include "devices/virtio.h"

/*
 * Entries of a queue.  More buffers than fit into a cache would only be slower.
 * Of 64, the half that the driver keeps here might not have room for one long
 * packet.
 */
#define NET_QUEUE_MAX	256
/* Packets of one call of the back end. */
#define NET_BATCH	16
/* Parts of the buffers that hold no packet yet. */
#define NET_RX_PARTS	512

#define NET_F(name)	(1ULL << LKL_VIRTIO_NET_F_##name)
#define NET_GUEST_GSO	(NET_F(GUEST_TSO4) | NET_F(GUEST_TSO6) | \
			 NET_F(GUEST_UFO) | NET_F(GUEST_USO4) | \
			 NET_F(GUEST_USO6))
#define NET_HEADER_SIZE	sizeof(struct lkl_virtio_net_hdr_v1)

/* The longest packets: with segmentation left to the receiver, and without. */
#define NET_GSO_SIZE	(65536 + 32 + NET_HEADER_SIZE)
#define NET_JUMBO_SIZE	(LKL_NET_JUMBO_MTU + 32 + NET_HEADER_SIZE)

/**
 * struct net_rx_buf - a buffer of the driver's
 * @head:	its chain
 * @parts:	number of its parts
 * @len:	their length
 * @room:	so much of it is to be used
 */
struct net_rx_buf {
	uint16_t head;
	uint16_t parts;
	uint32_t len;
	uint32_t room;
};

/**
 * struct net_rx - buffers and packets
 * @dev:	whose they are
 * @vq:		the queue they come from
 * @vnet_hdr:	the back end writes the header
 * @headers:	length of the headers of TCP segments to come, 0: not known
 * @bufs:	number of @buf
 * @parts:	number of @part
 * @buf:	buffers, oldest first
 * @part:	their parts
 * @vec:	the same for the back end, which gets adjacent ones as one
 * @packet:	packets to receive; they use the buffers in order
 * @used:	number of buffers that each may use
 */
struct net_rx {
	struct virtio_dev *dev;
	struct virtq *vq;
	bool vnet_hdr;
	uint32_t headers;
	uint32_t bufs;
	uint32_t parts;
	struct net_rx_buf buf[NET_QUEUE_MAX];
	struct iovec part[NET_RX_PARTS];
	struct iovec vec[NET_RX_PARTS];
	struct lkl_packet packet[NET_BATCH];
	uint32_t used[NET_BATCH];
};

/* Room for packets in @packet, at most @max; returns their number. */
uint32_t net_rx_prepare(struct net_rx *rx, uint32_t max);
/*
 * Give the driver the first @count of what was prepared, which have come; @lro:
 * TCP segments of a stream as one.
 */
void net_rx_deliver(struct net_rx *rx, uint32_t count, bool lro);
/* Forget all buffers. */
void net_rx_reset(struct net_rx *rx);

#endif /* LKL_VIRTIO_NET_RX_H */
