/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A guest of virtio.c without a kernel, for any device: RAM in a block of exactly
 * its size, so that sanitizers see an access beyond, and a correct device driver.
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
 * @num:	number of descriptors
 * @desc:	guest address of the descriptors
 * @avail:	guest address of the available ring
 * @used:	guest address of the used ring
 * @avail_idx:	index in the available ring
 * @used_idx:	elements of the used ring that were taken
 * @kicked_idx:	@avail_idx when a notification was last considered
 * @busy:	number of descriptors of the chain with this head; 0: the device
 *		does not have the chain
 * @next:	copy of the chains
 * @free:	first free descriptor
 * @nr_free:	number of free descriptors
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
 * @inst:	the device's instance
 * @machine:	the device's machine
 * @dev:	the device
 * @regs:	guest address of the device's registers
 * @ram:	guest RAM
 * @ram_size:	size of @ram
 * @features:	features that the driver accepted
 * @queue:	the device's queues
 * @irqs:	number of interrupts
 * @mem:	number of allocations and threads of the host in use
 * @no_mem:	number of allocations that still succeed; -1: all succeed
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

/* A buffer of a request; @flags: WRITE or 0 */
struct seg {
	uint64_t addr;
	uint32_t len;
	uint16_t flags;
};

/* End the process: a part broke the contract with another. */
void fake_violated(const char *what) __attribute__((noreturn));

/* Create RAM of @size bytes and a host, until guest_end(). */
void guest_start(uint64_t size, const struct lkl_host_operations *host);
/* Put the device on the bus. */
void guest_attach(struct virtio_dev *dev);
void guest_detach(void);
/* Check that all resources were returned, and reset the guest. */
void guest_end(void);

/* The host's memory, which may run out, see @no_mem. */
bool guest_no_memory(void);
void *guest_mem_alloc(unsigned long size);
void guest_mem_free(void *p);
/* Count an interrupt, which must be the device's. */
void guest_check_irq(unsigned int irq);
/* Check that a buffer of the device lies in RAM. */
void guest_check_buffer(const struct iovec *v);

uint32_t reg_read(uint32_t off);
void reg_write(uint32_t off, uint32_t val);
void reg_write64(uint32_t low, uint64_t val);
/* Return the host address of guest memory, which must exist. */
void *ram(uint64_t addr, uint64_t len);

/* Negotiate @features; return whether the device accepts them. */
bool drv_negotiate(uint64_t features);
/* Set DRIVER_OK, after the queues were set up. */
void drv_ok(void);

/* Write the addresses of queue @q to the device. */
void vq_place(unsigned int q, uint32_t num, uint64_t desc, uint64_t avail,
	      uint64_t used);
/* Empty queue @q and write its addresses to the device. */
void vq_start(unsigned int q, uint32_t num, uint64_t desc, uint64_t avail,
	      uint64_t used);
/* Write a chain of @n buffers that is not available yet; return its head. */
unsigned int vq_chain(unsigned int q, const struct seg *segs, unsigned int n);
/* Add @head to the available ring. */
void vq_make_available(unsigned int q, uint16_t head);
/* Write a chain and make it available, without a notification. */
unsigned int vq_add(unsigned int q, const struct seg *segs, unsigned int n);
/* Notify the device, unless the device disabled notifications. */
bool vq_kick(unsigned int q);
/* Take one element from the used ring. */
bool vq_reap(unsigned int q, unsigned int *head, uint32_t *len);

#endif /* LKL_TESTS_FAKE_GUEST_H */
