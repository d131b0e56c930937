/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A guest of virtio.c without a kernel, whatever its device is: RAM that is a
 * block of exactly its size, and a well-behaved driver.
 */
#ifndef LKL_TESTS_FAKE_GUEST_H
#define LKL_TESTS_FAKE_GUEST_H

#include <lkl/linux/virtio_config.h>
#include <lkl/linux/virtio_ids.h>
#include <lkl/linux/virtio_mmio.h>
#include <lkl/linux/virtio_ring.h>

#include "devices/machine.h"
#include "virtio/virtio.h"

#define NEXT		LKL_VRING_DESC_F_NEXT
#define WRITE		LKL_VRING_DESC_F_WRITE
#define INDIRECT	LKL_VRING_DESC_F_INDIRECT

#define VERSION_1	(1ULL << LKL_VIRTIO_F_VERSION_1)
#define EVENT_IDX	(1ULL << LKL_VIRTIO_RING_F_EVENT_IDX)
#define INDIRECT_DESC	(1ULL << LKL_VIRTIO_RING_F_INDIRECT_DESC)

/**
 * struct guest_queue - a queue as the driver sees it
 * @num:	size
 * @desc:	guest addresses of its parts
 * @avail:	...
 * @used:	...
 * @avail_idx:	as in the ring
 * @used_idx:	seen so far
 * @kicked_idx:	@avail_idx at the last time that it thought of a notification
 * @busy:	number of descriptors of the chain with this head, 0: not
 *		with the device
 * @next:	shadow of the chains
 * @free:	first free descriptor
 * @nr_free:	their number
 */
struct guest_queue {
	uint32_t num;
	uint64_t desc;
	uint64_t avail;
	uint64_t used;
	uint16_t avail_idx;
	uint16_t used_idx;
	uint16_t kicked_idx;
	uint16_t busy[VIRTQ_MAX];
	uint16_t next[VIRTQ_MAX];
	uint16_t free;
	uint16_t nr_free;
};

/**
 * struct guest - the machine and its driver
 * @inst:	what the device takes for its instance
 * @machine:	and for its machine
 * @dev:	the device
 * @regs:	address of its registers
 * @ram:	guest RAM
 * @ram_size:	of it
 * @features:	that the driver took
 * @queue:	its queues
 * @irqs:	interrupts so far
 * @mem:	memory and threads taken from the host and not given back
 * @no_mem:	the host has none, after so many more times; -1: it has
 */
struct guest {
	struct lkl_instance inst;
	struct lkl_machine machine;
	struct virtio_dev *dev;
	uint64_t regs;
	char *ram;
	uint64_t ram_size;
	uint64_t features;
	struct guest_queue queue[VIRTIO_QUEUES];
	unsigned int irqs;
	int mem;
	int no_mem;
};

extern struct guest guest;

/* A buffer of a request; @flags: WRITE or nothing. */
struct seg {
	uint64_t addr;
	uint32_t len;
	uint16_t flags;
};

/* The contract between the parts was broken: ends the process. */
void fake_violated(const char *what) __attribute__((noreturn));

/* RAM of @size, and a host.  Ended by guest_end(). */
void guest_start(uint64_t size, const struct lkl_host_operations *host);
/* Put the device on the bus. */
void guest_attach(struct virtio_dev *dev);
void guest_detach(void);
/* Is everything given back?  Then all is as it was before. */
void guest_end(void);

/* The host's memory, which may run out, see @no_mem. */
bool guest_no_memory(void);
void *guest_mem_alloc(unsigned long size);
void guest_mem_free(void *p);
/* An interrupt: it must be that of the device. */
void guest_check_irq(unsigned int irq);
/* Check that a buffer of the device lies in RAM. */
void guest_check_buffer(const struct iovec *v);

uint32_t reg_read(uint32_t off);
void reg_write(uint32_t off, uint32_t val);
void reg_write64(uint32_t low, uint64_t val);
/* Host address of guest memory, which must be there. */
void *ram(uint64_t addr, uint64_t len);

/* True: the device took @features. */
bool drv_negotiate(uint64_t features);
/* The driver is ready, once its queues are. */
void drv_ok(void);

/* Tell the device where queue @q is. */
void vq_place(unsigned int q, uint32_t num, uint64_t desc, uint64_t avail,
	      uint64_t used);
/* An empty queue, and tell the device. */
void vq_start(unsigned int q, uint32_t num, uint64_t desc, uint64_t avail,
	      uint64_t used);
/* A chain of @n buffers: its head.  It is not available yet. */
unsigned int vq_chain(unsigned int q, const struct seg *segs, unsigned int n);
/* Put @head into the available ring. */
void vq_make_available(unsigned int q, uint16_t head);
/* Both; the device is not told. */
unsigned int vq_add(unsigned int q, const struct seg *segs, unsigned int n);
/* Tell the device, unless it does not want to know. */
bool vq_kick(unsigned int q);
/* Take one element of the used ring. */
bool vq_reap(unsigned int q, unsigned int *head, uint32_t *len);

#endif /* LKL_TESTS_FAKE_GUEST_H */
