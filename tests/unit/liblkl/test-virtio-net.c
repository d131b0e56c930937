// SPDX-License-Identifier: GPL-2.0
/*
 * The virtio network device between device driver and back end, and the thread of a
 * program's own back end.  Each test is a process of its own, so that a crash is the
 * failure of one test.
 */
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include <lkl/net-config.h>

#include "support/check-main.h"
#include "support/virtio/fake-net.h"
#include "support/net/segment.h"

#define QUEUE	256
#define MRG	NET_F(MRG_RXBUF)
#define GSO	(NET_F(GUEST_CSUM) | NET_F(GUEST_TSO4))
#define ALL	(~0U)
/* Longest packets, with header: see virtio-net-rx.h. */
#define JUMBO	(9216 + 32 + HDR)
#define LONGEST	(65536 + 32 + HDR)

static struct seg rx_seg[VIRTQ_MAX];
/* From one buffer to the next; buffers of 4 KiB lie side by side if it is less. */
static uint32_t rx_stride;

static void net_setup(void)
{
	rx_stride = 0x2000;
	fake_init();
	fake.be.nd.has_vnet_hdr = 1;
	ck_assert_int_eq(fake_create(NULL, ALL), 0);
}

static void net_teardown(void)
{
	fake_destroy();
}

/* The same with other properties. */
static void net_recreate(bool has_hdr, uint32_t offload, uint64_t can)
{
	uint32_t tso_max = fake.be.tso_max;

	fake_destroy();
	fake.be.nd.has_vnet_hdr = has_hdr;
	fake.be.can = can;
	fake.be.tso_max = tso_max;
	ck_assert_int_eq(fake_create(NULL, offload), 0);
}

/* Where the field of struct lkl_net_config is. */
#define AT_CONFIG(field)						\
	(LKL_VIRTIO_MMIO_CONFIG + sizeof(struct lkl_virtio_net_config) + \
	 offsetof(struct lkl_net_config, field))

static bool net_is_broken(void)
{
	return reg_read(LKL_VIRTIO_MMIO_STATUS) &
	       LKL_VIRTIO_CONFIG_S_NEEDS_RESET;
}

static uint64_t net_offered(void)
{
	uint64_t features;

	reg_write(LKL_VIRTIO_MMIO_DEVICE_FEATURES_SEL, 1);
	features = reg_read(LKL_VIRTIO_MMIO_DEVICE_FEATURES);
	reg_write(LKL_VIRTIO_MMIO_DEVICE_FEATURES_SEL, 0);
	features = features << 32 | reg_read(LKL_VIRTIO_MMIO_DEVICE_FEATURES);
	return features & ~(VERSION_1 | EVENT_IDX | INDIRECT_DESC);
}

static bool net_is_pattern(const unsigned char *p, unsigned int seed,
			   uint32_t pos, uint32_t len)
{
	while (len--)
		if (*p++ != pattern(seed, pos++))
			return false;
	return true;
}

static void add_rx(unsigned int n, uint32_t len)
{
	unsigned int head, i;

	for (i = 0; i < n; i++) {
		struct seg s = { 0, len, WRITE };

		head = guest.queue[RX].free;
		s.addr = DATA_ADDR(RX) + (uint64_t)head * rx_stride;
		if (guest.queue[RX].num <= 16)
			s.addr = DATA_ADDR(RX) + (uint64_t)head * 0x11000;
		rx_seg[head] = s;
		ck_assert_uint_eq(vq_add(RX, &s, 1), head);
	}
}

/* The next packet of the driver is @len bytes of @seed, in how many buffers? */
static unsigned int is_received(uint32_t len, unsigned int seed)
{
	uint32_t used, left = HDR + len, skip, pos = 0;
	struct lkl_virtio_net_hdr_v1 hdr;
	unsigned int head, n;
	unsigned char *p;

	for (n = 0; left; n++) {
		ck_assert(vq_reap(RX, &head, &used));
		ck_assert_uint_le(used, rx_seg[head].len);
		ck_assert_uint_eq(used, left < rx_seg[head].len ? left :
				  rx_seg[head].len);
		p = ram(rx_seg[head].addr, used);
		skip = n ? 0 : HDR;
		if (!n)
			memcpy(&hdr, p, HDR);
		ck_assert(net_is_pattern(p + skip, seed, pos, used - skip));
		pos += used - skip;
		left -= used;
	}
	ck_assert_uint_eq(pos, len);
	ck_assert_uint_eq(hdr.num_buffers, n);
	ck_assert_uint_eq(hdr.flags, 0);
	ck_assert_uint_eq(hdr.csum_start, fake.be.nd.has_vnet_hdr ? seed : 0);
	return n;
}

static void nothing_is_received(void)
{
	unsigned int head;
	uint32_t len;

	ck_assert(!vq_reap(RX, &head, &len));
}

/* Number @i for the wire: header and @len bytes, the rest in @parts parts. */
static unsigned int add_tx(unsigned int i, uint32_t len, unsigned int parts)
{
	uint64_t addr = DATA_ADDR(TX) + (len < 0x800 ? i % 1024 * 0x1000 :
					 i % 16 * 0x11000);
	unsigned char *p = ram(addr, HDR + len);
	struct seg s[130] = { { addr, HDR, 0 } };
	uint32_t n, j, pos = 0;

	memset(p, 0, HDR);
	p[0] = 0x80 | (i & 0x7f);
	for (j = 0; j < len; j++)
		p[HDR + j] = pattern(i, j);
	if (!parts) {
		s[0].len += len;
		return vq_add(TX, s, 1);
	}
	for (n = 1; n <= parts; n++) {
		s[n].addr = addr + HDR + pos;
		s[n].len = n < parts ? len / parts : len - pos;
		pos += s[n].len;
	}
	return vq_add(TX, s, parts + 1);
}

static void is_sent(unsigned int seed, uint32_t len)
{
	struct wire *w = &fake.be.out;
	uint32_t hdr = fake.be.nd.has_vnet_hdr ? HDR : 0;
	unsigned char *p = w->data[w->first % WIRE_MAX];

	ck_assert_uint_lt(w->first, w->count);
	ck_assert_uint_eq(w->len[w->first % WIRE_MAX], hdr + len);
	if (hdr)
		ck_assert_uint_eq(p[0], 0x80 | (seed & 0x7f));
	ck_assert(net_is_pattern(p + hdr, seed, 0, len));
	free(p);
	w->first++;
}

static void nothing_is_sent(void)
{
	ck_assert_uint_eq(fake.be.out.first, fake.be.out.count);
}

static unsigned int reap_tx(void)
{
	unsigned int head, n;
	uint32_t len;

	for (n = 0; vq_reap(TX, &head, &len); n++)
		ck_assert_uint_eq(len, 0);
	return n;
}

static void net_works(void)
{
	add_tx(7, 100, 1);
	vq_kick(TX);
	is_sent(7, 100);
	ck_assert_uint_eq(reap_tx(), 1);
	add_rx(1, 0x1000);
	vq_kick(RX);
	be_arrive(60, 9);
	be_ready(LKL_NET_RX);
	is_received(60, 9);
}

/* Features */

START_TEST(the_device_is_a_network_device)
{
	unsigned int i;

	ck_assert_uint_eq(reg_read(LKL_VIRTIO_MMIO_DEVICE_ID),
			  LKL_VIRTIO_ID_NET);
	for (i = 0; i < 6; i++)
		ck_assert_uint_eq(lkl_mmio_read(&guest.machine.bus, guest.regs +
						LKL_VIRTIO_MMIO_CONFIG + i, 1),
				  fake_mac[i]);
	for (i = 0; i < 3; i++) {
		reg_write(LKL_VIRTIO_MMIO_QUEUE_SEL, i);
		ck_assert_uint_eq(reg_read(LKL_VIRTIO_MMIO_QUEUE_NUM_MAX),
				  i < 2 ? QUEUE : 0);
	}
}
END_TEST

START_TEST(what_the_mask_says_is_offered)
{
	static const uint64_t masks[] = { 0x8002, 0xc803, 0x8883, 0 };
	uint64_t udp;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(masks); i++) {
		net_recreate(true, masks[i], ~0ULL);
		udp = 0;
		if (masks[i] & NET_F(HOST_TSO4))
			udp |= NET_F(HOST_USO);
		if (masks[i] & NET_F(GUEST_TSO4))
			udp |= NET_F(GUEST_USO4) | NET_F(GUEST_USO6);
		ck_assert_uint_eq(net_offered(), masks[i] | udp | NET_F(MAC));
		ck_assert_uint_eq(fake.be.features, net_offered());
		ck_assert(drv_negotiate(net_offered() | VERSION_1));
	}
}
END_TEST

/* Whatever is asked for: no queue and no register that there is not. */
START_TEST(what_the_device_cannot_do_is_not_offered)
{
	uint64_t known = 0xffc3 | NET_F(HOST_USO) | NET_F(GUEST_USO4) |
			 NET_F(GUEST_USO6);

	known &= ~NET_F(GSO);
	known |= NET_F(MAC);
	ck_assert_uint_eq(net_offered() & ~known, 0);
	ck_assert(!(net_offered() &
		    (NET_F(CTRL_VQ) | NET_F(MQ) | NET_F(STATUS) | NET_F(MTU))));
	net_recreate(false, ALL, ~0ULL);
	ck_assert_uint_eq(net_offered(), NET_F(MAC) | MRG);
}
END_TEST

START_TEST(what_the_back_end_cannot_do_is_not_offered)
{
	net_recreate(true, 0x8883, 0x8002);
	ck_assert_uint_eq(net_offered(), 0x8002 | NET_F(MAC));
	net_recreate(true, 0x8883, 0);
	ck_assert_uint_eq(net_offered(), NET_F(MAC));
	ck_assert(!drv_negotiate(NET_F(CSUM) | VERSION_1));
}
END_TEST

/* Sending */

START_TEST(packets_are_sent_as_they_are)
{
	static const unsigned int parts[] = { 0, 1, 2, 17, 129 };
	static const uint32_t lens[] = { 60, 1514, 9014, 65000 };
	unsigned int i, j;

	net_recreate(_i, ALL, ~0ULL);
	drv_start(VERSION_1, QUEUE);
	for (i = 0; i < ARRAY_SIZE(parts); i++)
		for (j = 0; j < ARRAY_SIZE(lens); j++) {
			add_tx(i, lens[j], parts[i]);
			vq_kick(TX);
			is_sent(i, lens[j]);
			ck_assert_uint_eq(reap_tx(), 1);
		}
	nothing_is_sent();
}
END_TEST

START_TEST(several_packets_go_with_one_call)
{
	unsigned int i;

	drv_start(VERSION_1, QUEUE);
	for (i = 0; i < 40; i++)
		add_tx(i, 100, 1);
	vq_kick(TX);
	ck_assert_uint_eq(fake.be.sends, 3);
	ck_assert_uint_eq(guest.irqs, 1);
	ck_assert_uint_eq(reap_tx(), 40);
	for (i = 0; i < 40; i++)
		is_sent(i, 100);
}
END_TEST

START_TEST(packets_wait_for_the_back_end)
{
	unsigned int i, sent = 0;

	drv_start(VERSION_1 | EVENT_IDX, QUEUE);
	fake.be.room = _i;
	for (i = 0; i < 100; i++)
		add_tx(i, 100, 1);
	vq_kick(TX);
	sent = _i;
	for (i = 0; i < sent; i++)
		is_sent(i, 100);
	nothing_is_sent();
	ck_assert_uint_eq(reap_tx(), sent);
	/* More calls change nothing. */
	be_ready(LKL_NET_TX);
	reg_write(LKL_VIRTIO_MMIO_QUEUE_NOTIFY, TX);
	nothing_is_sent();
	while (sent < 100) {
		fake.be.room = 1 + sent % 5;
		be_ready(LKL_NET_TX);
		i = reap_tx();
		ck_assert_uint_gt(i, 0);
		while (i--)
			is_sent(sent++, 100);
		nothing_is_sent();
	}
	fake.be.room = ~0U;
	net_works();
}
END_TEST

START_TEST(what_waits_does_not_outlive_a_reset)
{
	unsigned int i;

	drv_start(VERSION_1, QUEUE);
	fake.be.room = 3;
	for (i = 0; i < 10; i++)
		add_tx(i, 100, 1);
	vq_kick(TX);
	for (i = 0; i < 3; i++)
		is_sent(i, 100);
	reg_write(LKL_VIRTIO_MMIO_STATUS, 0);
	fake.be.room = ~0U;
	be_ready(LKL_NET_TX | LKL_NET_RX);
	nothing_is_sent();
	drv_start(VERSION_1, QUEUE);
	be_ready(LKL_NET_TX | LKL_NET_RX);
	nothing_is_sent();
	net_works();
}
END_TEST

/* Receiving */

START_TEST(packets_are_received_as_they_are)
{
	unsigned int i;

	net_recreate(_i, 0, ~0ULL);
	drv_start(VERSION_1, QUEUE);
	add_rx(QUEUE, 0x800);
	vq_kick(RX);
	ck_assert(fake.be.want_rx);
	for (i = 0; i < QUEUE; i++) {
		be_arrive(60 + i * 5, i);
		be_ready(LKL_NET_RX);
		ck_assert_uint_eq(is_received(60 + i * 5, i), 1);
	}
	nothing_is_received();
	ck_assert_uint_gt(guest.irqs, 0);
}
END_TEST

/* Buffers that one packet does not use are left for the next. */
START_TEST(packets_lie_in_several_buffers)
{
	static const uint32_t lens[] = { 1400, 60, 5000, 65000, 1400, 30000,
					 4096 - HDR, 4096 - HDR + 1, 64000, 60,
					 60, 8192 - HDR, 65000 };
	unsigned int i, n, left = 4 * QUEUE;

	if (_i & 2)
		rx_stride = 0x1000;
	net_recreate(_i & 1, MRG | GSO, ~0ULL);
	drv_start(VERSION_1 | MRG | (_i & 1 ? GSO : 0), QUEUE);
	for (i = 0; i < QUEUE; i++)
		add_rx(1, 0x1000);
	vq_kick(RX);
	for (n = 0; left > 40 && n < 60; n++) {
		i = n % ARRAY_SIZE(lens);
		/* Without segments there is room for jumbo frames. */
		if (!(_i & 1) && lens[i] + HDR > JUMBO)
			continue;
		be_arrive(lens[i], n);
		be_ready(LKL_NET_RX);
		ck_assert_uint_eq(is_received(lens[i], n),
				  (lens[i] + HDR + 0xfff) / 0x1000);
		add_rx(guest.queue[RX].nr_free, 0x1000);
		vq_kick(RX);
	}
	nothing_is_received();
}
END_TEST

/* Count pieces: the host needs time for each. */
START_TEST(buffers_side_by_side_are_one_piece)
{
	if (_i)
		rx_stride = 0x1000;
	drv_start(VERSION_1 | MRG | GSO, QUEUE);
	add_rx(40, 0x1000);
	vq_kick(RX);
	be_arrive(65000, 0);
	be_ready(LKL_NET_RX);
	ck_assert_uint_eq(is_received(65000, 0), 16);
	ck_assert_uint_eq(fake.be.pieces, _i ? 1 : 17);
}
END_TEST

/* The same in one call of the back end. */
START_TEST(several_packets_are_received_with_one_call)
{
	unsigned int i, round, recvs;

	if (_i & 4)
		rx_stride = 0x1000;
	net_recreate(_i & 1, MRG, ~0ULL);
	drv_start(VERSION_1 | (_i & 2 ? MRG : 0), QUEUE);
	add_rx(QUEUE, 0x1000);
	vq_kick(RX);
	for (round = 0; round < 10; round++) {
		for (i = 0; i < 50; i++)
			be_arrive(60 + i * 40, i);
		recvs = fake.be.recvs;
		while (fake.be.in.first < fake.be.in.count)
			be_ready(LKL_NET_RX);
		recvs = fake.be.recvs - recvs;
		for (i = 0; i < 50; i++)
			is_received(60 + i * 40, i);
		nothing_is_received();
		add_rx(guest.queue[RX].nr_free, 0x1000);
		vq_kick(RX);
	}
	ck_assert_uint_eq(fake.be.most, 16);
	/* 1, 2, 4, 8 and 16 at first. */
	ck_assert_uint_le(recvs, 7);
	/* One after the other from then on. */
	be_ready(LKL_NET_RX);
	fake.be.most = 0;
	be_arrive(60, 1);
	be_ready(LKL_NET_RX);
	ck_assert_uint_eq(fake.be.most, 1);
	is_received(60, 1);
}
END_TEST

START_TEST(buffers_in_parts_are_filled_in_order)
{
	struct seg s[3] = { { DATA_ADDR(RX), HDR, WRITE },
			    { DATA_ADDR(RX) + HDR, 100, WRITE },
			    { DATA_ADDR(RX) + HDR + 100, 2000, WRITE } };
	unsigned int i;

	net_recreate(_i, 0, ~0ULL);
	drv_start(VERSION_1, QUEUE);
	for (i = 0; i < 10; i++) {
		unsigned int head = vq_add(RX, s, 3);

		rx_seg[head] = (struct seg) { DATA_ADDR(RX), HDR + 2100, WRITE };
		vq_kick(RX);
		be_arrive(1000 + i, i);
		be_ready(LKL_NET_RX);
		ck_assert_uint_eq(is_received(1000 + i, i), 1);
	}
}
END_TEST

START_TEST(a_back_end_without_buffers_is_not_listened_to)
{
	unsigned int i;

	drv_start(VERSION_1 | (_i ? EVENT_IDX : 0), QUEUE);
	ck_assert(!fake.be.want_rx);
	be_arrive(60, 0);
	be_ready(LKL_NET_RX);
	ck_assert(!fake.be.want_rx);
	ck_assert_uint_eq(fake.be.recvs, 0);
	add_rx(2, 0x1000);
	ck_assert(vq_kick(RX));
	ck_assert(fake.be.want_rx);
	is_received(60, 0);
	for (i = 1; i < 4; i++)
		be_arrive(60, i);
	for (i = 0; i < 5; i++)
		be_ready(LKL_NET_RX);
	is_received(60, 1);
	nothing_is_received();
	ck_assert(!fake.be.want_rx);
	/* The one that waits comes at once, the driver is asked for more. */
	add_rx(1, 0x1000);
	ck_assert(vq_kick(RX));
	is_received(60, 2);
	ck_assert(fake.be.want_rx);
	add_rx(3, 0x1000);
	vq_kick(RX);
	be_ready(LKL_NET_RX);
	is_received(60, 3);
	net_works();
}
END_TEST

/* Too few for the longest packet, and the driver does not know how many it is. */
START_TEST(too_few_buffers_are_not_enough)
{
	drv_start(VERSION_1 | EVENT_IDX | MRG | GSO, QUEUE);
	add_rx(LONGEST / 0x1000, 0x1000);
	vq_kick(RX);
	ck_assert(!fake.be.want_rx);
	be_arrive(65000, 1);
	be_ready(LKL_NET_RX);
	nothing_is_received();
	add_rx(1, 0x1000);
	ck_assert(vq_kick(RX));
	ck_assert_uint_eq(is_received(65000, 1), 16);
}
END_TEST

/* The next packet of the driver, whole, or 0: there is none. */
static uint32_t take_packet(unsigned char *packet)
{
	struct lkl_virtio_net_hdr_v1 hdr;
	uint32_t used, len = 0, n = 0;
	unsigned int head;

	do {
		if (!vq_reap(RX, &head, &used)) {
			ck_assert_uint_eq(n, 0);
			return 0;
		}
		memcpy(packet + len, ram(rx_seg[head].addr, used), used);
		len += used;
		memcpy(&hdr, packet, HDR);
	} while (++n < hdr.num_buffers);
	return len;
}

/* Streams of segments: what of each has come, and in how many packets */
#define STREAMS	8

struct streams {
	uint32_t sent[STREAMS];
	uint32_t got[STREAMS];
	unsigned int segments;
	unsigned int packets;
	unsigned int others;
};

static void stream_packet(struct streams *s, const unsigned char *p,
			  uint32_t len)
{
	uint32_t header = AT_TCP + (p[AT_DOFF] >> 4) * 4, i = p[AT_TCP];

	ck_assert_uint_lt(i, STREAMS);
	ck_assert_uint_eq(seg_get16(p + AT_SEQ) << 16 |
			  seg_get16(p + AT_SEQ + 2), s->got[i]);
	ck_assert_uint_eq(seg_get16(p + AT_IP_LEN),
			  len - AT_IP > 65535 ? 0 : len - AT_IP);
	ck_assert_uint_eq(seg_get16(p + AT_TCP_SUM),
			  seg_pseudo(p, len - AT_TCP));
	ck_assert(net_is_pattern(p + header, i, s->got[i], len - header));
	s->got[i] += len - header;
	s->packets++;
}

static void take_all(struct streams *s)
{
	static unsigned char packet[600000];
	uint32_t len;

	while ((len = take_packet(packet))) {
		if (packet[1] == LKL_VIRTIO_NET_HDR_GSO_TCPV4)
			stream_packet(s, packet, len);
		else
			s->others +=
				net_is_pattern(packet + HDR, 5, 0, len - HDR);
	}
	add_rx(guest.queue[RX].nr_free, 0x1000);
	vq_kick(RX);
}

static void send_segment(struct streams *s, unsigned int i, uint32_t payload,
			 uint32_t options)
{
	be_arrive_segment(s->sent[i], payload, options, i);
	s->sent[i] += payload;
	s->segments++;
}

static void streams_start(void)
{
	drv_start(VERSION_1 | EVENT_IDX | MRG | GSO, QUEUE);
	reg_write(AT_CONFIG(join), 1);
	add_rx(QUEUE, 0x1000);
	vq_kick(RX);
}

static void take_until_nothing_waits(struct streams *s)
{
	while (fake.be.in.first < fake.be.in.count) {
		be_ready(LKL_NET_RX);
		take_all(s);
	}
	for (unsigned int i = 0; i < STREAMS; i++)
		ck_assert_uint_eq(s->got[i], s->sent[i]);
}

/* Send segments of @n streams in turn. */
static void net_send_some(struct streams *s, unsigned int n, uint32_t payload)
{
	for (unsigned int i = 0; i < 100; i++) {
		for (unsigned int j = 0; j < 8 * n; j++)
			send_segment(s, j % n, payload, 12);
		take_until_nothing_waits(s);
	}
}

START_TEST(segments_that_come_together_are_joined)
{
	struct streams s = { };

	if (_i & 2)
		rx_stride = 0x1000;
	streams_start();
	net_send_some(&s, 1, _i & 1 ? 61000 : 3000);
	/* Most of them, once the device knows how they look. */
	ck_assert_uint_lt(s.packets, s.segments / 2);
}
END_TEST

START_TEST(streams_that_take_turns_are_joined_each)
{
	struct streams s = { };

	if (_i & 1)
		rx_stride = 0x1000;
	streams_start();
	net_send_some(&s, 4, _i & 2 ? 61000 : 3000);
	ck_assert_uint_lt(s.packets, s.segments * 2 / 3);
}
END_TEST

/* Not even by what would otherwise be joined with what was before it. */
START_TEST(what_cannot_be_joined_is_not_overtaken)
{
	static unsigned char packet[600000];
	struct streams s = { };
	uint32_t len;

	streams_start();
	net_send_some(&s, 2, 3000);
	for (int i = 0; i < 16; i++) {
		if (i == _i)
			be_arrive(60, 5);
		send_segment(&s, 0, 3000, 12);
	}
	while (fake.be.in.first < fake.be.in.count)
		be_ready(LKL_NET_RX);
	for (uint32_t from = s.got[0]; ; stream_packet(&s, packet, len)) {
		len = take_packet(packet);
		if (len != HDR + 60)
			continue;
		ck_assert_uint_eq(s.got[0] - from, _i * 3000);
		break;
	}
	take_all(&s);
	ck_assert_uint_eq(s.got[0], s.sent[0]);
}
END_TEST

/* Headers in two buffers: the device reads only the first buffer. */
START_TEST(segments_in_buffers_of_parts_are_not_joined)
{
	static unsigned char packet[70000];
	uint64_t end = guest.ram_size;
	struct seg s[] = { { end - HDR, HDR, WRITE },
			   { DATA_ADDR(RX), 0x11000, WRITE } };
	struct streams st = { };
	unsigned int head;
	uint32_t used;

	streams_start();
	net_send_some(&st, 1, 3000);
	drv_start(VERSION_1 | EVENT_IDX | MRG | GSO, QUEUE);
	reg_write(AT_CONFIG(join), 1);
	for (unsigned int i = 0; i < 20; i++) {
		vq_add(RX, s, 2);
		vq_kick(RX);
		send_segment(&st, 0, 3000, 12);
		be_ready(LKL_NET_RX);
		ck_assert(vq_reap(RX, &head, &used));
		memcpy(packet, ram(s[0].addr, HDR), HDR);
		memcpy(packet + HDR, ram(s[1].addr, used - HDR), used - HDR);
		stream_packet(&st, packet, used);
		ck_assert_uint_eq(st.got[0], st.sent[0]);
	}
}
END_TEST

/* A router wants them as they came; and who did not ask, after a reset too. */
START_TEST(segments_are_joined_only_for_who_wants_it)
{
	struct streams s = { };

	streams_start();
	reg_write(AT_CONFIG(join), 0);
	net_send_some(&s, 1, 3000);
	ck_assert_uint_eq(s.packets, s.segments);
	reg_write(AT_CONFIG(join), 1);
	net_send_some(&s, 1, 3000);
	ck_assert_uint_lt(s.packets, s.segments);
	drv_start(VERSION_1 | EVENT_IDX | MRG | GSO, QUEUE);
	ck_assert_uint_eq(reg_read(AT_CONFIG(join)), 0);
	reg_write(AT_CONFIG(tso_max), 1);
	ck_assert_uint_eq(reg_read(AT_CONFIG(tso_max)), 0);
}
END_TEST

/* Among others, of another stream, with other headers: all of it arrives. */
START_TEST(streams_arrive_whole)
{
	struct streams s = { };
	unsigned int others = 0, r = _i * 7919 + 1;
	unsigned int streams = 1U << _i % 4;

	if (_i & 4)
		rx_stride = 0x1000;
	streams_start();
	for (unsigned int i = 0; i < 3000; i++) {
		r = r * 1103515245 + 12345;
		if (r >> 28 == 0) {
			be_arrive(60, 5);
			others++;
		} else {
			send_segment(&s, (r >> 16) % streams,
				     r >> 26 & 1 ? 3000 : (r >> 16 & 0xff) + 1,
				     r >> 25 & 7 ? 12 : 0);
		}
		if (!(r >> 24 & 7))
			take_until_nothing_waits(&s);
	}
	take_until_nothing_waits(&s);
	ck_assert_uint_eq(s.others, others);
	ck_assert_uint_lt(s.packets, s.segments);
}
END_TEST

START_TEST(buffers_do_not_outlive_a_reset)
{
	unsigned int i;

	net_recreate(_i, MRG, ~0ULL);
	drv_start(VERSION_1 | MRG, QUEUE);
	add_rx(20, 0x1000);
	vq_kick(RX);
	be_arrive(60, 1);
	be_ready(LKL_NET_RX);
	is_received(60, 1);
	reg_write(LKL_VIRTIO_MMIO_STATUS, 0);
	ck_assert(!fake.be.want_rx);
	memset(ram(DATA_ADDR(RX), 0x100000), 0xee, 0x100000);
	be_arrive(60, 2);
	be_ready(LKL_NET_RX);
	for (i = 0; i < 0x100000; i++)
		if (*(uint8_t *)ram(DATA_ADDR(RX) + i, 1) != 0xee)
			ck_abort_msg("a buffer from before the reset is used");
	drv_start(VERSION_1 | MRG, QUEUE);
	be_ready(LKL_NET_RX);
	nothing_is_received();
	add_rx(20, 0x1000);
	vq_kick(RX);
	is_received(60, 2);
}
END_TEST

START_TEST(nobody_is_interrupted_who_does_not_want_to)
{
	unsigned int irqs, i, head;
	uint32_t len;

	drv_start(VERSION_1 | EVENT_IDX, QUEUE);
	add_rx(100, 0x1000);
	vq_kick(RX);
	/* The first one interrupts, then none until the driver has looked. */
	for (i = 0; i < 50; i++) {
		be_arrive(60, i);
		be_ready(LKL_NET_RX);
	}
	ck_assert_uint_eq(guest.irqs, 1);
	for (i = 0; i < 50; i++)
		is_received(60, i);
	be_arrive(60, 1);
	be_ready(LKL_NET_RX);
	ck_assert_uint_eq(guest.irqs, 2);
	irqs = guest.irqs;
	for (i = 0; i < 50; i++) {
		add_tx(i, 60, 1);
		vq_kick(TX);
	}
	ck_assert_uint_eq(guest.irqs, irqs + 1);
	ck_assert(vq_reap(TX, &head, &len));
}
END_TEST

/* Hostile drivers */

static void net_breaks(unsigned int q, const struct seg *segs, unsigned int n)
{
	ck_assert(!net_is_broken());
	vq_add(q, segs, n);
	reg_write(LKL_VIRTIO_MMIO_QUEUE_NOTIFY, q);
	be_arrive(60, 1);
	be_ready(LKL_NET_RX | LKL_NET_TX);
	ck_assert(net_is_broken());
	nothing_is_sent();
	nothing_is_received();
	drv_start(VERSION_1 | MRG, QUEUE);
	ck_assert(!net_is_broken());
	add_rx(20, 0x1000);
	vq_kick(RX);
	be_ready(LKL_NET_RX);
	is_received(60, 1);
	net_works();
	drv_start(VERSION_1 | MRG, QUEUE);
}

START_TEST(malformed_chains_break_the_device)
{
	const struct seg none = { DATA_ADDR(TX), HDR - 1, 0 };
	const struct seg in = { DATA_ADDR(TX), 100, WRITE };
	const struct seg out = { DATA_ADDR(RX), 100, 0 };
	const struct seg split[] = { { DATA_ADDR(TX), 6, 0 },
				     { DATA_ADDR(TX) + 6, 100, 0 } };
	const struct seg both[] = { { DATA_ADDR(TX), 100, 0 },
				    { DATA_ADDR(TX), 100, WRITE } };
	const struct seg small = { DATA_ADDR(RX), HDR - 1, WRITE };
	const struct seg outside = { NET_RAM_SIZE - 50, 100, 0 };
	const struct seg longest = { DATA_ADDR(TX), LONGEST + 1, 0 };
	struct seg many[40];
	unsigned int i;

	net_recreate(_i, MRG, ~0ULL);
	drv_start(VERSION_1 | MRG, QUEUE);
	net_breaks(TX, &none, 1);
	net_breaks(TX, &in, 1);
	net_breaks(TX, split, 2);
	net_breaks(TX, both, 2);
	net_breaks(TX, &outside, 1);
	net_breaks(TX, &longest, 1);
	for (i = 0; i < ARRAY_SIZE(many); i++)
		many[i] = (struct seg) { DATA_ADDR(TX), 0x200000, 0 };
	net_breaks(TX, many, ARRAY_SIZE(many));
	net_breaks(RX, &out, 1);
	net_breaks(RX, both, 2);
	net_breaks(RX, &small, 1);
}
END_TEST

START_TEST(a_chain_that_follows_itself_breaks_the_device)
{
	struct lkl_vring_desc *d = ram(DESC_ADDR(TX), sizeof(*d));
	const struct seg s = { DATA_ADDR(TX), 100, 0 };

	drv_start(VERSION_1, QUEUE);
	vq_add(TX, &s, 1);
	d->flags |= NEXT;
	d->next = 0;
	reg_write(LKL_VIRTIO_MMIO_QUEUE_NOTIFY, TX);
	ck_assert(net_is_broken());
	nothing_is_sent();
}
END_TEST

START_TEST(the_longest_packet_is_sent)
{
	drv_start(VERSION_1, QUEUE);
	add_tx(1, LONGEST - HDR, 0);
	vq_kick(TX);
	is_sent(1, LONGEST - HDR);
	ck_assert(!net_is_broken());
}
END_TEST

/*
 * The features depend on the back end, and the device accepts segments
 * accordingly.
 */
START_TEST(a_back_end_may_take_longer_segments)
{
	const uint32_t max = 500000;
	struct seg s = { DATA_ADDR(TX), HDR + max + 1, 0 };

	fake.be.tso_max = max;
	net_recreate(true, ALL, ~0ULL);
	ck_assert_uint_eq(reg_read(AT_CONFIG(tso_max)), max);
	drv_start(VERSION_1, QUEUE);
	add_tx(0, max, 16);
	vq_kick(TX);
	is_sent(0, max);
	ck_assert(!net_is_broken());
	net_breaks(TX, &s, 1);
}
END_TEST

START_TEST(longer_segments_need_segmentation)
{
	fake.be.tso_max = 500000;
	net_recreate(true, MRG, ~0ULL);
	ck_assert_uint_eq(reg_read(AT_CONFIG(tso_max)), 0);
	net_recreate(true, ALL, ~(1ULL << LKL_VIRTIO_NET_F_HOST_TSO4));
	ck_assert_uint_eq(reg_read(AT_CONFIG(tso_max)), 0);
	fake.be.tso_max = 0;
	net_recreate(true, ALL, ~0ULL);
	ck_assert_uint_eq(reg_read(AT_CONFIG(tso_max)), 0);
}
END_TEST

START_TEST(good_packets_before_a_bad_one_do_no_harm)
{
	const struct seg bad = { DATA_ADDR(TX), 100, WRITE };
	unsigned int i;

	drv_start(VERSION_1, QUEUE);
	for (i = 0; i < 5; i++)
		add_tx(i, 60, 1);
	vq_add(TX, &bad, 1);
	vq_kick(TX);
	ck_assert(net_is_broken());
	be_ready(LKL_NET_TX);
	for (i = 0; i < 5; i++)
		is_sent(i, 60);
	nothing_is_sent();
	drv_start(VERSION_1, QUEUE);
	net_works();
}
END_TEST

/* Creating */

START_TEST(a_back_end_that_does_not_open_is_an_error)
{
	fake_destroy();
	fake.be.open_error = -LKL_EIO;
	ck_assert_int_eq(fake_create(NULL, ALL), -LKL_EIO);
	ck_assert_int_eq(guest.mem, 0);
	guest.no_mem = 0;
	ck_assert_int_eq(fake_create(NULL, ALL), -LKL_ENOMEM);
	ck_assert_int_eq(guest.mem, 0);
	net_setup();
}
END_TEST

/* Programs' own back ends */

/**
 * struct own - a back end of the program
 * @nd:		the back end that the device opens
 * @ops:	functions of @nd
 * @lock:	protects the members below
 * @changed:	signals changes of the members below
 * @packets:	number of packets to receive
 * @next:	seed of the next packet
 * @busy:	packets cannot be sent
 * @tx_wanted:	poll() must report when packets can be sent
 * @hup:	poll_hup was called
 * @end:	the other side is gone
 * @polls:	number of calls of poll
 * @inside:	a thread is in poll
 * @tx:		packets that were sent
 */
static struct own {
	struct lkl_netdev nd;
	struct lkl_dev_net_ops ops;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	unsigned int packets;
	unsigned int next;
	bool busy;
	bool tx_wanted;
	bool hup;
	bool end;
	unsigned int polls;
	bool inside;
	unsigned int tx;
} own = {
	.lock = PTHREAD_MUTEX_INITIALIZER,
	.changed = PTHREAD_COND_INITIALIZER,
};

static void own_set(unsigned int *member, unsigned int val)
{
	pthread_mutex_lock(&own.lock);
	*member = val;
	pthread_cond_broadcast(&own.changed);
	pthread_mutex_unlock(&own.lock);
}

static unsigned int own_get(unsigned int *member)
{
	unsigned int val;

	pthread_mutex_lock(&own.lock);
	val = *member;
	pthread_mutex_unlock(&own.lock);
	return val;
}

static int own_tx(struct lkl_netdev *nd, struct iovec *iov, int cnt)
{
	int ret = -1;

	pthread_mutex_lock(&own.lock);
	own.tx_wanted = own.busy;
	if (!own.busy) {
		own.tx++;
		ret = 1;
	}
	pthread_cond_broadcast(&own.changed);
	pthread_mutex_unlock(&own.lock);
	return ret;
}

static int own_rx(struct lkl_netdev *nd, struct iovec *iov, int cnt)
{
	uint32_t i;
	int ret = -1;

	pthread_mutex_lock(&own.lock);
	if (own.packets) {
		own.packets--;
		ck_assert_int_ge(cnt, 1);
		for (i = 0; i < 60 && i < iov[0].iov_len; i++)
			((uint8_t *)iov[0].iov_base)[i] = pattern(own.next, i);
		own.next++;
		ret = i;
	}
	pthread_mutex_unlock(&own.lock);
	return ret;
}

static int own_events(void)
{
	int events = 0;

	if (own.packets)
		events |= LKL_DEV_NET_POLL_RX;
	if (own.tx_wanted && !own.busy) {
		own.tx_wanted = false;
		events |= LKL_DEV_NET_POLL_TX;
	}
	if (own.hup || own.end)
		events |= LKL_DEV_NET_POLL_HUP;
	return events;
}

static int own_poll(struct lkl_netdev *nd)
{
	int events;

	pthread_mutex_lock(&own.lock);
	own.polls++;
	own.inside = true;
	while (!(events = own_events()))
		pthread_cond_wait(&own.changed, &own.lock);
	own.inside = false;
	pthread_mutex_unlock(&own.lock);
	return events;
}

static void own_hup(struct lkl_netdev *nd)
{
	pthread_mutex_lock(&own.lock);
	own.hup = true;
	pthread_cond_broadcast(&own.changed);
	pthread_mutex_unlock(&own.lock);
}

/* Forget the test before, which may have been in the same process. */
static void own_reset(void)
{
	own.packets = 0;
	own.next = 0;
	own.busy = false;
	own.tx_wanted = false;
	own.hup = false;
	own.end = false;
	own.polls = 0;
	own.inside = false;
	own.tx = 0;
}

static void own_create(bool with_poll)
{
	fake_destroy();
	own_reset();
	own.ops = (struct lkl_dev_net_ops) {
		.tx = own_tx,
		.rx = own_rx,
		.poll = with_poll ? own_poll : NULL,
		.poll_hup = with_poll ? own_hup : NULL,
	};
	own.nd = (struct lkl_netdev) { .ops = &own.ops };
	ck_assert_int_eq(fake_create(&own.nd, ALL), 0);
	ck_assert_uint_eq(net_offered(), NET_F(MAC) | MRG);
}

/* Wait until the interrupt line was raised @n times. */
static void wait_for_line(unsigned int n)
{
	while (__atomic_load_n(&fake.line, __ATOMIC_SEQ_CST) < n)
		sched_yield();
}

static void wait_until_inside(void)
{
	bool inside;

	do {
		sched_yield();
		pthread_mutex_lock(&own.lock);
		inside = own.inside;
		pthread_mutex_unlock(&own.lock);
	} while (!inside);
}

START_TEST(the_thread_of_a_program_tells_of_packets)
{
	unsigned int i, n;

	own_create(true);
	drv_start(VERSION_1, QUEUE);
	/* Nobody looks before there are buffers. */
	ck_assert_uint_eq(own_get(&own.polls), 0);
	add_rx(QUEUE, 0x800);
	vq_kick(RX);
	for (i = 1; i < 20; i++) {
		wait_until_inside();
		own_set(&own.packets, i);
		wait_for_line(i);
		ck_assert(reg_read(LKL_VIRTIO_MMIO_INTERRUPT_STATUS) &
			  LKL_VIRTIO_MMIO_INT_VRING);
		for (n = 0; n < i; n++)
			is_received(60, own.next - i + n);
		nothing_is_received();
		add_rx(i, 0x800);
		vq_kick(RX);
	}
	wait_until_inside();
	/* One notification for each time */
	ck_assert_uint_eq(fake.line, 19);
}
END_TEST

START_TEST(the_thread_does_not_turn_in_circles_without_buffers)
{
	unsigned int polls, i;

	own_create(true);
	drv_start(VERSION_1, QUEUE);
	add_rx(2, 0x800);
	vq_kick(RX);
	own_set(&own.packets, 5);
	wait_for_line(1);
	reg_read(LKL_VIRTIO_MMIO_INTERRUPT_STATUS);
	is_received(60, 0);
	is_received(60, 1);
	polls = own_get(&own.polls);
	for (i = 0; i < 1000; i++) {
		reg_read(LKL_VIRTIO_MMIO_INTERRUPT_STATUS);
		sched_yield();
	}
	ck_assert_uint_eq(own_get(&own.polls), polls);
	ck_assert_uint_eq(fake.line, 1);
	add_rx(10, 0x800);
	vq_kick(RX);
	for (i = 2; i < 5; i++)
		is_received(60, i);
	wait_until_inside();
}
END_TEST

/*
 * A program is notified about sending though there are no buffers to receive.
 */
START_TEST(without_buffers_a_program_is_told_when_it_can_send)
{
	own_create(true);
	drv_start(VERSION_1, QUEUE);
	pthread_mutex_lock(&own.lock);
	own.busy = true;
	pthread_mutex_unlock(&own.lock);
	add_tx(1, 100, 1);
	add_tx(2, 100, 1);
	vq_kick(TX);
	ck_assert_uint_eq(reap_tx(), 0);
	wait_until_inside();
	pthread_mutex_lock(&own.lock);
	own.busy = false;
	pthread_cond_broadcast(&own.changed);
	pthread_mutex_unlock(&own.lock);
	wait_for_line(1);
	reg_read(LKL_VIRTIO_MMIO_INTERRUPT_STATUS);
	ck_assert_uint_eq(reap_tx(), 2);
	ck_assert_uint_eq(own.tx, 2);
}
END_TEST

START_TEST(a_program_can_be_left_at_any_time)
{
	own_create(true);
	if (_i > 0)
		drv_start(VERSION_1, QUEUE);
	if (_i > 1) {
		add_rx(1, 0x800);
		vq_kick(RX);
		wait_until_inside();
	}
	if (_i > 2) {
		own_set(&own.packets, 5);
		wait_for_line(1);
	}
	if (_i > 3)
		reg_read(LKL_VIRTIO_MMIO_INTERRUPT_STATUS);
	if (_i > 4)
		reg_write(LKL_VIRTIO_MMIO_STATUS, 0);
	/* The fixture destroys it: a thread that does not end is a hang. */
}
END_TEST

/* A notification that one driver did not ask for reaches the next driver. */
START_TEST(news_outlive_a_reset)
{
	own_create(true);
	drv_start(VERSION_1, QUEUE);
	add_rx(10, 0x800);
	vq_kick(RX);
	own_set(&own.packets, 1);
	wait_for_line(1);
	reg_write(LKL_VIRTIO_MMIO_STATUS, 0);
	drv_start(VERSION_1, QUEUE);
	add_rx(10, 0x800);
	vq_kick(RX);
	is_received(60, 0);
	wait_until_inside();
	own_set(&own.packets, 1);
	wait_for_line(2);
	reg_read(LKL_VIRTIO_MMIO_INTERRUPT_STATUS);
	is_received(60, 1);
}
END_TEST

START_TEST(the_last_packets_come_with_the_end)
{
	own_create(true);
	drv_start(VERSION_1, QUEUE);
	add_rx(10, 0x800);
	vq_kick(RX);
	wait_until_inside();
	pthread_mutex_lock(&own.lock);
	own.packets = 2;
	own.end = true;
	pthread_cond_broadcast(&own.changed);
	pthread_mutex_unlock(&own.lock);
	wait_for_line(1);
	reg_read(LKL_VIRTIO_MMIO_INTERRUPT_STATUS);
	is_received(60, 0);
	is_received(60, 1);
}
END_TEST

START_TEST(a_program_may_only_send)
{
	own_create(false);
	drv_start(VERSION_1, QUEUE);
	own.packets = 3;
	add_rx(10, 0x800);
	vq_kick(RX);
	nothing_is_received();
	add_tx(1, 100, 1);
	vq_kick(TX);
	ck_assert_uint_eq(own.tx, 1);
	ck_assert_uint_eq(reap_tx(), 1);
}
END_TEST

START_TEST(a_host_without_memory_leaves_nothing_behind)
{
	int i;

	own_create(true);
	fake_destroy();
	/* The device, its custom part, the semaphore, the thread. */
	for (i = 0; i < 4; i++) {
		guest.no_mem = i;
		ck_assert_int_eq(fake_create(&own.nd, ALL), -LKL_ENOMEM);
		ck_assert_int_eq(guest.mem, 0);
	}
	guest.no_mem = -1;
	net_setup();
}
END_TEST

static void add_custom(TCase *tc)
{
	tcase_add_test(tc, the_thread_of_a_program_tells_of_packets);
	tcase_add_test(tc, the_thread_does_not_turn_in_circles_without_buffers);
	tcase_add_test(tc, without_buffers_a_program_is_told_when_it_can_send);
	tcase_add_loop_test(tc, a_program_can_be_left_at_any_time, 0, 6);
	tcase_add_test(tc, news_outlive_a_reset);
	tcase_add_test(tc, the_last_packets_come_with_the_end);
	tcase_add_test(tc, a_program_may_only_send);
	tcase_add_test(tc, a_host_without_memory_leaves_nothing_behind);
}

static void add_device(TCase *tc)
{
	tcase_add_test(tc, the_device_is_a_network_device);
	tcase_add_test(tc, what_the_mask_says_is_offered);
	tcase_add_test(tc, what_the_device_cannot_do_is_not_offered);
	tcase_add_test(tc, what_the_back_end_cannot_do_is_not_offered);
	tcase_add_loop_test(tc, packets_are_sent_as_they_are, 0, 2);
	tcase_add_test(tc, several_packets_go_with_one_call);
	tcase_add_loop_test(tc, packets_wait_for_the_back_end, 0, 40);
	tcase_add_test(tc, what_waits_does_not_outlive_a_reset);
	tcase_add_loop_test(tc, packets_are_received_as_they_are, 0, 2);
	tcase_add_loop_test(tc, packets_lie_in_several_buffers, 0, 4);
	tcase_add_loop_test(tc, buffers_side_by_side_are_one_piece, 0, 2);
	tcase_add_loop_test(tc, several_packets_are_received_with_one_call, 0,
			    8);
	tcase_add_loop_test(tc, buffers_in_parts_are_filled_in_order, 0, 2);
	tcase_add_loop_test(tc, a_back_end_without_buffers_is_not_listened_to,
			    0, 2);
	tcase_add_test(tc, too_few_buffers_are_not_enough);
	tcase_add_loop_test(tc, segments_that_come_together_are_joined, 0, 4);
	tcase_add_loop_test(tc, streams_that_take_turns_are_joined_each, 0, 4);
	tcase_add_loop_test(tc, what_cannot_be_joined_is_not_overtaken, 0, 16);
	tcase_add_test(tc, segments_in_buffers_of_parts_are_not_joined);
	tcase_add_test(tc, segments_are_joined_only_for_who_wants_it);
	tcase_add_loop_test(tc, streams_arrive_whole, 0, 8);
	tcase_add_loop_test(tc, buffers_do_not_outlive_a_reset, 0, 2);
	tcase_add_test(tc, nobody_is_interrupted_who_does_not_want_to);
	tcase_add_loop_test(tc, malformed_chains_break_the_device, 0, 2);
	tcase_add_test(tc, a_chain_that_follows_itself_breaks_the_device);
	tcase_add_test(tc, the_longest_packet_is_sent);
	tcase_add_test(tc, a_back_end_may_take_longer_segments);
	tcase_add_test(tc, longer_segments_need_segmentation);
	tcase_add_test(tc, good_packets_before_a_bad_one_do_no_harm);
	tcase_add_test(tc, a_back_end_that_does_not_open_is_an_error);
}

int main(void)
{
	TCase *tc = tcase_create("virtio-net");

	/* Against endless loops only. */
	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, net_setup, net_teardown);
	add_device(tc);
	add_custom(tc);
	return run_case(tc, CK_FORK);
}
