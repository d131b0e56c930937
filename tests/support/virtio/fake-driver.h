/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A guest with a disk: a small device driver, and a back end that tests control.
 */
#ifndef LKL_TESTS_FAKE_DRIVER_H
#define LKL_TESTS_FAKE_DRIVER_H

#include <lkl/linux/virtio_blk.h>

#include "support/virtio/fake-guest.h"
#include "virtio/virtio-blk.h"

#define SECTOR		512
#define RAM_SIZE	0x100000ULL
#define DISK_SIZE	(512ULL * SECTOR)
#define DISK_ID		42

/* Addresses of the driver's memory, for up to 256 descriptors */
#define DESC_ADDR	0x1000ULL
#define AVAIL_ADDR	0x2000ULL
#define USED_ADDR	0x3000ULL
#define HEADER_ADDR	0x4000ULL	/* 16 bytes for each head */
#define STATUS_ADDR	0x5000ULL	/* 16 bytes for each head */
#define TABLE_ADDR	0x6000ULL	/* TABLE_SIZE for each head */
#define TABLE_SIZE	0x900ULL
#define DATA_ADDR	0x98000ULL

/* The value of a status byte that the device did not write. */
#define NO_STATUS	0xaa

/**
 * struct back_end - what is behind the device
 * @info:	properties of the disk of the next fake_create()
 * @open_error:	result of open
 * @medium:	contents; initially as pattern() says
 * @later:	requests wait for fake_complete()
 * @result:	result of requests that do not wait
 * @pending:	requests that wait
 * @nr_pending:	number of requests that wait
 * @last:	the latest request, whose iov is no longer valid
 * @submitted:	number of requests
 * @flushes:	number of flushes among the requests
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
 * struct fake - the disk
 * @blk:	the device
 * @be:		its back end
 */
struct fake {
	struct virtio_blk *blk;
	struct back_end be;
};

extern struct fake fake;

/* Create a device on the bus; @custom: the program's own back end, or NULL. */
int fake_create(uint64_t ram_size, struct lkl_dev_blk_ops *custom);
void fake_destroy(void);
/* Finish pending request @i. */
void fake_complete(unsigned int i, int result);
void fake_complete_all(void);
/* Return the initial value of byte @i of the medium. */
unsigned char pattern(uint64_t i);

/* The rings, where the driver keeps them */
struct lkl_vring_desc *ram_desc(unsigned int i);
struct lkl_vring_avail *ram_avail(void);
struct lkl_vring_used *ram_used(void);

/* Reset the device and start it with a queue of @num descriptors. */
void drv_start(uint64_t features, uint32_t num);
/* Add a request of @n buffers without a notification; return its head. */
unsigned int drv_add(const struct seg *segs, unsigned int n, bool indirect);

/* Place the only queue, see vq_place(). */
static inline void drv_place_queue(uint32_t num, uint64_t desc, uint64_t avail,
				   uint64_t used)
{
	vq_place(0, num, desc, avail, used);
}

static inline void drv_make_available(uint16_t head)
{
	vq_make_available(0, head);
}

static inline bool drv_kick(void)
{
	return vq_kick(0);
}

static inline bool drv_reap(unsigned int *head, uint32_t *len)
{
	return vq_reap(0, head, len);
}

/*
 * Add a request with @segs buffers of @len bytes each from @data; return its
 * head.
 */
unsigned int blk_add(uint32_t type, uint64_t sector, uint64_t data,
		     uint32_t len, unsigned int segs, bool indirect);
uint8_t blk_status_of(unsigned int head);

#endif /* LKL_TESTS_FAKE_DRIVER_H */
