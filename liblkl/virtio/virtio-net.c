// SPDX-License-Identifier: GPL-2.0
/*
 * The virtio network device model.
 *
 * Packets are not copied: the back end reads into, and writes from, the
 * driver's buffers.  One call of the back end takes several packets; the number
 * to receive depends on how many came the last time.
 */
#include <string.h>

#include <lkl/linux/virtio_ids.h>
#include <lkl/linux/virtio_net.h>
#include <lkl/net-config.h>

#include "core/instance.h"
#include "virtio/virtio-net-rx.h"
#include "virtio/virtio-net.h"

#define RX		0
#define TX		1

#define NET_HOST_GSO                                                           \
	(NET_F(HOST_TSO4) | NET_F(HOST_TSO6) | NET_F(HOST_UFO) |               \
	 NET_F(HOST_USO))
/* Features that depend on the back end; no more queues, and no link status */
#define NET_KNOWN                                                              \
	(NET_F(CSUM) | NET_HOST_GSO | NET_F(HOST_ECN) | NET_F(GUEST_CSUM) |    \
	 NET_GUEST_GSO | NET_F(GUEST_ECN) | NET_F(MRG_RXBUF))

/* Single packets before an attempt to receive two */
#define SINGLES		16

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
 * @ops:	functions of the back end
 * @custom:	a program's own back end
 * @batch:	number of packets to receive at once
 * @singles:	number of packets that came alone
 * @rx_watched:	the back end reports packets
 * @rx:		buffers of the driver, and packets in them
 * @tx_first:	first of @tx_chain that is not sent
 * @tx_count:	number of chains in @tx_chain
 * @tx_packet:	the chains as packets
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
	bool rx_watched;
	struct net_rx rx;
	uint32_t tx_first;
	uint32_t tx_count;
	struct lkl_packet tx_packet[NET_BATCH];
	struct virtq_chain tx_chain[NET_BATCH];
};

static struct virtio_net *net_of(struct virtio_dev *dev)
{
	return container_of(dev, struct virtio_net, dev);
}

static struct iovec iov_advance(struct iovec v, size_t n)
{
	v.iov_base = (char *)v.iov_base + n;
	v.iov_len -= n;
	return v;
}

/* Sending */

/*
 * Check a packet for the back end, which reads the header in one piece and has
 * room for the longest packet.
 */
static bool net_is_tx_packet(const struct virtio_net *n,
			     const struct virtq_chain *c)
{
	uint64_t len = 0;
	unsigned int i;

	if (!c->out || c->in || c->iov[0].iov_len < NET_HEADER_SIZE)
		return false;
	for (i = 0; i < c->out; i++)
		len += c->iov[i].iov_len;
	return len <= NET_GSO_SIZE ||
	       len <= n->config.lkl.tso_max + NET_HEADER_SIZE;
}

static void net_tx_add(struct virtio_net *n)
{
	struct virtq_chain *c = &n->tx_chain[n->tx_count];

	if (!n->nd->has_vnet_hdr)
		c->iov[0] = iov_advance(c->iov[0], NET_HEADER_SIZE);
	n->tx_packet[n->tx_count] = (struct lkl_packet) {
		.iov = c->iov,
		.iov_count = c->out,
	};
	n->tx_count++;
}

/* Take packets off the queue; return false when none is left to send. */
static bool net_tx_fill(struct virtio_net *n)
{
	struct virtq *vq = &n->dev.queue[TX];

	/* Some packets still wait for the back end. */
	if (n->tx_first < n->tx_count)
		return true;
	n->tx_first = 0;
	n->tx_count = 0;
	while (n->tx_count < NET_BATCH &&
	       lkl_virtq_pop(&n->dev, vq, &n->tx_chain[n->tx_count])) {
		if (!net_is_tx_packet(n, &n->tx_chain[n->tx_count])) {
			lkl_virtio_broken(&n->dev);
			break;
		}
		net_tx_add(n);
	}
	return n->tx_count;
}

static void net_tx_run(struct virtio_net *n)
{
	struct virtq *vq = &n->dev.queue[TX];
	int sent;

	while (net_tx_fill(n)) {
		uint32_t wanted = n->tx_count - n->tx_first;

		sent = n->ops->send(n->nd, n->tx_packet + n->tx_first, wanted);
		for (; sent > 0; sent--, wanted--)
			lkl_virtq_push(&n->dev, vq,
				       n->tx_chain[n->tx_first++].head, 0);
		if (wanted)
			break;
	}
	lkl_virtq_signal(&n->dev, vq);
}

/* Receiving */

/*
 * Watch for packets only while the driver gives buffers for them: otherwise the
 * back end would report the same packet again and again.
 */
static void net_watch_rx(struct virtio_net *n, bool on)
{
	if (n->rx_watched == on)
		return;
	n->rx_watched = on;
	if (n->ops->want_rx)
		n->ops->want_rx(n->nd, on);
}

/*
 * Choose the size of the next batch.  To find out that no packet is left costs
 * a call of the host.
 */
static void net_adapt_batch(struct virtio_net *n, uint32_t got, bool full)
{
	if (!full)
		n->batch = got ? got : 1;
	else if (n->batch > 1 || ++n->singles % SINGLES == 0)
		n->batch *= 2;
	if (n->batch > NET_BATCH)
		n->batch = NET_BATCH;
}

/* Receive one batch; return whether there may be more packets. */
static bool net_rx_batch(struct virtio_net *n)
{
	uint32_t max = lkl_net_rx_prepare(&n->rx, n->batch);
	int got;

	net_watch_rx(n, max);
	if (!max)
		return false;
	got = n->ops->recv(n->nd, n->rx.packet, max);
	if (got < 0)
		got = 0;
	lkl_net_rx_deliver(&n->rx, got, n->config.lkl.join);
	lkl_virtq_signal(&n->dev, &n->dev.queue[RX]);
	net_adapt_batch(n, got, (uint32_t)got == max);
	return (uint32_t)got == max;
}

static void net_ready(void *data, uint32_t events)
{
	struct virtio_net *n = data;

	if (events & LKL_NET_TX)
		net_tx_run(n);
	/* If packets are left, the back end calls again. */
	if (events & LKL_NET_RX)
		net_rx_batch(n);
}

/*
 * Let the program's thread wait for events again, unless it would find the same
 * event all the time: a packet without buffers for it.
 */
static void net_custom_resume(struct virtio_net *n)
{
	if (n->custom && (n->rx_watched || n->tx_first < n->tx_count))
		lkl_custom_net_resume(n->custom);
}

static void net_custom_poll(struct virtio_net *n)
{
	int events = lkl_custom_net_events(n->custom);

	if (events & LKL_DEV_NET_POLL_TX)
		net_tx_run(n);
	if (events & LKL_DEV_NET_POLL_RX)
		while (net_rx_batch(n))
			;
	net_custom_resume(n);
}

static void net_rx_notify(struct virtio_net *n)
{
	if (n->rx_watched)
		return;
	/* Events from the time without buffers, or without a driver */
	if (n->custom)
		net_custom_poll(n);
	while (net_rx_batch(n) && n->custom)
		;
	net_custom_resume(n);
}

static void net_notify(struct virtio_dev *dev, unsigned int q)
{
	struct virtio_net *n = net_of(dev);

	if (q == RX) {
		net_rx_notify(n);
		return;
	}
	net_tx_run(n);
	net_custom_resume(n);
}

static void net_reset(struct virtio_dev *dev)
{
	struct virtio_net *n = net_of(dev);

	lkl_net_rx_reset(&n->rx);
	n->tx_first = 0;
	n->tx_count = 0;
	n->config.lkl.join = 0;
	net_watch_rx(n, false);
}

/* Find out why the program's thread raised the interrupt line. */
static void net_interrupt(struct virtio_dev *dev)
{
	struct virtio_net *n = net_of(dev);

	if (n->custom)
		net_custom_poll(n);
}

static const struct virtio_dev_ops net_ops = {
	.notify = net_notify,
	.reset = net_reset,
	.interrupt = net_interrupt,
};

/*
 * Return the features to offer: those that the caller wants and the back end
 * has.  With segmentation of TCP, segmentation of UDP is wanted as well.
 */
static uint64_t net_offered_features(struct virtio_net *n, uint64_t wanted)
{
	if (wanted & NET_F(HOST_TSO4))
		wanted |= NET_F(HOST_USO);
	if (wanted & NET_F(GUEST_TSO4))
		wanted |= NET_F(GUEST_USO4) | NET_F(GUEST_USO6);
	wanted &= n->nd->has_vnet_hdr ? NET_KNOWN : NET_F(MRG_RXBUF);
	return NET_F(MAC) | n->ops->features(n->nd, wanted);
}

static uint32_t net_tso_max(struct virtio_net *n)
{
	if (!(n->dev.features & NET_F(HOST_TSO4)) || !n->ops->tso_max)
		return 0;
	return n->ops->tso_max(n->nd);
}

static int net_start(struct virtio_net *n)
{
	if (!n->nd->ops->host)
		return lkl_custom_net_start(n->dev.inst, &n->dev, n->nd,
					    &n->custom);
	return n->ops->open(n->nd, n->dev.inst->vcpu.poller, n->dev.features,
			    net_ready, n);
}

int lkl_virtio_net_create(struct lkl_instance *inst, struct lkl_netdev *nd,
			  const uint8_t *mac, uint32_t offload,
			  struct virtio_net **net)
{
	struct virtio_net *n = inst->host->mem_alloc(sizeof(*n));
	int ret;

	if (!n)
		return -LKL_ENOMEM;
	memset(n, 0, sizeof(*n));
	n->nd = nd;
	n->ops = nd->ops->host ? nd->ops->host : &lkl_custom_net_ops;
	n->batch = 1;
	n->dev.inst = inst;
	n->dev.ops = &net_ops;
	n->dev.id = LKL_VIRTIO_ID_NET;
	n->dev.config = &n->config;
	n->dev.config_len = sizeof(n->config);
	n->dev.config_rw = sizeof(n->config.lkl.join);
	n->dev.queues = 2;
	n->dev.queue_max = NET_QUEUE_MAX;
	n->dev.features = net_offered_features(n, offload);
	n->rx.dev = &n->dev;
	n->rx.vq = &n->dev.queue[RX];
	n->rx.vnet_hdr = nd->has_vnet_hdr;
	n->config.lkl.tso_max = net_tso_max(n);
	memcpy(n->config.virtio.mac, mac, sizeof(n->config.virtio.mac));
	ret = net_start(n);
	if (ret) {
		inst->host->mem_free(n);
		return ret;
	}
	*net = n;
	return 0;
}

void lkl_virtio_net_destroy(struct virtio_net *n)
{
	if (n->custom) {
		lkl_custom_net_stop(n->custom);
	} else {
		lkl_vcpu_lock(&n->dev.inst->vcpu);
		n->ops->close(n->nd);
		lkl_vcpu_unlock(&n->dev.inst->vcpu);
	}
	n->dev.inst->host->mem_free(n);
}

struct virtio_dev *lkl_virtio_net_dev(struct virtio_net *n)
{
	return &n->dev;
}
