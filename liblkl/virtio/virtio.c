// SPDX-License-Identifier: GPL-2.0
/*
 * virtio-mmio registers and split virtqueues.
 *
 * The driver is the kernel in this process.  The device still trusts nothing
 * that the driver wrote: addresses are checked against guest RAM, chains
 * against loops.  A device whose driver broke the rules stops until the driver
 * resets it.
 */
#include <string.h>

#include <lkl/linux/virtio_config.h>
#include <lkl/linux/virtio_mmio.h>
#include <lkl/linux/virtio_ring.h>
#include <lkl/net-config.h>

#include "virtio/virtio.h"

#define MAGIC		0x74726976
#define VERSION		2

#define RING_FEATURES	((1ULL << LKL_VIRTIO_RING_F_EVENT_IDX) | \
			 (1ULL << LKL_VIRTIO_RING_F_INDIRECT_DESC) | \
			 (1ULL << LKL_VIRTIO_F_VERSION_1))

static uint16_t virtq_load_idx(const uint16_t *idx)
{
	return __atomic_load_n(idx, __ATOMIC_ACQUIRE);
}

static void virtq_store_idx(uint16_t *idx, uint16_t val)
{
	__atomic_store_n(idx, val, __ATOMIC_RELEASE);
}

void lkl_virtio_broken(struct virtio_dev *dev)
{
	dev->status |= LKL_VIRTIO_CONFIG_S_NEEDS_RESET;
	dev->isr |= LKL_VIRTIO_MMIO_INT_CONFIG;
	lkl_instance_irq(dev->inst, LKL_SLOT_IRQ(dev->slot));
}

static bool virtio_is_alive(const struct virtio_dev *dev)
{
	return (dev->status & LKL_VIRTIO_CONFIG_S_DRIVER_OK) &&
	       !(dev->status & LKL_VIRTIO_CONFIG_S_NEEDS_RESET);
}

bool lkl_virtio_has(const struct virtio_dev *dev, unsigned int bit)
{
	return dev->driver_features >> bit & 1;
}

/* Return the place of an event index, behind a ring. */
static uint16_t *virtq_used_event(const struct virtq *vq)
{
	return &vq->avail->ring[vq->num];
}

static uint16_t *virtq_avail_event(const struct virtq *vq)
{
	return (uint16_t *)&vq->used->ring[vq->num];
}

static bool virtq_add_buffer(struct virtio_dev *dev, struct virtq_chain *chain,
			     const struct lkl_vring_desc *d)
{
	bool in = d->flags & LKL_VRING_DESC_F_WRITE;
	unsigned int n = chain->out + chain->in;
	void *p;

	/* Buffers to read come before buffers to write. */
	if (n == ARRAY_SIZE(chain->iov) || (!in && chain->in))
		return false;
	p = lkl_instance_ram(dev->inst, d->addr, d->len);
	if (!p)
		return false;
	chain->iov[n].iov_base = p;
	chain->iov[n].iov_len = d->len;
	if (in)
		chain->in++;
	else
		chain->out++;
	return true;
}

/* Add the buffers of the chain that starts at entry @i of @table, of @count. */
static bool virtq_walk_chain(struct virtio_dev *dev, struct virtq_chain *chain,
			     const struct lkl_vring_desc *table, uint32_t count,
			     uint32_t i, bool indirect)
{
	uint32_t steps;

	for (steps = 0; steps < count && i < count; steps++) {
		struct lkl_vring_desc d;

		/* Indirect tables may lie anywhere. */
		memcpy(&d, &table[i], sizeof(d));
		if (d.flags & LKL_VRING_DESC_F_INDIRECT) {
			uint32_t n = d.len / sizeof(d);
			void *p = lkl_instance_ram(dev->inst, d.addr, d.len);

			return !indirect && p && n &&
			       !(d.flags & LKL_VRING_DESC_F_NEXT) &&
			       virtq_walk_chain(dev, chain, p, n, 0, true);
		}
		if (!virtq_add_buffer(dev, chain, &d))
			return false;
		if (!(d.flags & LKL_VRING_DESC_F_NEXT))
			return true;
		i = d.next;
	}
	return false;
}

int lkl_virtq_pop(struct virtio_dev *dev, struct virtq *vq,
		  struct virtq_chain *chain)
{
	uint16_t head, waiting;

	if (!vq->ready || !virtio_is_alive(dev))
		return 0;
	waiting = virtq_load_idx(&vq->avail->idx) - vq->last_avail;
	if (!waiting) {
		/* Ask for a notification of the next request; look again. */
		virtq_store_idx(virtq_avail_event(vq), vq->last_avail);
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
		waiting = virtq_load_idx(&vq->avail->idx) - vq->last_avail;
		if (!waiting)
			return 0;
	}
	if (waiting > vq->num)
		goto broken;
	head = vq->avail->ring[vq->last_avail % vq->num];
	chain->head = head;
	chain->out = 0;
	chain->in = 0;
	if (head >= vq->num ||
	    !virtq_walk_chain(dev, chain, vq->desc, vq->num, head, false))
		goto broken;
	vq->last_avail++;
	return 1;

broken:
	lkl_virtio_broken(dev);
	return 0;
}

void lkl_virtq_push(struct virtio_dev *dev, struct virtq *vq, uint16_t head,
		    uint32_t len)
{
	struct lkl_vring_used_elem *e;

	if (!vq->ready || !virtio_is_alive(dev))
		return;
	e = &vq->used->ring[vq->used_idx % vq->num];
	e->id = head;
	e->len = len;
	vq->used_idx++;
	virtq_store_idx(&vq->used->idx, vq->used_idx);
}

void lkl_virtq_signal(struct virtio_dev *dev, struct virtq *vq)
{
	uint16_t old = vq->signalled, event;

	if (!vq->ready || !virtio_is_alive(dev) || old == vq->used_idx)
		return;
	vq->signalled = vq->used_idx;
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (lkl_virtio_has(dev, LKL_VIRTIO_RING_F_EVENT_IDX)) {
		event = virtq_load_idx(virtq_used_event(vq));
		if ((uint16_t)(vq->used_idx - event - 1) >=
		    (uint16_t)(vq->used_idx - old))
			return;
	} else if (vq->avail->flags & LKL_VRING_AVAIL_F_NO_INTERRUPT) {
		return;
	}
	dev->isr |= LKL_VIRTIO_MMIO_INT_VRING;
	lkl_instance_irq(dev->inst, LKL_SLOT_IRQ(dev->slot));
}

/* Registers */

static struct virtq *virtio_selected_queue(struct virtio_dev *dev)
{
	return dev->queue_sel < dev->queues ? &dev->queue[dev->queue_sel] :
	       NULL;
}

static uint64_t virtio_config_read(struct virtio_dev *dev, uint32_t off,
				   uint32_t size)
{
	uint64_t val = 0;

	if (off + size <= dev->config_len)
		memcpy(&val, (char *)dev->config + off, size);
	return val;
}

static void virtio_config_write(struct virtio_dev *dev, uint32_t off,
				uint32_t size, uint64_t val)
{
	if (off + dev->config_rw >= dev->config_len &&
	    off + size <= dev->config_len)
		memcpy((char *)dev->config + off, &val, size);
}

static uint64_t virtio_read(void *data, uint32_t off, uint32_t size)
{
	struct virtio_dev *dev = data;
	struct virtq *vq = virtio_selected_queue(dev);

	if (off >= LKL_VIRTIO_MMIO_CONFIG)
		return virtio_config_read(dev, off - LKL_VIRTIO_MMIO_CONFIG,
					  size);
	switch (off) {
	case LKL_VIRTIO_MMIO_MAGIC_VALUE:
		return MAGIC;
	case LKL_VIRTIO_MMIO_VERSION:
		return VERSION;
	case LKL_VIRTIO_MMIO_DEVICE_ID:
		return dev->id;
	case LKL_VIRTIO_MMIO_VENDOR_ID:
		return LKL_VIRTIO_VENDOR_ID;
	case LKL_VIRTIO_MMIO_DEVICE_FEATURES:
		return dev->features_sel < 2 ?
		       (uint32_t)((dev->features | RING_FEATURES) >>
				  dev->features_sel * 32) : 0;
	case LKL_VIRTIO_MMIO_QUEUE_NUM_MAX:
		return vq ? dev->queue_max : 0;
	case LKL_VIRTIO_MMIO_QUEUE_READY:
		return vq ? vq->ready : 0;
	case LKL_VIRTIO_MMIO_INTERRUPT_STATUS:
		if (dev->ops->interrupt)
			dev->ops->interrupt(dev);
		return dev->isr;
	case LKL_VIRTIO_MMIO_STATUS:
		return dev->status;
	}
	return 0;
}

static void virtio_reset(struct virtio_dev *dev)
{
	dev->ops->reset(dev);
	memset(dev->queue, 0, sizeof(dev->queue));
	dev->driver_features = 0;
	dev->status = 0;
	dev->isr = 0;
}

static bool virtq_is_aligned(const struct virtq *vq)
{
	return !(vq->desc_addr % LKL_VRING_DESC_ALIGN_SIZE) &&
	       !(vq->avail_addr % LKL_VRING_AVAIL_ALIGN_SIZE) &&
	       !(vq->used_addr % LKL_VRING_USED_ALIGN_SIZE);
}

static void virtq_enable(struct virtio_dev *dev, struct virtq *vq)
{
	struct lkl_instance *inst = dev->inst;
	uint32_t n = vq->num;

	if (!n || n > dev->queue_max || n & (n - 1) || !virtq_is_aligned(vq)) {
		lkl_virtio_broken(dev);
		return;
	}
	vq->desc = lkl_instance_ram(inst, vq->desc_addr,
				    n * sizeof(*vq->desc));
	vq->avail = lkl_instance_ram(inst, vq->avail_addr,
				     sizeof(*vq->avail) + (n + 1) * 2);
	vq->used = lkl_instance_ram(inst, vq->used_addr, sizeof(*vq->used) +
				    n * sizeof(vq->used->ring[0]) + 2);
	if (!vq->desc || !vq->avail || !vq->used) {
		lkl_virtio_broken(dev);
		return;
	}
	vq->ready = 1;
}

static void addr_set_low(uint64_t *addr, uint32_t val)
{
	*addr = (*addr & ~0xffffffffULL) | val;
}

static void addr_set_high(uint64_t *addr, uint32_t val)
{
	*addr = (*addr & 0xffffffffULL) | (uint64_t)val << 32;
}

static void virtq_write_register(struct virtio_dev *dev, struct virtq *vq,
				 uint32_t off, uint32_t val)
{
	switch (off) {
	case LKL_VIRTIO_MMIO_QUEUE_NUM:
		/* The size was checked when the queue became ready. */
		if (!vq->ready)
			vq->num = val;
		break;
	case LKL_VIRTIO_MMIO_QUEUE_READY:
		vq->ready = 0;
		if (val)
			virtq_enable(dev, vq);
		break;
	case LKL_VIRTIO_MMIO_QUEUE_DESC_LOW:
		addr_set_low(&vq->desc_addr, val);
		break;
	case LKL_VIRTIO_MMIO_QUEUE_DESC_HIGH:
		addr_set_high(&vq->desc_addr, val);
		break;
	case LKL_VIRTIO_MMIO_QUEUE_AVAIL_LOW:
		addr_set_low(&vq->avail_addr, val);
		break;
	case LKL_VIRTIO_MMIO_QUEUE_AVAIL_HIGH:
		addr_set_high(&vq->avail_addr, val);
		break;
	case LKL_VIRTIO_MMIO_QUEUE_USED_LOW:
		addr_set_low(&vq->used_addr, val);
		break;
	case LKL_VIRTIO_MMIO_QUEUE_USED_HIGH:
		addr_set_high(&vq->used_addr, val);
		break;
	}
}

static void virtio_set_driver_features(struct virtio_dev *dev, uint32_t val)
{
	if (dev->driver_features_sel == 0)
		addr_set_low(&dev->driver_features, val);
	else if (dev->driver_features_sel == 1)
		addr_set_high(&dev->driver_features, val);
}

static void virtio_set_status(struct virtio_dev *dev, uint32_t val)
{
	if (!val) {
		virtio_reset(dev);
		return;
	}
	/* Refuse features that were not offered. */
	if ((val & LKL_VIRTIO_CONFIG_S_FEATURES_OK) &&
	    (dev->driver_features & ~(dev->features | RING_FEATURES)))
		val &= ~LKL_VIRTIO_CONFIG_S_FEATURES_OK;
	dev->status = val | (dev->status & LKL_VIRTIO_CONFIG_S_NEEDS_RESET);
}

static void virtio_write(void *data, uint32_t off, uint64_t val, uint32_t size)
{
	struct virtio_dev *dev = data;
	struct virtq *vq = virtio_selected_queue(dev);

	if (off >= LKL_VIRTIO_MMIO_CONFIG) {
		virtio_config_write(dev, off - LKL_VIRTIO_MMIO_CONFIG, size,
				    val);
		return;
	}
	switch (off) {
	case LKL_VIRTIO_MMIO_DEVICE_FEATURES_SEL:
		dev->features_sel = val;
		break;
	case LKL_VIRTIO_MMIO_DRIVER_FEATURES:
		virtio_set_driver_features(dev, val);
		break;
	case LKL_VIRTIO_MMIO_DRIVER_FEATURES_SEL:
		dev->driver_features_sel = val;
		break;
	case LKL_VIRTIO_MMIO_QUEUE_SEL:
		dev->queue_sel = val;
		break;
	case LKL_VIRTIO_MMIO_QUEUE_NOTIFY:
		if (val < dev->queues)
			dev->ops->notify(dev, val);
		break;
	case LKL_VIRTIO_MMIO_INTERRUPT_ACK:
		dev->isr &= ~val;
		break;
	case LKL_VIRTIO_MMIO_STATUS:
		virtio_set_status(dev, val);
		break;
	default:
		if (vq)
			virtq_write_register(dev, vq, off, val);
	}
}

const struct lkl_mmio_ops lkl_virtio_mmio_ops = {
	.read = virtio_read,
	.write = virtio_write,
};
