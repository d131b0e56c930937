// SPDX-License-Identifier: GPL-2.0
/*
 * A random device driver of the virtio network device: random registers and rings,
 * almost valid chains, and a back end with random packets.  The device may refuse to
 * work until a reset.  The device must not access memory outside guest RAM
 * (sanitizers check this), pass invalid packets to the back end (fake-net.c checks
 * this), or loop forever.
 */
#include <stdlib.h>
#include <string.h>

#include <lkl/net-config.h>

#include "support/virtio/fake-net.h"
#include "fuzz-guest.h"
#include "fuzz.h"

#define STEPS	150

enum { SENT, RECEIVED, BROKEN };

/* The available rings as the driver without sense keeps them. */
static uint16_t avail_idx[QUEUES];
static uint32_t num;

static uint64_t fuzz_net_any_address(unsigned int q)
{
	switch (below(24)) {
	case 0:
		return guest.ram_size - below(64);
	case 1:
		return random64() >> below(64);
	case 2:
		return DESC_ADDR(q) + below(0x10000);
	}
	return DATA_ADDR(q) + below(0x100000);
}

static uint32_t fuzz_net_any_length(void)
{
	static const uint32_t lens[] = {
		0, 1, HDR - 1, HDR, HDR, HDR + 1, 60, 1514, 1526, 4096, 4096,
		4096, 9300, 65562, 65580, 65581, 0x100000, 0xffffffff,
	};

	if (one_in(32))
		return random64() >> below(32);
	return lens[below(one_in(32) ? ARRAY_SIZE(lens) : 14)];
}

/* Reset the device and start it; notifications in progress are lost. */
static void fuzz_net_start_over(void)
{
	uint64_t features = fuzz_guest_features();

	if (one_in(2))
		features |= guest.dev->features;
	num = one_in(8) ? 1U << below(11) : 16U << below(5);
	drv_start(features, num);
	reg_write(LKL_VIRTIO_MMIO_CONFIG + sizeof(struct lkl_virtio_net_config) +
		  offsetof(struct lkl_net_config, join), !one_in(4));
	memset(avail_idx, 0, sizeof(avail_idx));
	fuzz_guest_was_reset();
}

static struct lkl_vring_desc *fuzz_net_desc(unsigned int q, unsigned int i)
{
	uint64_t addr = DESC_ADDR(q) + i * sizeof(struct lkl_vring_desc);

	return ram(addr, sizeof(struct lkl_vring_desc));
}

/* A chain that is right, but for a detail now and then. */
static void fuzz_net_random_chain(unsigned int q)
{
	unsigned int n = 1 + below(one_in(16) ? 140 : 4), at, i;

	if (n > num)
		n = num;
	/* May overlap with one in flight: so be it. */
	at = below(num - n + 1);
	for (i = 0; i < n; i++) {
		*fuzz_net_desc(q, at + i) = (struct lkl_vring_desc){
			.addr = fuzz_net_any_address(q),
			.len = fuzz_net_any_length(),
			.flags = (i + 1 < n ? NEXT : 0) | (q == RX ? WRITE : 0),
			.next = at + i + 1,
		};
		if (!i && !one_in(64))
			fuzz_net_desc(q, at)->len |= HDR;
		if (one_in(256))
			fuzz_net_desc(q, at + i)->flags ^= 1 << below(3);
		if (one_in(256))
			fuzz_net_desc(q, at + i)->next = random64();
	}
	((struct lkl_vring_avail *)ram(AVAIL_ADDR(q), 4))->
		ring[avail_idx[q] % num] = at;
	avail_idx[q]++;
	((struct lkl_vring_avail *)ram(AVAIL_ADDR(q), 4))->idx = avail_idx[q];
}

static void some_chains(unsigned int q)
{
	unsigned int n = 1 + below(q == RX ? 32 : 8);

	while (n--)
		fuzz_net_random_chain(q);
	reg_write(LKL_VIRTIO_MMIO_QUEUE_NOTIFY, q);
}

static void some_packets(void)
{
	unsigned int n = 1 + below(8);
	static uint32_t seq[3];
	unsigned int stream;
	uint32_t len;

	while (n-- && fake.be.in.count - fake.be.in.first < WIRE_MAX) {
		len = one_in(4) ? below(65000) : 1000;
		if (one_in(2) && fake.be.nd.has_vnet_hdr) {
			stream = below(ARRAY_SIZE(seq));
			be_arrive_segment(seq[stream], len, one_in(8) ? 0 : 12,
					  stream);
			seq[stream] += len;
		} else {
			be_arrive(one_in(4) ? below(PACKET_MAX - HDR) : 60, n);
		}
	}
}

static void fuzz_net_step(void)
{
	switch (below(40)) {
	case 0:
		fuzz_guest_register(one_in(2) ? below(512) :
				    random64() >> below(64));
		break;
	case 1:
		if (one_in(4))
			fuzz_guest_scribble(DESC_ADDR(below(2)) +
					    below(0x8000));
		break;
	case 2:
		fuzz_net_start_over();
		break;
	case 3 ... 6:
		fake.be.room = one_in(2) ? ~0U : below(4);
		break;
	case 7 ... 16:
		some_chains(RX);
		break;
	case 17 ... 26:
		some_chains(TX);
		break;
	case 27 ... 32:
		some_packets();
		break;
	default:
		be_ready(1 + below(3));
	}
	if (fuzz_guest_is_broken() && one_in(2))
		fuzz_net_start_over();
}

static void fuzz_net_forget(struct wire *w)
{
	while (w->first < w->count)
		free(w->data[w->first++ % WIRE_MAX]);
}

/* After all that, a driver that keeps to the rules gets what it asks for. */
static void fuzz_net_check_recovery(void)
{
	struct seg rx = { DATA_ADDR(RX), 0x1000, WRITE };
	struct seg tx = { DATA_ADDR(TX), HDR + 60, 0 };
	unsigned int id, i;
	uint32_t len;

	fake.be.room = ~0U;
	fuzz_net_forget(&fake.be.in);
	drv_start(VERSION_1, 8);
	for (i = 0; i < 20; i++) {
		fuzz_net_forget(&fake.be.out);
		vq_add(TX, &tx, 1);
		vq_kick(TX);
		if (!vq_reap(TX, &id, &len) ||
		    fake.be.out.count - fake.be.out.first != 1)
			fake_violated("the device does not send any more");
		vq_add(RX, &rx, 1);
		vq_kick(RX);
		be_arrive(60, i);
		be_ready(LKL_NET_RX);
		if (!vq_reap(RX, &id, &len) || len != HDR + 60)
			fake_violated("the device does not receive any more");
	}
}

static void fuzz_net_try_seed(void)
{
	unsigned int i;

	fake_init();
	fake.ram_size -= below(64);
	fake.be.nd.has_vnet_hdr = one_in(2);
	if (fake_create(NULL, random64()))
		fake_violated("no device");
	fuzz_net_start_over();
	for (i = 0; i < STEPS; i++) {
		unsigned int sent = fake.be.out.count;
		unsigned int received = fake.be.in.first;

		fuzz_net_step();
		fuzz_guest_check_state(&fuzz_count[BROKEN]);
		fuzz_count[SENT] += fake.be.out.count - sent;
		fuzz_count[RECEIVED] += fake.be.in.first - received;
		fuzz_net_forget(&fake.be.out);
	}
	fuzz_net_check_recovery();
	fake_destroy();
}

int main(int argc, char **argv)
{
	static const struct fuzz fuzz = {
		.name = "fuzz-virtio-net",
		.seeds = 1000,
		.counts = {
			[SENT] = "packets that reached the back end",
			[RECEIVED] = "packets that the device took",
			[BROKEN] = "times that the device refused to go on",
		},
		.try_seed = fuzz_net_try_seed,
	};

	return fuzz_main(&fuzz, argc, argv);
}
