/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A guest with a network device: a small device driver, and a back end that tests
 * control.
 */
#ifndef LKL_TESTS_FAKE_NET_H
#define LKL_TESTS_FAKE_NET_H

#include <lkl/linux/virtio_net.h>

#include "support/virtio/fake-guest.h"
#include "virtio/virtio-net.h"

#define RX		0
#define TX		1
#define QUEUES		2
#define NET_RAM_SIZE	0x800000ULL

/*
 * Addresses of the driver's memory for each queue, for up to 1024 descriptors
 */
#define DESC_ADDR(q)	(0x10000ULL * (q))
#define AVAIL_ADDR(q)	(0x10000ULL * (q) + 0x5000)
#define USED_ADDR(q)	(0x10000ULL * (q) + 0x6000)
#define DATA_ADDR(q)	(0x200000ULL * ((q) + 1))

#define NET_F(name)	(1ULL << LKL_VIRTIO_NET_F_##name)
#define HDR		((uint32_t)sizeof(struct lkl_virtio_net_hdr_v1))

#define PACKET_MAX	70000
#define WIRE_MAX	4096

/**
 * struct wire - packets in transit
 * @len:	length of each packet, including a header
 * @data:	contents of each packet
 * @first:	number of the oldest packet
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
 * @nd:		the back end that the device opens
 * @ops:	functions of @nd
 * @can:	features that the back end supports
 * @tso_max:	longest segment that the back end accepts
 * @open_error:	result of open
 * @is_open:	the back end is open
 * @features:	features passed to open
 * @ready:	callback passed to open
 * @data:	argument of @ready
 * @want_rx:	last argument of want_rx
 * @wanted:	number of calls of want_rx
 * @in:		packets for the guest
 * @out:	packets from the guest
 * @room:	number of packets that can still be sent
 * @sends:	number of calls of send
 * @recvs:	number of calls of recv
 * @most:	largest number of packets of one call of recv
 * @pieces:	pieces of the buffer of the first packet of the last recv
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
 * @ram_size:	size of the RAM of the next guest
 * @line:	number of times that a thread of a program raised the interrupt
 * @locked:	the lock of the virtual CPU is held
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

/* Reset the state, before the first fake_create(). */
void fake_init(void);
/* Create a device; @custom: a program's own back end, or NULL. */
int fake_create(struct lkl_netdev *custom, uint32_t offload);
void fake_destroy(void);

/* Send the guest a packet of @len bytes made of @seed, after any header. */
void be_arrive(uint32_t len, unsigned int seed);
/*
 * Send the guest a long TCP segment, whose byte n is byte @seq + n of @seed.  The
 * first byte of the port is @seed, so each seed is a stream.
 */
void be_arrive_segment(uint32_t seq, uint32_t payload, uint32_t options,
		       unsigned int seed);
/* Report LKL_NET_* events to the device. */
void be_ready(uint32_t events);
/* Return byte @i of a packet made of @seed. */
unsigned char pattern(unsigned int seed, uint32_t i);

/* Reset the device and start it with queues of @num descriptors. */
void drv_start(uint64_t features, uint32_t num);
#endif /* LKL_TESTS_FAKE_NET_H */
