/* SPDX-License-Identifier: GPL-2.0 */
/*
 * virtio devices behind virtio-mmio registers, version 2.
 */
#ifndef LKL_VIRTIO_H
#define LKL_VIRTIO_H

#include "core/instance.h"
#include "virtio/bus.h"

#define VIRTQ_MAX	1024
#define VIRTIO_QUEUES	2
/* Data buffers of one request, besides its header and status. */
#define VIRTIO_SEGS	128

struct virtio_dev;

/**
 * struct virtq - a split virtqueue
 * @num:	entries; a power of two
 * @ready:	the driver has set up the queue
 * @desc_addr:	guest-physical address of the descriptor table
 * @avail_addr:	guest-physical address of the available ring
 * @used_addr:	guest-physical address of the used ring
 * @desc:	host address of the descriptor table
 * @avail:	host address of the available ring
 * @used:	host address of the used ring
 * @last_avail:	next entry of the available ring to look at
 * @used_idx:	next entry of the used ring to fill
 * @signalled:	value of @used_idx at the last interrupt
 */
struct virtq {
	uint32_t num;
	uint32_t ready;
	uint64_t desc_addr;
	uint64_t avail_addr;
	uint64_t used_addr;
	struct lkl_vring_desc *desc;
	struct lkl_vring_avail *avail;
	struct lkl_vring_used *used;
	uint16_t last_avail;
	uint16_t used_idx;
	uint16_t signalled;
};

/**
 * struct virtq_chain - the buffers of one request
 * @head:	identifies the request to lkl_virtq_push()
 * @out:	number of buffers that the device reads; these come first
 * @in:		number of buffers that the device writes
 * @iov:	the buffers at their host addresses
 */
struct virtq_chain {
	uint16_t head;
	uint16_t out;
	uint16_t in;
	struct iovec iov[VIRTIO_SEGS + 2];
};

/**
 * struct virtio_dev_ops - a device model
 * @notify:	the driver made buffers available in queue @q
 * @reset:	forget what is in flight
 * @interrupt:	the driver is about to read the interrupt status; may be NULL
 */
struct virtio_dev_ops {
	void (*notify)(struct virtio_dev *dev, unsigned int q);
	void (*reset)(struct virtio_dev *dev);
	void (*interrupt)(struct virtio_dev *dev);
};

/**
 * struct virtio_dev - a device
 * @inst:	its kernel
 * @ops:	its model
 * @id:		VIRTIO_ID_*
 * @features:	features that the device offers
 * @driver_features: features that the driver accepted
 * @config:	configuration space
 * @config_len:	size of @config
 * @config_rw:	number of bytes at the end of @config that the driver can write
 * @queues:	number of queues
 * @queue_max:	largest number of entries of a queue, at most VIRTQ_MAX
 * @queue:	its queues
 * @status:	VIRTIO_CONFIG_S_*
 * @isr:	interrupt status
 * @features_sel: which half of @features the driver reads
 * @driver_features_sel: which half of @driver_features the driver writes
 * @queue_sel:	queue that the driver sets up
 * @slot:	its slot of the bus
 */
struct virtio_dev {
	struct lkl_instance *inst;
	const struct virtio_dev_ops *ops;
	uint32_t id;
	uint64_t features;
	uint64_t driver_features;
	void *config;
	uint32_t config_len;
	uint32_t config_rw;
	uint32_t queues;
	uint32_t queue_max;
	struct virtq queue[VIRTIO_QUEUES];
	uint32_t status;
	uint32_t isr;
	uint32_t features_sel;
	uint32_t driver_features_sel;
	uint32_t queue_sel;
	int slot;
};

extern const struct lkl_mmio_ops lkl_virtio_mmio_ops;

/* Return whether the driver accepted feature @bit. */
bool lkl_virtio_has(const struct virtio_dev *dev, unsigned int bit);

/*
 * Take a request off a queue: fill in @chain and return 1, or return 0 when the
 * queue is empty or the device is broken.
 */
int lkl_virtq_pop(struct virtio_dev *dev, struct virtq *vq,
		  struct virtq_chain *chain);
/* Give request @head back to the driver, with @len bytes written. */
void lkl_virtq_push(struct virtio_dev *dev, struct virtq *vq, uint16_t head,
		    uint32_t len);
/* Interrupt the driver, if it wants to know of the requests given back. */
void lkl_virtq_signal(struct virtio_dev *dev, struct virtq *vq);
/* Stop a device whose driver broke the rules, until the driver resets it. */
void lkl_virtio_broken(struct virtio_dev *dev);

#endif /* LKL_VIRTIO_H */
