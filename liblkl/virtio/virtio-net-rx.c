// SPDX-License-Identifier: GPL-2.0
/*
 * Receiving packets into the buffers of the driver.
 *
 * TCP segments of a stream that arrive in one batch are merged (LRO), so that
 * one acknowledgement covers all of them.  For that, the headers of each
 * segment go to a buffer of their own, which the next packet reuses when the
 * headers are not needed.  Packets of other streams may lie between the
 * segments, as several streams from one sender take turns.
 */
#include <string.h>

#include <lkl/linux/virtio_net.h>

#include "core/instance.h"
#include "virtio/tcp-lro.h"
#include "virtio/virtio-net-rx.h"

/* Buffers */

/* Return the size that the buffers for one packet must have. */
static uint32_t rx_packet_size(const struct net_rx *rx)
{
	if (rx->dev->driver_features & NET_GUEST_GSO)
		return NET_GSO_SIZE;
	return NET_JUMBO_SIZE;
}

static void rx_add_buf(struct net_rx *rx, const struct virtq_chain *c)
{
	struct net_rx_buf *buf = &rx->buf[rx->bufs++];
	unsigned int i;

	*buf = (struct net_rx_buf) { .head = c->head, .parts = c->in };
	for (i = 0; i < c->in; i++)
		buf->len += c->iov[i].iov_len;
	memcpy(&rx->part[rx->parts], c->iov, c->in * sizeof(c->iov[0]));
	rx->parts += c->in;
}

/* Get one more buffer; return false without one, and without room for it. */
static bool rx_get_buf(struct net_rx *rx)
{
	struct virtq_chain chain;

	if (rx->bufs == NET_QUEUE_MAX ||
	    rx->parts > NET_RX_PARTS - ARRAY_SIZE(chain.iov) ||
	    !lkl_virtq_pop(rx->dev, rx->vq, &chain))
		return false;
	if (chain.out || !chain.in || chain.iov[0].iov_len < NET_HEADER_SIZE) {
		lkl_virtio_broken(rx->dev);
		return false;
	}
	rx_add_buf(rx, &chain);
	return true;
}

static void rx_split_headers(struct net_rx *rx, struct net_rx_buf *buf)
{
	if (rx->headers && buf->parts == 1 && buf->len > rx->headers)
		buf->room = rx->headers;
}

/*
 * Gather the buffers for one packet, from buffer @first on; return their
 * number, 0 when there are not enough.  Buffers that cannot be merged are large
 * enough.
 */
static uint32_t rx_gather(struct net_rx *rx, uint32_t first)
{
	bool merge = lkl_virtio_has(rx->dev, LKL_VIRTIO_NET_F_MRG_RXBUF);
	uint32_t i, len = 0;

	for (i = first; i < rx->bufs || rx_get_buf(rx); i++) {
		rx->buf[i].room = rx->buf[i].len;
		if (i == first)
			rx_split_headers(rx, &rx->buf[i]);
		len += rx->buf[i].room;
		if (!merge || len >= rx_packet_size(rx))
			return i + 1 - first;
	}
	return 0;
}

/* Remove @gone buffers from @first on; their parts begin at @part. */
static void rx_forget(struct net_rx *rx, uint32_t first, uint32_t part,
		      uint32_t gone)
{
	uint32_t i, parts = 0;

	for (i = 0; i < gone; i++)
		parts += rx->buf[first + i].parts;
	rx->bufs -= gone;
	rx->parts -= parts;
	memmove(&rx->buf[first], &rx->buf[first + gone],
		(rx->bufs - first) * sizeof(rx->buf[0]));
	memmove(&rx->part[part], &rx->part[part + parts],
		(rx->parts - part) * sizeof(rx->part[0]));
}

void lkl_net_rx_reset(struct net_rx *rx)
{
	rx->bufs = 0;
	rx->parts = 0;
	rx->headers = 0;
}

/* Packets to come */

static void rx_add_vec(struct lkl_packet *p, void *base, size_t len)
{
	struct iovec *v = &p->iov[p->iov_count];

	if (p->iov_count && (char *)v[-1].iov_base + v[-1].iov_len == base) {
		v[-1].iov_len += len;
		return;
	}
	*v = (struct iovec) { .iov_base = base, .iov_len = len };
	p->iov_count++;
}

/* Let packet @p use buffer @buf, whose parts begin at @part. */
static void rx_add_room(struct lkl_packet *p, const struct net_rx_buf *buf,
			const struct iovec *part)
{
	uint32_t i;

	if (buf->parts == 1) {
		rx_add_vec(p, part->iov_base, buf->room);
		return;
	}
	for (i = 0; i < buf->parts; i++)
		rx_add_vec(p, part[i].iov_base, part[i].iov_len);
}

/* Hide the room for the virtio header from a back end that has none. */
static void rx_hide_header(struct lkl_packet *p)
{
	memset(p->iov->iov_base, 0, NET_HEADER_SIZE);
	p->iov->iov_base = (char *)p->iov->iov_base + NET_HEADER_SIZE;
	p->iov->iov_len -= NET_HEADER_SIZE;
}

static void rx_unhide_header(struct lkl_packet *p)
{
	p->iov->iov_base = (char *)p->iov->iov_base - NET_HEADER_SIZE;
	p->iov->iov_len += NET_HEADER_SIZE;
	p->len += NET_HEADER_SIZE;
}

uint32_t lkl_net_rx_prepare(struct net_rx *rx, uint32_t max)
{
	uint32_t i, used, buf = 0, part = 0;

	for (i = 0; i < max; i++) {
		struct lkl_packet *p = &rx->packet[i];

		used = rx_gather(rx, buf);
		if (!used)
			break;
		*p = (struct lkl_packet) { .iov = &rx->vec[part] };
		rx->used[i] = used;
		while (used--) {
			rx_add_room(p, &rx->buf[buf], &rx->part[part]);
			part += rx->buf[buf++].parts;
		}
		if (!rx->vnet_hdr)
			rx_hide_header(p);
	}
	return i;
}

/* Packets that came */

/**
 * struct rx_packet - a packet that was received
 * @packet:	its first byte
 * @headers:	length of its headers if it can be merged, else 0
 * @first:	its first buffer
 * @left:	number of buffers in front of those that it keeps, for later
 *		packets
 * @held:	number of buffers that it keeps
 * @bytes:	bytes in these buffers
 * @merged:	they are payload that follows the payload of another packet
 * @next:	the packet whose payload follows, 0: none
 * @last:	of the first of merged packets: the last one
 * @len:	of the first of merged packets: length of all
 * @buffers:	of the first of merged packets: number of buffers of all
 */
struct rx_packet {
	unsigned char *packet;
	uint32_t headers;
	uint32_t first;
	uint32_t left;
	uint32_t held;
	uint32_t bytes;
	bool merged;
	uint32_t next;
	uint32_t last;
	uint32_t len;
	uint16_t buffers;
};

/* Return the length of headers, which must lie in one piece, or 0. */
static uint32_t rx_lro_headers(const struct net_rx *rx, uint32_t i,
			       uint32_t first)
{
	const struct lkl_packet *p = &rx->packet[i];
	const struct net_rx_buf *buf = &rx->buf[first];

	if (buf->parts != 1)
		return 0;
	return lkl_tcp_lro_headers(p->iov[0].iov_base,
				   buf->room < p->len ? buf->room : p->len,
				   p->len);
}

/*
 * Return the newest packet of the stream of packet @i that is not merged into
 * another, @i if there is none.  No packet overtakes one that cannot be merged.
 */
static uint32_t rx_find_stream(const struct rx_packet *all, uint32_t i)
{
	uint32_t j = i;

	if (!all[i].headers)
		return i;
	while (j-- && all[j].headers)
		if (!all[j].merged &&
		    lkl_tcp_lro_same_stream(all[j].packet, all[i].packet))
			return j;
	return i;
}

/* Merge packet @i into packet @to, if the receiver would see no difference. */
static void rx_merge(const struct net_rx *rx, struct rx_packet *all,
		     uint32_t to, uint32_t i)
{
	struct rx_packet *a = &all[i], *head = &all[to];

	if (a->headers != head->headers ||
	    a->headers != rx->buf[a->first].room ||
	    !lkl_tcp_lro_merge(head->packet, head->len, a->packet, a->len,
			       a->headers))
		return;
	a->merged = true;
	a->left = 1;
	a->bytes -= a->headers;
	head->len += a->bytes;
	all[head->last].next = i;
	head->last = i;
}

static uint32_t rx_used_bytes(const struct net_rx *rx, uint32_t buf,
			      uint32_t bytes)
{
	return rx->buf[buf].room < bytes ? rx->buf[buf].room : bytes;
}

static uint32_t rx_count_bufs(const struct net_rx *rx,
			      const struct rx_packet *a, uint32_t max)
{
	uint32_t i, bytes = a->bytes;

	for (i = 0; i < max - a->left && bytes; i++)
		bytes -= rx_used_bytes(rx, a->first + a->left + i, bytes);
	return i;
}

static void rx_receive(struct net_rx *rx, struct rx_packet *all, uint32_t i,
		       uint32_t first, bool lro)
{
	const struct lkl_packet *p = &rx->packet[i];
	struct rx_packet *a = &all[i];
	uint32_t head;

	*a = (struct rx_packet){
		.packet = p->iov[0].iov_base,
		.headers = lro ? rx_lro_headers(rx, i, first) : 0,
		.first = first,
		.bytes = p->len,
		.last = i,
		.len = p->len,
	};
	head = rx_find_stream(all, i);
	if (head != i)
		rx_merge(rx, all, head, i);
	a->held = rx_count_bufs(rx, a, rx->used[i]);
	all[a->merged ? head : i].buffers += a->held;
}

static void rx_push(struct net_rx *rx, const struct rx_packet *a)
{
	uint32_t i, buf, used, bytes = a->bytes;

	for (i = 0; i < a->held; i++) {
		buf = a->first + a->left + i;
		used = rx_used_bytes(rx, buf, bytes);
		lkl_virtq_push(rx->dev, rx->vq, rx->buf[buf].head, used);
		bytes -= used;
	}
}

/* Give the driver packet @i and the packets that are merged into it. */
static void rx_give_packet(struct net_rx *rx, const struct rx_packet *all,
			   uint32_t i)
{
	/* The header may not be aligned. */
	memcpy(all[i].packet +
	       offsetof(struct lkl_virtio_net_hdr_v1, num_buffers),
	       &all[i].buffers, sizeof(all[i].buffers));
	do {
		rx_push(rx, &all[i]);
		i = all[i].next;
	} while (i);
}

/* Buffers that a packet did not use are for the next one. */
void lkl_net_rx_deliver(struct net_rx *rx, uint32_t count, bool lro)
{
	bool can_merge = lro && rx->vnet_hdr &&
			 lkl_virtio_has(rx->dev, LKL_VIRTIO_NET_F_MRG_RXBUF);
	struct rx_packet all[NET_BATCH];
	uint32_t i, part, first = 0;

	for (i = 0; i < count; i++) {
		if (!rx->vnet_hdr)
			rx_unhide_header(&rx->packet[i]);
		rx_receive(rx, all, i, first, can_merge);
		first += rx->used[i];
		rx->headers = all[i].headers;
	}
	for (i = 0; i < count; i++)
		if (!all[i].merged)
			rx_give_packet(rx, all, i);
	/* From the end, so that earlier buffers keep their numbers. */
	while (count--) {
		part = rx->packet[count].iov - rx->vec;
		/* A buffer that is left has a single part. */
		rx_forget(rx, all[count].first + all[count].left,
			  part + all[count].left, all[count].held);
	}
}
