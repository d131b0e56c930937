/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A guest of virtio-net.c without a kernel: RAM that is a block of exactly its
 * size, a small driver, and a back end that does what a test says.
 */
#ifndef LKL_TESTS_FAKE_NET_H
#define LKL_TESTS_FAKE_NET_H

#include <lkl/linux/virtio_config.h>
#include <lkl/linux/virtio_ids.h>
#include <lkl/linux/virtio_mmio.h>
#include <lkl/linux/virtio_net.h>
#include <lkl/linux/virtio_ring.h>

#include "instance.h"
#include "virtio-net.h"

#define RX		0
#define TX		1
#define QUEUES		2
#define NET_RAM_SIZE	0x800000ULL

/* Where the driver keeps what, for each queue; up to 1024 descriptors. */
#define DESC_ADDR(q)	(0x10000ULL * (q))
#define AVAIL_ADDR(q)	(0x10000ULL * (q) + 0x5000)
#define USED_ADDR(q)	(0x10000ULL * (q) + 0x6000)
#define DATA_ADDR(q)	(0x200000ULL * ((q) + 1))

#define NEXT		LKL_VRING_DESC_F_NEXT
#define WRITE		LKL_VRING_DESC_F_WRITE
#define INDIRECT	LKL_VRING_DESC_F_INDIRECT
#define VERSION_1	(1ULL << LKL_VIRTIO_F_VERSION_1)
#define EVENT_IDX	(1ULL << LKL_VIRTIO_RING_F_EVENT_IDX)
#define INDIRECT_DESC	(1ULL << LKL_VIRTIO_RING_F_INDIRECT_DESC)
#define NET_F(name)	(1ULL << LKL_VIRTIO_NET_F_##name)
#define HDR		((uint32_t)sizeof(struct lkl_virtio_net_hdr_v1))

#define PACKET_MAX	70000
#define WIRE_MAX	4096

/**
 * struct wire - packets on their way
 * @len:	of each, with the header if there is one
 * @data:	contents
 * @first:	number of the oldest
 * @count:	number of packets up to the newest
 */
struct wire {
	uint32_t len[WIRE_MAX];
	unsigned char *data[WIRE_MAX];
	unsigned int first;
	unsigned int count;
};

/**
 * struct net_back_end - what is behind the device
 * @nd:		what the device is given
 * @ops:	of it
 * @can:	features that it knows
 * @tso_max:	longest segment that it takes
 * @open_error:	of its open
 * @is_open:	it is
 * @features:	what open was told
 * @ready:	of open
 * @data:	of open
 * @want_rx:	what it was told last
 * @wanted:	how often
 * @in:		packets for the guest
 * @out:	packets of the guest
 * @room:	so many packets can be sent
 * @sends:	calls of send
 * @recvs:	calls of recv
 * @most:	most packets of one call of recv
 * @pieces:	pieces of the room for the first packet of the last call
 */
struct net_back_end {
	struct lkl_netdev nd;
	struct lkl_dev_net_ops ops;
	uint64_t can;
	uint32_t tso_max;
	int open_error;
	bool is_open;
	uint64_t features;
	void (*ready)(void *data, uint32_t events);
	void *data;
	bool want_rx;
	unsigned int wanted;
	struct wire in;
	struct wire out;
	unsigned int room;
	unsigned int sends;
	unsigned int recvs;
	uint32_t most;
	uint32_t pieces;
};

/**
 * struct net_queue - a queue as the driver sees it
 * @num:	size
 * @avail_idx:	as in the ring
 * @used_idx:	seen so far
 * @kicked_idx:	@avail_idx at the last time that it thought of a notification
 * @busy:	number of descriptors of the chain with this head
 * @next:	shadow of the chains
 * @free:	first free descriptor
 * @nr_free:	their number
 */
struct net_queue {
	uint32_t num;
	uint16_t avail_idx;
	uint16_t used_idx;
	uint16_t kicked_idx;
	uint16_t busy[VIRTQ_MAX];
	uint16_t next[VIRTQ_MAX];
	uint16_t free;
	uint16_t nr_free;
};

/**
 * struct fake_net - everything
 * @inst:	what the device takes for its instance
 * @net:	the device
 * @dev:	its virtio side
 * @regs:	address of its registers
 * @ram:	guest RAM
 * @ram_size:	of it
 * @be:		its back end
 * @features:	that the driver took
 * @queue:	its queues
 * @irqs:	interrupts so far
 * @line:	raised by a thread of a program
 * @locked:	the CPU lock is held
 * @mem:	memory and threads taken from the host and not given back
 * @no_mem:	the host has none, after so many more times; -1: it has
 */
struct fake_net {
	struct lkl_instance inst;
	struct virtio_net *net;
	struct virtio_dev *dev;
	uint64_t regs;
	char *ram;
	uint64_t ram_size;
	struct net_back_end be;
	uint64_t features;
	struct net_queue queue[QUEUES];
	unsigned int irqs;
	unsigned int line;
	bool locked;
	int mem;
	int no_mem;
};

extern struct fake_net fake;
extern const uint8_t fake_mac[6];

struct seg {
	uint64_t addr;
	uint32_t len;
	uint16_t flags;
};

void fake_violated(const char *what) __attribute__((noreturn));

/* The state before the first fake_create(). */
void fake_init(void);
/* A device; @custom: a program's own back end, or NULL. */
int fake_create(struct lkl_netdev *custom, uint32_t offload);
void fake_destroy(void);

/* A packet for the guest, of @len bytes made of @seed, after any header. */
void be_arrive(uint32_t len, unsigned int seed);
/*
 * A long TCP segment: its byte n is byte @seq + n of @seed.  The stream is told
 * by the first byte of the port, @seed.
 */
void be_arrive_segment(uint32_t seq, uint32_t payload, uint32_t options,
		       unsigned int seed);
/* Tell the device of LKL_NET_*. */
void be_ready(uint32_t events);
/* Byte @i of a packet made of @seed. */
unsigned char pattern(unsigned int seed, uint32_t i);

uint32_t reg_read(uint32_t off);
void reg_write(uint32_t off, uint32_t val);
void *ram(uint64_t addr, uint64_t len);

bool drv_negotiate(uint64_t features);
/* From reset to a device that runs, with queues of @num. */
void drv_start(uint64_t features, uint32_t num);
/* A chain of @n buffers for queue @q: its head.  The device is not told. */
unsigned int drv_add(unsigned int q, const struct seg *segs, unsigned int n);
/* Tell the device, unless it does not want to know. */
bool drv_kick(unsigned int q);
/* Take one element of the used ring. */
bool drv_reap(unsigned int q, unsigned int *head, uint32_t *len);

#endif /* LKL_TESTS_FAKE_NET_H */
