/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A guest with a network device: a small driver, and a back end that does what a
 * test says.
 */
#ifndef LKL_TESTS_FAKE_NET_H
#define LKL_TESTS_FAKE_NET_H

#include <lkl/linux/virtio_net.h>

#include "support/fake-guest.h"
#include "virtio/virtio-net.h"

#define RX		0
#define TX		1
#define QUEUES		2
#define NET_RAM_SIZE	0x800000ULL

/* Where the driver keeps what, for each queue; up to 1024 descriptors. */
#define DESC_ADDR(q)	(0x10000ULL * (q))
#define AVAIL_ADDR(q)	(0x10000ULL * (q) + 0x5000)
#define USED_ADDR(q)	(0x10000ULL * (q) + 0x6000)
#define DATA_ADDR(q)	(0x200000ULL * ((q) + 1))

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
 * struct fake_net - the network device
 * @net:	the device
 * @be:		its back end
 * @ram_size:	of the next guest
 * @line:	raised by a thread of a program
 * @locked:	the CPU lock is held
 */
struct fake_net {
	struct virtio_net *net;
	struct net_back_end be;
	uint64_t ram_size;
	unsigned int line;
	bool locked;
};

extern struct fake_net fake;
extern const uint8_t fake_mac[6];

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

/* From reset to a device that runs, with queues of @num. */
void drv_start(uint64_t features, uint32_t num);
#endif /* LKL_TESTS_FAKE_NET_H */
