/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Receiving: the buffers that the driver gave, the packets of the back end in
 * them, and which packets are merged into one.
 */
#ifndef LKL_VIRTIO_NET_RX_H
#define LKL_VIRTIO_NET_RX_H

#include <lkl/net-config.h>

#include "virtio/virtio.h"

/*
 * Entries of a queue.  More buffers than fit into a cache would be slower.
 * With 64, the half that the driver keeps in the queue may be too small for one
 * long packet.
 */
#define NET_QUEUE_MAX	256
/* Packets of one call of the back end, at most */
#define NET_BATCH	16
/* Parts of the buffers that wait for packets, at most */
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
 * struct net_rx_buf - a buffer that the driver gave
 * @head:	its chain
 * @parts:	number of its parts
 * @len:	length of all parts
 * @room:	number of bytes of it to use
 */
struct net_rx_buf {
	uint16_t head;
	uint16_t parts;
	uint32_t len;
	uint32_t room;
};

/**
 * struct net_rx - buffers and packets of a device
 * @dev:	the device
 * @vq:		the queue that the buffers come from
 * @vnet_hdr:	the back end writes the virtio header
 * @headers:	expected length of the headers of TCP segments, 0: unknown
 * @bufs:	number of buffers in @buf
 * @parts:	number of parts in @part
 * @buf:	buffers, oldest first
 * @part:	parts of all buffers
 * @vec:	the same for the back end, adjacent parts as one
 * @packet:	packets to receive, which use the buffers in order
 * @used:	number of buffers that each packet may use
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

/* Prepare up to @max packets in @packet to be received; return their number. */
uint32_t lkl_net_rx_prepare(struct net_rx *rx, uint32_t max);
/*
 * Give the driver the first @count prepared packets, which were received; with
 * @lro, merge TCP segments of a stream.
 */
void lkl_net_rx_deliver(struct net_rx *rx, uint32_t count, bool lro);
/* Forget all buffers, as the driver reset the device. */
void lkl_net_rx_reset(struct net_rx *rx);

#endif /* LKL_VIRTIO_NET_RX_H */
