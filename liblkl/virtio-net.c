// SPDX-License-Identifier: GPL-2.0
/*
 * The virtio network device model.
 *
 * Packets cross without a copy: the back end reads into and writes from the
 * driver's buffers.  Each way several packets go with one call of the back end;
 * how many depends on how many came the last time.
 *
 * TCP segments that came together are joined.  For that the headers of each go
 * to a buffer of their own, which the next packet can have if they are not
 * needed.
 */
#include <string.h>

#include <lkl/linux/virtio_ids.h>
#include <lkl/linux/virtio_net.h>
#include <lkl/net-config.h>

#include "instance.h"
#include "tcp-join.h"
#include "virtio-net.h"

/*
 * More buffers than fit into a cache would only be slower.  Of 64, the half that
 * the driver keeps here might not have room for one long packet.
 */
#define QUEUE_MAX	256
#define RX		0
#define TX		1

#define F(name)		(1ULL << LKL_VIRTIO_NET_F_##name)
#define GUEST_GSO	(F(GUEST_TSO4) | F(GUEST_TSO6) | F(GUEST_UFO) | \
			 F(GUEST_USO4) | F(GUEST_USO6))
#define HOST_GSO	(F(HOST_TSO4) | F(HOST_TSO6) | F(HOST_UFO) | F(HOST_USO))
/* What the device can do, given the back end; no other queues, no status. */
#define KNOWN		(F(CSUM) | HOST_GSO | F(HOST_ECN) | F(GUEST_CSUM) | \
			 GUEST_GSO | F(GUEST_ECN) | F(MRG_RXBUF))
#define HEADER_SIZE	sizeof(struct lkl_virtio_net_hdr_v1)

/* The longest packets: with segmentation left to the receiver, and without. */
#define GSO_SIZE	(65536 + 32 + HEADER_SIZE)
#define JUMBO_SIZE	(9216 + 32 + HEADER_SIZE)

/* Packets of one call. */
#define BATCH		16
/* So many packets come one by one before it is tried whether there are more. */
#define SINGLES		16
/* Buffers that the driver gave and that hold no packet yet, and their parts. */
#define RX_BUFS		QUEUE_MAX
#define RX_PARTS	512

/**
 * struct rx_buf - a buffer of the driver's
 * @head:	its chain
 * @parts:	number of its parts
 * @len:	their length
 * @room:	so much of it is to be used
 */
struct rx_buf {
	uint16_t head;
	uint16_t parts;
	uint32_t len;
	uint32_t room;
};

/* The configuration space */
struct net_config {
	struct lkl_virtio_net_config virtio;
	struct lkl_net_config lkl;
} __attribute__((packed));

/**
 * struct virtio_net - a network device
 * @dev:	its virtio side
 * @config:	its configuration space
 * @nd:		its back end
 * @ops:	what that does
 * @custom:	a program's own back end
 * @batch:	packets to receive at once
 * @singles:	packets that came one by one
 * @listening:	the back end tells of packets
 * @headers:	length of the headers of TCP segments to come, 0: not known
 * @rx_count:	number of @rx_buf
 * @rx_parts:	number of @rx_part
 * @rx_buf:	buffers, oldest first
 * @rx_part:	their parts
 * @rx_vec:	the same for the back end, which gets adjacent ones as one
 * @rx_packet:	packets to receive; they use the buffers in order
 * @rx_used:	number of buffers that each may use
 * @tx_first:	first chain to send
 * @tx_count:	number of chains up to the last
 * @tx_packet:	chains as packets
 * @tx_chain:	chains to send
 */
struct virtio_net {
	struct virtio_dev dev;
	struct net_config config;
	struct lkl_netdev *nd;
	const struct lkl_host_net_ops *ops;
	void *custom;
	uint32_t batch;
	uint32_t singles;
	bool listening;
	uint32_t headers;
	uint32_t rx_count;
	uint32_t rx_parts;
	struct rx_buf rx_buf[RX_BUFS];
	struct iovec rx_part[RX_PARTS];
	struct iovec rx_vec[RX_PARTS];
	struct lkl_packet rx_packet[BATCH];
	uint32_t rx_used[BATCH];
	uint32_t tx_first;
	uint32_t tx_count;
	struct lkl_packet tx_packet[BATCH];
	struct virtq_chain tx_chain[BATCH];
};

static struct virtio_net *net_of(struct virtio_dev *dev)
{
	return container_of(dev, struct virtio_net, dev);
}

static struct iovec advance(struct iovec v, size_t n)
{
	v.iov_base = (char *)v.iov_base + n;
	v.iov_len -= n;
	return v;
}

/* Sending */

/*
 * The header is in one piece, so that back ends may look at it; they have room
 * for the longest packet.
 */
static bool is_tx_packet(const struct virtio_net *n,
			 const struct virtq_chain *c)
{
	uint64_t len = 0;
	unsigned int i;

	if (!c->out || c->in || c->iov[0].iov_len < HEADER_SIZE)
		return false;
	for (i = 0; i < c->out; i++)
		len += c->iov[i].iov_len;
	return len <= GSO_SIZE || len <= n->config.lkl.tso_max + HEADER_SIZE;
}

static void add_tx_packet(struct virtio_net *n)
{
	struct virtq_chain *c = &n->tx_chain[n->tx_count];

	if (!n->nd->has_vnet_hdr)
		c->iov[0] = advance(c->iov[0], HEADER_SIZE);
	n->tx_packet[n->tx_count] = (struct lkl_packet) {
		.iov = c->iov,
		.iov_count = c->out,
	};
	n->tx_count++;
}

/* Take what the driver wants to be sent; false: nothing is left. */
static bool fill_tx(struct virtio_net *n)
{
	struct virtq *vq = &n->dev.queue[TX];

	/* Some wait for the back end. */
	if (n->tx_first < n->tx_count)
		return true;
	n->tx_first = 0;
	n->tx_count = 0;
	while (n->tx_count < BATCH &&
	       virtq_pop(&n->dev, vq, &n->tx_chain[n->tx_count])) {
		if (!is_tx_packet(n, &n->tx_chain[n->tx_count])) {
			virtio_broken(&n->dev);
			break;
		}
		add_tx_packet(n);
	}
	return n->tx_count;
}

static void net_tx(struct virtio_net *n)
{
	struct virtq *vq = &n->dev.queue[TX];
	int sent;

	while (fill_tx(n)) {
		uint32_t wanted = n->tx_count - n->tx_first;

		sent = n->ops->send(n->nd, n->tx_packet + n->tx_first, wanted);
		for (; sent > 0; sent--, wanted--)
			virtq_push(&n->dev, vq,
				   n->tx_chain[n->tx_first++].head, 0);
		if (wanted)
			break;
	}
	virtq_signal(&n->dev, vq);
}

/* Receiving */

/* Bytes that the buffers for one packet must have. */
static uint32_t rx_size(const struct virtio_net *n)
{
	if (n->dev.driver_features & GUEST_GSO)
		return GSO_SIZE;
	return JUMBO_SIZE;
}

static void add_rx_buf(struct virtio_net *n, const struct virtq_chain *c)
{
	struct rx_buf *buf = &n->rx_buf[n->rx_count++];
	unsigned int i;

	*buf = (struct rx_buf) { .head = c->head, .parts = c->in };
	for (i = 0; i < c->in; i++)
		buf->len += c->iov[i].iov_len;
	memcpy(&n->rx_part[n->rx_parts], c->iov, c->in * sizeof(c->iov[0]));
	n->rx_parts += c->in;
}

/* One more buffer of the driver's; false: there is none, or no room for it. */
static bool more_rx(struct virtio_net *n)
{
	struct virtq_chain chain;

	if (n->rx_count == RX_BUFS ||
	    n->rx_parts > RX_PARTS - ARRAY_SIZE(chain.iov) ||
	    !virtq_pop(&n->dev, &n->dev.queue[RX], &chain))
		return false;
	if (chain.out || !chain.in || chain.iov[0].iov_len < HEADER_SIZE) {
		virtio_broken(&n->dev);
		return false;
	}
	add_rx_buf(n, &chain);
	return true;
}

static void set_headers_apart(struct virtio_net *n, struct rx_buf *buf)
{
	if (n->headers && buf->parts == 1 && buf->len > n->headers)
		buf->room = n->headers;
}

/*
 * Buffers for one packet, from @first on; their number, 0: there are not
 * enough.  Those that cannot be merged are as long as the driver needs them.
 */
static uint32_t gather_rx(struct virtio_net *n, uint32_t first)
{
	bool merge = virtio_has(&n->dev, LKL_VIRTIO_NET_F_MRG_RXBUF);
	uint32_t i, len = 0;

	for (i = first; i < n->rx_count || more_rx(n); i++) {
		n->rx_buf[i].room = n->rx_buf[i].len;
		if (i == first)
			set_headers_apart(n, &n->rx_buf[i]);
		len += n->rx_buf[i].room;
		if (!merge || len >= rx_size(n))
			return i + 1 - first;
	}
	return 0;
}

static void add_vec(struct lkl_packet *p, void *base, size_t len)
{
	struct iovec *v = &p->iov[p->iov_count];

	if (p->iov_count && (char *)v[-1].iov_base + v[-1].iov_len == base) {
		v[-1].iov_len += len;
		return;
	}
	*v = (struct iovec) { .iov_base = base, .iov_len = len };
	p->iov_count++;
}

/* Let @p use @buf, whose parts these are. */
static void add_room(struct lkl_packet *p, const struct rx_buf *buf,
		     const struct iovec *part)
{
	uint32_t i;

	if (buf->parts == 1) {
		add_vec(p, part->iov_base, buf->room);
		return;
	}
	for (i = 0; i < buf->parts; i++)
		add_vec(p, part[i].iov_base, part[i].iov_len);
}

/* Packets that can be received, at most @max. */
static uint32_t prepare_rx(struct virtio_net *n, uint32_t max)
{
	uint32_t i, used, buf = 0, part = 0;

	for (i = 0; i < max; i++) {
		struct lkl_packet *p = &n->rx_packet[i];

		used = gather_rx(n, buf);
		if (!used)
			break;
		*p = (struct lkl_packet) { .iov = &n->rx_vec[part] };
		n->rx_used[i] = used;
		while (used--) {
			add_room(p, &n->rx_buf[buf], &n->rx_part[part]);
			part += n->rx_buf[buf++].parts;
		}
	}
	return i;
}

/* Back ends without a header do not see the room for it. */
static void hide_headers(struct virtio_net *n, uint32_t count)
{
	while (count--) {
		struct iovec *v = n->rx_packet[count].iov;

		memset(v->iov_base, 0, HEADER_SIZE);
		*v = advance(*v, HEADER_SIZE);
	}
}

static void unhide_headers(struct virtio_net *n, uint32_t count)
{
	while (count--) {
		struct iovec *v = n->rx_packet[count].iov;

		v->iov_base = (char *)v->iov_base - HEADER_SIZE;
		v->iov_len += HEADER_SIZE;
		n->rx_packet[count].len += HEADER_SIZE;
	}
}

/* Give the driver @len bytes in buffers from @first on; returns their number. */
static uint32_t push(struct virtio_net *n, uint32_t first, uint32_t max,
		     uint32_t len)
{
	uint32_t i, used;

	for (i = 0; i < max && len; i++) {
		used = n->rx_buf[first + i].room;
		if (used > len)
			used = len;
		virtq_push(&n->dev, &n->dev.queue[RX],
			   n->rx_buf[first + i].head, used);
		len -= used;
	}
	return i;
}

/**
 * struct rx_given - a packet that the driver is being given
 * @packet:	where it begins
 * @len:	its bytes
 * @headers:	length of its headers if it can be joined with others
 * @buffers:	number of its buffers
 */
struct rx_given {
	unsigned char *packet;
	uint32_t len;
	uint32_t headers;
	uint16_t buffers;
};

static uint32_t headers_of(struct virtio_net *n, const struct lkl_packet *p,
			   const struct rx_buf *buf)
{
	if (!n->config.lkl.join || !n->nd->has_vnet_hdr ||
	    !virtio_has(&n->dev, LKL_VIRTIO_NET_F_MRG_RXBUF))
		return 0;
	return tcp_join_header(p->iov[0].iov_base,
			       buf->room < p->len ? buf->room : p->len, p->len);
}

static bool join(struct rx_given *g, const struct lkl_packet *p,
		 uint32_t headers, const struct rx_buf *buf)
{
	if (!headers || headers != g->headers || headers != buf->room ||
	    !tcp_join(g->packet, g->len, p->iov[0].iov_base, p->len, headers))
		return false;
	g->len += p->len - headers;
	return true;
}

/* It may lie anywhere. */
static void finish(const struct rx_given *g)
{
	if (g->packet)
		memcpy(g->packet +
		       offsetof(struct lkl_virtio_net_hdr_v1, num_buffers),
		       &g->buffers, sizeof(g->buffers));
}

/*
 * Give the driver packet @i, in buffers from @first on, as one with @g or by
 * itself.  Returns how many of the buffers are left before those that it gets.
 */
static uint32_t deliver(struct virtio_net *n, struct rx_given *g, uint32_t i,
			uint32_t first, uint32_t *held)
{
	const struct lkl_packet *p = &n->rx_packet[i];
	const struct rx_buf *buf = &n->rx_buf[first];
	uint32_t headers = headers_of(n, p, buf), left = 0, len = p->len;

	n->headers = headers;
	if (join(g, p, headers, buf)) {
		left = 1;
		len -= headers;
	} else {
		finish(g);
		*g = (struct rx_given) {
			.packet = p->iov[0].iov_base,
			.len = p->len,
			.headers = headers,
		};
	}
	*held = push(n, first + left, n->rx_used[i] - left, len);
	g->buffers += *held;
	return left;
}

/* Forget @gone of the @count buffers from @first on; their parts move. */
static void remove_bufs(struct virtio_net *n, uint32_t first, uint32_t part,
			uint32_t gone)
{
	uint32_t i, parts = 0;

	for (i = 0; i < gone; i++)
		parts += n->rx_buf[first + i].parts;
	n->rx_count -= gone;
	n->rx_parts -= parts;
	memmove(&n->rx_buf[first], &n->rx_buf[first + gone],
		(n->rx_count - first) * sizeof(n->rx_buf[0]));
	memmove(&n->rx_part[part], &n->rx_part[part + parts],
		(n->rx_parts - part) * sizeof(n->rx_part[0]));
}

/* In the packets' order; what a packet left of its buffers is for the next. */
static void deliver_all(struct virtio_net *n, uint32_t count)
{
	uint32_t left[BATCH], held[BATCH], i, first = 0, part;
	struct rx_given g = { };

	for (i = 0; i < count; i++) {
		left[i] = deliver(n, &g, i, first, &held[i]);
		first += n->rx_used[i];
	}
	finish(&g);
	/* From the end, so that what comes before stays where it is. */
	while (count--) {
		first -= n->rx_used[count];
		part = n->rx_packet[count].iov - n->rx_vec;
		/* A buffer that is left has one part. */
		remove_bufs(n, first + left[count], part + left[count],
			    held[count]);
	}
}

/*
 * The driver gives no buffers for what is there: do not be told of it all the
 * time.
 */
static void listen(struct virtio_net *n, bool on)
{
	if (n->listening == on)
		return;
	n->listening = on;
	if (n->ops->want_rx)
		n->ops->want_rx(n->nd, on);
}

/*
 * How many to take the next time, after a batch that was full or not.  To find
 * out that there is no other costs a host call.
 */
static void adapt(struct virtio_net *n, uint32_t got, bool full)
{
	if (!full)
		n->batch = got ? got : 1;
	else if (n->batch > 1 || ++n->singles % SINGLES == 0)
		n->batch *= 2;
	if (n->batch > BATCH)
		n->batch = BATCH;
}

/* One batch; true: there may be more. */
static bool rx_batch(struct virtio_net *n)
{
	uint32_t max = prepare_rx(n, n->batch);
	int got;

	listen(n, max);
	if (!max)
		return false;
	if (!n->nd->has_vnet_hdr)
		hide_headers(n, max);
	got = n->ops->recv(n->nd, n->rx_packet, max);
	if (got < 0)
		got = 0;
	if (!n->nd->has_vnet_hdr)
		unhide_headers(n, max);
	deliver_all(n, got);
	virtq_signal(&n->dev, &n->dev.queue[RX]);
	adapt(n, got, (uint32_t)got == max);
	return (uint32_t)got == max;
}

static void net_ready(void *data, uint32_t events)
{
	struct virtio_net *n = data;

	if (events & LKL_NET_TX)
		net_tx(n);
	/* Is there more, we are told again. */
	if (events & LKL_NET_RX)
		rx_batch(n);
}

/*
 * Let the program's thread look for more, unless nothing can be done about what
 * it would find, again and again: a packet without buffers for it.
 */
static void custom_go(struct virtio_net *n)
{
	if (n->custom && (n->listening || n->tx_first < n->tx_count))
		lkl_net_custom_go(n->custom);
}

static void custom_ready(struct virtio_net *n)
{
	int events = lkl_net_custom_events(n->custom);

	if (events & LKL_DEV_NET_POLL_TX)
		net_tx(n);
	if (events & LKL_DEV_NET_POLL_RX)
		while (rx_batch(n))
			;
	custom_go(n);
}

static void rx_notify(struct virtio_net *n)
{
	if (n->listening)
		return;
	/* What came while there were no buffers, or no driver. */
	if (n->custom)
		custom_ready(n);
	while (rx_batch(n) && n->custom)
		;
	custom_go(n);
}

static void net_notify(struct virtio_dev *dev, unsigned int q)
{
	struct virtio_net *n = net_of(dev);

	if (q == RX) {
		rx_notify(n);
		return;
	}
	net_tx(n);
	custom_go(n);
}

static void net_reset(struct virtio_dev *dev)
{
	struct virtio_net *n = net_of(dev);

	n->rx_count = 0;
	n->rx_parts = 0;
	n->tx_first = 0;
	n->tx_count = 0;
	n->headers = 0;
	n->config.lkl.join = 0;
	listen(n, false);
}

/* A program's thread raised the line: this is why. */
static void net_interrupt(struct virtio_dev *dev)
{
	struct virtio_net *n = net_of(dev);

	if (n->custom)
		custom_ready(n);
}

static const struct virtio_dev_ops net_ops = {
	.notify = net_notify,
	.reset = net_reset,
	.interrupt = net_interrupt,
};

/*
 * What the device offers: what the caller wants and the back end can.  Whoever
 * segments TCP is asked to do so for UDP too.
 */
static uint64_t offered(struct virtio_net *n, uint64_t wanted)
{
	if (wanted & F(HOST_TSO4))
		wanted |= F(HOST_USO);
	if (wanted & F(GUEST_TSO4))
		wanted |= F(GUEST_USO4) | F(GUEST_USO6);
	wanted &= n->nd->has_vnet_hdr ? KNOWN : F(MRG_RXBUF);
	return F(MAC) | n->ops->features(n->nd, wanted);
}

static uint32_t tso_max(struct virtio_net *n)
{
	if (!(n->dev.features & F(HOST_TSO4)) || !n->ops->tso_max)
		return 0;
	return n->ops->tso_max(n->nd);
}

static int start(struct virtio_net *n)
{
	if (!n->nd->ops->host)
		return lkl_net_custom_start(n->dev.inst, &n->dev, n->nd,
					    &n->custom);
	return n->ops->open(n->nd, n->dev.inst->vcpu.poller, n->dev.features,
			    net_ready, n);
}

int virtio_net_create(struct lkl_instance *inst, struct lkl_netdev *nd,
		      const uint8_t *mac, uint32_t offload,
		      struct virtio_net **net)
{
	struct virtio_net *n = inst->host->mem_alloc(sizeof(*n));
	int ret;

	if (!n)
		return -LKL_ENOMEM;
	memset(n, 0, sizeof(*n));
	n->nd = nd;
	n->ops = nd->ops->host ? nd->ops->host : &lkl_net_custom_ops;
	n->batch = 1;
	n->dev.inst = inst;
	n->dev.ops = &net_ops;
	n->dev.id = LKL_VIRTIO_ID_NET;
	n->dev.config = &n->config;
	n->dev.config_len = sizeof(n->config);
	n->dev.config_rw = sizeof(n->config.lkl.join);
	n->dev.queues = 2;
	n->dev.queue_max = QUEUE_MAX;
	n->dev.features = offered(n, offload);
	n->config.lkl.tso_max = tso_max(n);
	memcpy(n->config.virtio.mac, mac, sizeof(n->config.virtio.mac));
	ret = start(n);
	if (ret) {
		inst->host->mem_free(n);
		return ret;
	}
	*net = n;
	return 0;
}

void virtio_net_destroy(struct virtio_net *n)
{
	if (n->custom) {
		lkl_net_custom_stop(n->custom);
	} else {
		lkl_vcpu_lock(&n->dev.inst->vcpu);
		n->ops->close(n->nd);
		lkl_vcpu_unlock(&n->dev.inst->vcpu);
	}
	n->dev.inst->host->mem_free(n);
}

struct virtio_dev *virtio_net_dev(struct virtio_net *n)
{
	return &n->dev;
}
