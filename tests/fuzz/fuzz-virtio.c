// SPDX-License-Identifier: GPL-2.0
/*
 * A random device driver of the virtio block device: random registers and rings,
 * almost valid requests, and a back end that completes in any order.  The device may
 * refuse to work until a reset.  The device must not access memory outside guest RAM
 * (sanitizers check this), pass invalid requests to the back end (fake-driver.c
 * checks this), or loop forever.
 */
#include <stdlib.h>
#include <string.h>

#include "support/virtio/fake-driver.h"
#include "fuzz-guest.h"
#include "fuzz.h"

#define STEPS	150

enum { SUBMITTED, ANSWERED, BROKEN };

/* The available ring of the random driver */
static uint16_t avail_idx;
static uint32_t num;

static uint64_t any_bits(unsigned int max)
{
	unsigned int shift = 64 - max + below(max);

	return random64() >> shift;
}

static uint64_t fuzz_blk_any_address(void)
{
	switch (below(8)) {
	case 0:
		return guest.ram_size - below(64);
	case 1:
		return any_bits(64);
	case 2:
		return -(uint64_t)below(4096);
	case 3:
		return DESC_ADDR + below(HEADER_ADDR - DESC_ADDR);
	case 4:
		return TABLE_ADDR + below(0x1000);
	}
	return DATA_ADDR + below(0x8000);
}

static uint32_t fuzz_blk_any_length(void)
{
	static const uint32_t lens[] = {
		0, 1, 4, 15, 16, 17, 32, 511, SECTOR, SECTOR, 2 * SECTOR, 4096,
		RAM_SIZE, 0x7fffffff, 0x80000000, 0xffffffff,
	};

	return one_in(8) ? any_bits(32) : lens[below(ARRAY_SIZE(lens))];
}

static uint32_t any_value(void)
{
	switch (below(6)) {
	case 0:
		return random64();
	case 1:
		return 1U << below(32);
	case 2:
		return fuzz_blk_any_address();
	case 3:
		return -below(16);
	}
	return below(512);
}

static uint16_t any_flags(void)
{
	return one_in(16) ? random64() : below(8);
}

/* Descriptors that mean nothing. */
static void fuzz_blk_random_chain(void)
{
	struct lkl_vring_desc *table = one_in(3) ? ram(TABLE_ADDR, TABLE_SIZE) :
				       ram_desc(0);
	unsigned int n = 1 + below(12), i;

	for (i = 0; i < n; i++) {
		table[i].addr = fuzz_blk_any_address();
		table[i].len = fuzz_blk_any_length();
		table[i].flags = any_flags();
		table[i].next = one_in(16) ? random64() : below(n + 1);
	}
}

/* Where the @n descriptors go; their indices there begin at *@first. */
static struct lkl_vring_desc *place_table(unsigned int n, uint16_t *head,
					  uint16_t *first)
{
	/* The buffer may overlap with the buffer of a request in flight. */
	struct lkl_vring_desc *table = ram_desc(0);
	unsigned int at = below(num > n ? num - n : 1);
	struct lkl_vring_desc d = { .flags = INDIRECT };
	uint64_t place;

	*head = at;
	*first = at;
	if (!one_in(3))
		return table + at;
	place = below(8);
	d.addr = TABLE_ADDR + place * (one_in(8) ? 7 : 256);
	d.len = n * sizeof(d);
	if (one_in(100))
		d.len += below(32);
	if (one_in(100))
		d.flags |= any_flags();
	table[at] = d;
	*head = at;
	*first = 0;
	return ram(d.addr, n * sizeof(d));
}

static bool is_range(uint32_t type)
{
	return type == LKL_VIRTIO_BLK_T_DISCARD ||
	       type == LKL_VIRTIO_BLK_T_WRITE_ZEROES;
}

static uint64_t any_sector(void)
{
	if (one_in(8))
		return any_bits(64);
	return below(DISK_SIZE / SECTOR + 2);
}

/* Write a random range for a discard or write-zeroes request. */
static void random_range(uint64_t addr)
{
	struct lkl_virtio_blk_discard_write_zeroes r = { };

	r.sector = any_sector();
	r.num_sectors = one_in(4) ? any_bits(32) : below(64);
	r.flags = one_in(4) ? any_bits(32) : below(2);
	memcpy(ram(addr, sizeof(r)), &r, sizeof(r));
}

/* Number @i of @n buffers. */
static struct lkl_vring_desc random_buffer(uint32_t type, uint64_t header,
					   unsigned int i, unsigned int n)
{
	struct lkl_vring_desc d = { .addr = header, .len = 16 };

	if (i == n - 1) {
		d.addr = STATUS_ADDR + below(4096);
		d.len = 1 + below(2);
		d.flags = WRITE;
	} else if (i) {
		d.addr = DATA_ADDR + below(64) * SECTOR;
		d.len = one_in(8) ? SECTOR / 2 : SECTOR;
		if (type == LKL_VIRTIO_BLK_T_IN ||
		    type == LKL_VIRTIO_BLK_T_GET_ID)
			d.flags = WRITE;
	}
	if (i && i < n - 1 && is_range(type)) {
		d.len = 16;
		random_range(d.addr);
	}
	return d;
}

/* The head of a request that is right, but for a detail now and then. */
static uint16_t random_request(void)
{
	static const uint32_t types[] = { 0, 0, 0, 1, 1, 1, 4, 8, 11, 13, 99 };
	uint64_t header = HEADER_ADDR + below(64) * 16;
	struct lkl_virtio_blk_outhdr hdr = { };
	struct lkl_vring_desc d, *table;
	uint16_t first, head;
	unsigned int n, i;

	hdr.type = types[below(ARRAY_SIZE(types))];
	hdr.sector = any_sector();
	memcpy(ram(header, sizeof(hdr)), &hdr, sizeof(hdr));
	n = 2 + (is_range(hdr.type) ? 1 : below(one_in(32) ? 135 : 4));
	table = place_table(n, &head, &first);
	for (i = 0; i < n; i++) {
		d = random_buffer(hdr.type, header, i, n);
		if (i < n - 1)
			d.flags |= NEXT;
		d.next = first + i + 1;
		if (one_in(200))
			d.addr = fuzz_blk_any_address();
		if (one_in(200))
			d.len = fuzz_blk_any_length();
		if (one_in(200))
			d.flags ^= 1 << below(3);
		memcpy((char *)table + i * sizeof(d), &d, sizeof(d));
	}
	return head;
}

static void make_available(uint16_t head)
{
	ram_avail()->ring[avail_idx % num] = head;
	ram_avail()->idx = ++avail_idx;
}

/* Reset the device and start it; notifications in progress are lost. */
static void fuzz_blk_start_over(void)
{
	num = one_in(8) ? 1U << below(9) : 8U << below(6);
	drv_start(fuzz_guest_features(), num);
	avail_idx = 0;
	fuzz_guest_was_reset();
}

static int any_result(void)
{
	static const int results[] = { -LKL_EIO, -LKL_ENOSPC,
				       -LKL_EOPNOTSUPP };

	return one_in(4) ? results[below(ARRAY_SIZE(results))] : 0;
}

static void fuzz_blk_kick(void)
{
	reg_write(LKL_VIRTIO_MMIO_QUEUE_NOTIFY, 0);
}

static void fuzz_blk_step(void)
{
	unsigned int n;

	switch (below(40)) {
	case 0 ... 1:
		fuzz_guest_register(any_value());
		break;
	case 2:
		fuzz_guest_scribble(one_in(2) ? DESC_ADDR + below(0x2900) :
					      TABLE_ADDR + below(0x1000));
		break;
	case 3:
		fuzz_blk_random_chain();
		make_available(one_in(16) ? random64() : 0);
		break;
	case 4:
		fuzz_blk_start_over();
		break;
	case 5 ... 7:
		fake.be.later = !one_in(4);
		fake.be.result = any_result();
		break;
	case 8 ... 22:
		for (n = 1 + below(4); n; n--) {
			make_available(random_request());
			if (!one_in(4))
				fuzz_blk_kick();
		}
		break;
	case 23 ... 25:
		fuzz_blk_kick();
		break;
	default:
		if (fake.be.nr_pending) {
			n = below(fake.be.nr_pending);
			fake_complete(n, any_result());
		}
	}
	if (fuzz_guest_is_broken() && one_in(2))
		fuzz_blk_start_over();
}

/* After all that, a driver that keeps to the rules gets what it asks for. */
static void fuzz_blk_check_recovery(void)
{
	unsigned int head, id, i;
	uint32_t len;

	fake.be.later = false;
	fake.be.result = 0;
	drv_start(VERSION_1, 8);
	for (i = 0; i < 20; i++) {
		uint64_t sector = below(DISK_SIZE / SECTOR);

		head = blk_add(LKL_VIRTIO_BLK_T_IN, sector, DATA_ADDR, SECTOR,
			       1, false);
		drv_kick();
		if (!drv_reap(&id, &len) || id != head ||
		    blk_status_of(head) != LKL_VIRTIO_BLK_S_OK)
			fake_violated("the device did not recover");
		if (memcmp(ram(DATA_ADDR, SECTOR),
			   fake.be.medium + sector * SECTOR, SECTOR))
			fake_violated("data are not those of the disk");
	}
}

static void create_device(void)
{
	fake.be.info = (struct lkl_blk_info) {
		.size_bytes = DISK_SIZE,
		.logical_block_size = SECTOR,
		.physical_block_size = SECTOR << below(4),
	};
	if (one_in(8))
		fake.be.info.flags = LKL_BLK_READ_ONLY;
	else if (!one_in(8))
		fake.be.info.flags = LKL_BLK_DISCARD | LKL_BLK_WRITE_ZEROES;
	if (fake_create(RAM_SIZE - below(64), NULL))
		fake_violated("no device");
}

static void fuzz_blk_try_seed(void)
{
	unsigned int i;

	create_device();
	fuzz_blk_start_over();
	for (i = 0; i < STEPS; i++) {
		uint16_t used = ram_used()->idx;

		fuzz_blk_step();
		fuzz_guest_check_state(&fuzz_count[BROKEN]);
		if (ram_used()->idx == (uint16_t)(used + 1))
			fuzz_count[ANSWERED]++;
	}
	fuzz_count[SUBMITTED] += fake.be.submitted;
	fake.be.submitted = 0;
	/* Half of the time what is in flight outlives the reset. */
	if (one_in(2))
		fake_complete_all();
	fuzz_blk_check_recovery();
	fake_destroy();
}

int main(int argc, char **argv)
{
	static const struct fuzz fuzz = {
		.name = "fuzz-virtio",
		.seeds = 2000,
		.counts = {
			[SUBMITTED] = "requests that reached the back end",
			[ANSWERED] = "requests that were answered",
			[BROKEN] = "times that the device refused to go on",
		},
		.try_seed = fuzz_blk_try_seed,
	};

	return fuzz_main(&fuzz, argc, argv);
}
