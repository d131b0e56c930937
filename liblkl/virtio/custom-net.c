// SPDX-License-Identifier: GPL-2.0
/*
 * A program's own network back end.  The poller cannot watch it, so a thread
 * waits in the program's function.
 *
 * On events, the thread raises the interrupt line of the device and pauses.
 * When the driver reads the interrupt status, the device takes the events;
 * after it has acted on them, the thread waits again.
 */
#include "core/instance.h"
#include "virtio/virtio-net.h"

/**
 * struct custom_net - a back end of a program
 * @inst:	its kernel
 * @dev:	its device
 * @nd:		the back end
 * @events:	LKL_DEV_NET_POLL_* that the thread found
 * @stop:	the thread must end
 * @is_paused:	the thread waits for @resume, or is about to
 * @resume:	semaphore: the thread may wait for events
 * @tid:	the thread; 0 for a back end that only sends
 */
struct custom_net {
	struct lkl_instance *inst;
	struct virtio_dev *dev;
	struct lkl_netdev *nd;
	int events;
	int stop;
	bool is_paused;
	struct lkl_sem *resume;
	lkl_thread_t tid;
};

static void custom_poll_thread(void *arg)
{
	struct custom_net *c = arg;
	int events;

	c->inst->host->sem_down(c->resume);
	while (!__atomic_load_n(&c->stop, __ATOMIC_ACQUIRE)) {
		events = c->nd->ops->poll(c->nd);
		if (events < 0)
			break;
		/* The last packets may come with the end. */
		if (events & ~LKL_DEV_NET_POLL_HUP) {
			__atomic_store_n(&c->events, events, __ATOMIC_RELEASE);
			lkl_vcpu_irq(&c->inst->vcpu,
				     LKL_SLOT_IRQ(c->dev->slot));
			c->inst->host->sem_down(c->resume);
		}
		if (events & LKL_DEV_NET_POLL_HUP)
			break;
	}
}

int lkl_custom_net_start(struct lkl_instance *inst, struct virtio_dev *dev,
			 struct lkl_netdev *nd, void **custom)
{
	struct custom_net *c = inst->host->mem_alloc(sizeof(*c));

	if (!c)
		return -LKL_ENOMEM;
	*c = (struct custom_net){
		.inst = inst, .dev = dev, .nd = nd, .is_paused = true
	};
	c->resume = inst->host->sem_alloc(0);
	if (!c->resume)
		goto out_free;
	if (nd->ops->poll) {
		c->tid = inst->host->thread_create(custom_poll_thread, c);
		if (!c->tid)
			goto out_sem;
	}
	*custom = c;
	return 0;

out_sem:
	inst->host->sem_free(c->resume);
out_free:
	inst->host->mem_free(c);
	return -LKL_ENOMEM;
}

void lkl_custom_net_stop(void *custom)
{
	struct custom_net *c = custom;

	if (c->tid) {
		__atomic_store_n(&c->stop, 1, __ATOMIC_RELEASE);
		if (c->nd->ops->poll_hup)
			c->nd->ops->poll_hup(c->nd);
		c->inst->host->sem_up(c->resume);
		c->inst->host->thread_join(c->tid);
	}
	c->inst->host->sem_free(c->resume);
	c->inst->host->mem_free(c);
}

void lkl_custom_net_resume(void *custom)
{
	struct custom_net *c = custom;

	if (!c->is_paused)
		return;
	c->is_paused = false;
	c->inst->host->sem_up(c->resume);
}

int lkl_custom_net_events(void *custom)
{
	struct custom_net *c = custom;
	int events = __atomic_exchange_n(&c->events, 0, __ATOMIC_ACQUIRE);

	c->is_paused |= events;
	return events;
}

static uint64_t custom_features(struct lkl_netdev *nd, uint64_t wanted)
{
	(void)nd;
	return wanted;
}

static int custom_send(struct lkl_netdev *nd, struct lkl_packet *packets,
		       uint32_t n)
{
	uint32_t i;

	for (i = 0; i < n; i++)
		if (nd->ops->tx(nd, packets[i].iov, packets[i].iov_count) < 0)
			break;
	return i;
}

static int custom_recv(struct lkl_netdev *nd, struct lkl_packet *packets,
		       uint32_t n)
{
	uint32_t i;
	int len;

	/* A back end that only sends */
	if (!nd->ops->poll)
		return 0;
	for (i = 0; i < n; i++) {
		len = nd->ops->rx(nd, packets[i].iov, packets[i].iov_count);
		if (len <= 0)
			break;
		packets[i].len = len;
	}
	return i;
}

const struct lkl_host_net_ops lkl_custom_net_ops = {
	.size = sizeof(lkl_custom_net_ops),
	.features = custom_features,
	.send = custom_send,
	.recv = custom_recv,
};
