/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A guest of virtio.c and virtio-blk.c without a kernel: RAM that is a block of
 * exactly its size, a small driver, and a back end that does what a test says.
 */
#ifndef LKL_TESTS_FAKE_DRIVER_H
#define LKL_TESTS_FAKE_DRIVER_H

#include <lkl/linux/virtio_blk.h>
#include <lkl/linux/virtio_config.h>
#include <lkl/linux/virtio_ids.h>
#include <lkl/linux/virtio_mmio.h>
#include <lkl/linux/virtio_ring.h>

#include "instance.h"
#include "virtio-blk.h"

#define SECTOR		512
#define RAM_SIZE	0x100000ULL
#define DISK_SIZE	(512ULL * SECTOR)
#define DISK_ID		42

/* Where the driver keeps what; up to 256 descriptors. */
#define DESC_ADDR	0x1000ULL
#define AVAIL_ADDR	0x2000ULL
#define USED_ADDR	0x3000ULL
#define HEADER_ADDR	0x4000ULL	/* 16 bytes for each head */
#define STATUS_ADDR	0x5000ULL	/* 16 bytes for each head */
#define TABLE_ADDR	0x6000ULL	/* TABLE_SIZE for each head */
#define TABLE_SIZE	0x900ULL
#define DATA_ADDR	0x98000ULL

#define NEXT		LKL_VRING_DESC_F_NEXT
#define WRITE		LKL_VRING_DESC_F_WRITE
#define INDIRECT	LKL_VRING_DESC_F_INDIRECT

#define VERSION_1	(1ULL << LKL_VIRTIO_F_VERSION_1)
#define EVENT_IDX	(1ULL << LKL_VIRTIO_RING_F_EVENT_IDX)
#define INDIRECT_DESC	(1ULL << LKL_VIRTIO_RING_F_INDIRECT_DESC)

/* What the driver finds in a status byte that nobody wrote. */
#define NO_STATUS	0xaa

/**
 * struct back_end - what is behind the device
 * @info:	the disk's properties, of the next fake_create()
 * @open_error:	of its open
 * @medium:	contents, and how they start: see pattern()
 * @later:	requests wait for fake_complete()
 * @result:	of requests that do not wait
 * @pending:	those that wait
 * @nr_pending:	their number
 * @last:	what the latest request was, its iov not valid any more
 * @submitted:	requests, all in all
 * @flushes:	of them
 */
struct back_end {
	struct lkl_blk_info info;
	int open_error;
	unsigned char *medium;
	bool later;
	int result;
	struct lkl_blk_io *pending[2 * VIRTQ_MAX];
	unsigned int nr_pending;
	struct lkl_blk_io last;
	unsigned int submitted;
	unsigned int flushes;
};

/**
 * struct driver - a well-behaved one
 * @num:	size of the queue
 * @features:	taken
 * @avail_idx:	as in the ring
 * @used_idx:	seen so far
 * @kicked_idx:	@avail_idx at the last time that it thought of a notification
 * @busy:	number of descriptors of the chain with this head, 0: not
 *		with the device
 * @next:	shadow of the chains
 * @free:	first free descriptor
 * @nr_free:	their number
 */
struct driver {
	uint32_t num;
	uint64_t features;
	uint16_t avail_idx;
	uint16_t used_idx;
	uint16_t kicked_idx;
	uint16_t busy[VIRTQ_MAX];
	uint16_t next[VIRTQ_MAX];
	uint16_t free;
	uint16_t nr_free;
};

/**
 * struct fake - everything
 * @inst:	what the device takes for its instance
 * @blk:	the device
 * @dev:	its virtio side
 * @regs:	address of its registers
 * @ram:	guest RAM
 * @ram_size:	of it
 * @be:		its back end
 * @drv:	its driver
 * @irqs:	interrupts so far
 * @lost_writes: that were told to liblkl
 * @mem:	memory taken from the host and not given back
 * @no_mem:	the host has none
 */
struct fake {
	struct lkl_instance inst;
	struct virtio_blk *blk;
	struct virtio_dev *dev;
	uint64_t regs;
	char *ram;
	uint64_t ram_size;
	struct back_end be;
	struct driver drv;
	unsigned int irqs;
	unsigned int lost_writes;
	int mem;
	bool no_mem;
};

extern struct fake fake;

/* A buffer of a request; @flags: WRITE or nothing. */
struct seg {
	uint64_t addr;
	uint32_t len;
	uint16_t flags;
};

/* The contract between the parts was broken: ends the process. */
void fake_violated(const char *what) __attribute__((noreturn));

/* A device on the bus; @custom: the program's own back end, or NULL. */
int fake_create(uint64_t ram_size, struct lkl_dev_blk_ops *custom);
void fake_destroy(void);
/* Finish the pending request number @i. */
void fake_complete(unsigned int i, int result);
void fake_complete_all(void);
/* What byte @i of the medium starts as. */
unsigned char pattern(uint64_t i);

uint32_t reg_read(uint32_t off);
void reg_write(uint32_t off, uint32_t val);
void reg_write64(uint32_t low, uint64_t val);

/* Host address of guest memory, which must be there. */
void *ram(uint64_t addr, uint64_t len);
struct lkl_vring_desc *ram_desc(unsigned int i);
struct lkl_vring_avail *ram_avail(void);
struct lkl_vring_used *ram_used(void);

/* True: the device took @features. */
bool drv_negotiate(uint64_t features);
void drv_place_queue(uint32_t num, uint64_t desc, uint64_t avail,
		     uint64_t used);
/* From reset to a device that runs, with a queue of @num. */
void drv_start(uint64_t features, uint32_t num);
/* One request of @n buffers: its head.  The device is not told. */
unsigned int drv_add(const struct seg *segs, unsigned int n, bool indirect);
/* Put @head into the available ring. */
void drv_make_available(uint16_t head);
/* Tell the device, unless it does not want to know. */
bool drv_kick(void);
/* Take one element of the used ring. */
bool drv_reap(unsigned int *head, uint32_t *len);

/* A request with @segs buffers of @len bytes each from @data on: its head. */
unsigned int blk_add(uint32_t type, uint64_t sector, uint64_t data,
		     uint32_t len, unsigned int segs, bool indirect);
uint8_t blk_status_of(unsigned int head);

#endif /* LKL_TESTS_FAKE_DRIVER_H */
