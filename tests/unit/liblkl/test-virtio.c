// SPDX-License-Identifier: GPL-2.0
/*
 * The virtio-mmio transport and the block device, with correct device drivers and
 * with drivers that break the rules.  Each test is a process of its own, so that a
 * crash is the failure of one test.
 */
#include <stdlib.h>
#include <string.h>

#include "support/check-main.h"
#include "support/virtio/fake-driver.h"

#define T_IN		LKL_VIRTIO_BLK_T_IN
#define T_OUT		LKL_VIRTIO_BLK_T_OUT
#define T_FLUSH		LKL_VIRTIO_BLK_T_FLUSH
#define T_GET_ID	LKL_VIRTIO_BLK_T_GET_ID
#define T_DISCARD	LKL_VIRTIO_BLK_T_DISCARD
#define T_ZEROES	LKL_VIRTIO_BLK_T_WRITE_ZEROES

#define S_OK		LKL_VIRTIO_BLK_S_OK
#define S_IOERR		LKL_VIRTIO_BLK_S_IOERR
#define S_UNSUPP	LKL_VIRTIO_BLK_S_UNSUPP

#define CONFIG		LKL_VIRTIO_MMIO_CONFIG
#define SECTORS		(DISK_SIZE / SECTOR)
#define QUEUE		64
#define ALL_FEATURES	(VERSION_1 | EVENT_IDX | INDIRECT_DESC)

static const struct lkl_blk_info read_only_disk = {
	.size_bytes = DISK_SIZE,
	.logical_block_size = SECTOR,
	.physical_block_size = SECTOR,
	.flags = LKL_BLK_READ_ONLY | LKL_BLK_DISCARD | LKL_BLK_WRITE_ZEROES,
};

static void blk_setup(void)
{
	ck_assert_int_eq(fake_create(RAM_SIZE, NULL), 0);
	drv_start(VERSION_1, QUEUE);
}

static void blk_teardown(void)
{
	fake_destroy();
}

/* The same device with other properties. */
static void blk_recreate(const struct lkl_blk_info *info,
			 struct lkl_dev_blk_ops *custom)
{
	fake_destroy();
	if (info)
		fake.be.info = *info;
	ck_assert_int_eq(fake_create(RAM_SIZE, custom), 0);
	drv_start(VERSION_1, QUEUE);
}

static uint64_t blk_config(uint32_t off, uint32_t size)
{
	return lkl_mmio_read(&guest.machine.bus, guest.regs + CONFIG + off, size);
}

static bool blk_is_broken(void)
{
	return reg_read(LKL_VIRTIO_MMIO_STATUS) &
	       LKL_VIRTIO_CONFIG_S_NEEDS_RESET;
}

static void interrupts_are_due(uint32_t isr)
{
	ck_assert_uint_eq(reg_read(LKL_VIRTIO_MMIO_INTERRUPT_STATUS), isr);
	reg_write(LKL_VIRTIO_MMIO_INTERRUPT_ACK, isr);
	ck_assert_uint_eq(reg_read(LKL_VIRTIO_MMIO_INTERRUPT_STATUS), 0);
}

/* Exactly the request @head was answered. */
static uint32_t blk_is_answered(unsigned int head)
{
	unsigned int id;
	uint32_t len;

	ck_assert(drv_reap(&id, &len));
	ck_assert_uint_eq(id, head);
	return len;
}

static void nothing_is_answered(void)
{
	ck_assert_uint_eq(ram_used()->idx, guest.queue[0].used_idx);
}

/* From here on: one request from start to end. */
static uint8_t run_request(uint32_t type, uint64_t sector, uint32_t len,
			   unsigned int segs)
{
	unsigned int head = blk_add(type, sector, DATA_ADDR, len, segs, false);

	drv_kick();
	fake_complete_all();
	blk_is_answered(head);
	nothing_is_answered();
	return blk_status_of(head);
}

static bool blk_is_pattern(uint64_t addr, uint64_t sector, uint32_t len)
{
	const unsigned char *p = ram(addr, len);
	uint32_t i;

	for (i = 0; i < len; i++)
		if (p[i] != pattern(sector * SECTOR + i))
			return false;
	return true;
}

static bool is_filled(const unsigned char *p, unsigned char with, uint64_t len)
{
	while (len--)
		if (*p++ != with)
			return false;
	return true;
}

static void blk_works(void)
{
	unsigned int sector = 77;

	memset(ram(DATA_ADDR, 1024), 0, 1024);
	ck_assert_uint_eq(run_request(T_IN, sector, 1024, 1), S_OK);
	ck_assert(blk_is_pattern(DATA_ADDR, sector, 1024));
}

/*
 * The device noticed that its driver breaks the rules: it says so, does
 * nothing any more, and works again after a reset.
 */
static void is_broken_until_reset(void)
{
	unsigned int submitted = fake.be.submitted;
	uint16_t used = ram_used()->idx;

	ck_assert(blk_is_broken());
	ck_assert(reg_read(LKL_VIRTIO_MMIO_INTERRUPT_STATUS) &
		  LKL_VIRTIO_MMIO_INT_CONFIG);
	ck_assert_uint_gt(guest.irqs, 0);
	reg_write(LKL_VIRTIO_MMIO_STATUS, LKL_VIRTIO_CONFIG_S_DRIVER_OK);
	ck_assert(blk_is_broken());
	blk_add(T_IN, 0, DATA_ADDR, SECTOR, 1, false);
	reg_write(LKL_VIRTIO_MMIO_QUEUE_NOTIFY, 0);
	ck_assert_uint_eq(fake.be.submitted, submitted);
	ck_assert_uint_eq(ram_used()->idx, used);
	drv_start(VERSION_1, QUEUE);
	ck_assert(!blk_is_broken());
	blk_works();
}

/* The bus */

START_TEST(nobody_on_the_bus_reads_as_ones)
{
	struct lkl_mmio_bus *bus = &guest.machine.bus;
	uint64_t end = LKL_MMIO_BASE +
		       (uint64_t)LKL_NR_DEVICES * LKL_MMIO_WINDOW;

	/* Addresses behind the slots belong to no device. */
	memset(&guest.machine.disks, 0xff, sizeof(guest.machine.disks));
	ck_assert(lkl_mmio_read(bus, 0, 4) == UINT64_MAX);
	ck_assert(lkl_mmio_read(bus, LKL_MMIO_BASE - 4, 4) == UINT64_MAX);
	ck_assert(lkl_mmio_read(bus, guest.regs + LKL_MMIO_WINDOW, 4) ==
		  UINT64_MAX);
	ck_assert(lkl_mmio_read(bus, end, 4) == UINT64_MAX);
	ck_assert(lkl_mmio_read(bus, UINT64_MAX, 4) == UINT64_MAX);
	lkl_mmio_write(bus, LKL_MMIO_BASE - 4, 0, 4);
	lkl_mmio_write(bus, guest.regs + LKL_MMIO_WINDOW, 0, 4);
	lkl_mmio_write(bus, end, 0, 4);
	lkl_mmio_write(bus, UINT64_MAX, 0, 4);
	blk_works();
}
END_TEST

START_TEST(each_device_has_a_window_of_its_own)
{
	struct lkl_mmio_bus *bus = &guest.machine.bus;
	int slot, last = guest.dev->slot;

	while ((slot = lkl_mmio_attach(bus, &lkl_virtio_mmio_ops, guest.dev)) >= 0) {
		ck_assert_int_eq(slot, last + 1);
		last = slot;
	}
	ck_assert_int_eq(slot, -LKL_ENOSPC);
	ck_assert_int_eq(last, LKL_NR_DEVICES - 1);
	ck_assert_uint_eq(lkl_mmio_read(bus, LKL_MMIO_BASE +
					(uint64_t)last * LKL_MMIO_WINDOW, 4),
			  0x74726976);
	lkl_mmio_detach(bus, last);
	ck_assert(lkl_mmio_read(bus, LKL_MMIO_BASE +
				(uint64_t)last * LKL_MMIO_WINDOW, 4) ==
		  UINT64_MAX);
	ck_assert_int_eq(lkl_mmio_attach(bus, &lkl_virtio_mmio_ops, guest.dev),
			 last);
}
END_TEST

/* Registers */

START_TEST(registers_name_the_device)
{
	ck_assert_uint_eq(reg_read(LKL_VIRTIO_MMIO_MAGIC_VALUE), 0x74726976);
	ck_assert_uint_eq(reg_read(LKL_VIRTIO_MMIO_VERSION), 2);
	ck_assert_uint_eq(reg_read(LKL_VIRTIO_MMIO_DEVICE_ID),
			  LKL_VIRTIO_ID_BLOCK);
}
END_TEST

static uint64_t blk_offered(void)
{
	uint64_t features;

	reg_write(LKL_VIRTIO_MMIO_DEVICE_FEATURES_SEL, 1);
	features = reg_read(LKL_VIRTIO_MMIO_DEVICE_FEATURES);
	reg_write(LKL_VIRTIO_MMIO_DEVICE_FEATURES_SEL, 0);
	return features << 32 | reg_read(LKL_VIRTIO_MMIO_DEVICE_FEATURES);
}

START_TEST(features_are_offered_in_two_words)
{
	uint64_t expected = ALL_FEATURES |
			    1ULL << LKL_VIRTIO_BLK_F_SEG_MAX |
			    1ULL << LKL_VIRTIO_BLK_F_BLK_SIZE |
			    1ULL << LKL_VIRTIO_BLK_F_FLUSH |
			    1ULL << LKL_VIRTIO_BLK_F_TOPOLOGY |
			    1ULL << LKL_VIRTIO_BLK_F_DISCARD |
			    1ULL << LKL_VIRTIO_BLK_F_WRITE_ZEROES;

	ck_assert(blk_offered() == expected);
	reg_write(LKL_VIRTIO_MMIO_DEVICE_FEATURES_SEL, 2);
	ck_assert_uint_eq(reg_read(LKL_VIRTIO_MMIO_DEVICE_FEATURES), 0);
	reg_write(LKL_VIRTIO_MMIO_DEVICE_FEATURES_SEL, 0xffffffff);
	ck_assert_uint_eq(reg_read(LKL_VIRTIO_MMIO_DEVICE_FEATURES), 0);

	blk_recreate(&read_only_disk, NULL);
	ck_assert(blk_offered() == (expected | 1ULL << LKL_VIRTIO_BLK_F_RO));
}
END_TEST

START_TEST(offered_features_are_accepted)
{
	unsigned int i;

	ck_assert(drv_negotiate(blk_offered()));
	for (i = 0; i < 64; i++)
		if (blk_offered() >> i & 1)
			ck_assert(drv_negotiate(1ULL << i | VERSION_1));
}
END_TEST

START_TEST(unknown_features_are_refused)
{
	unsigned int i;

	for (i = 0; i < 64; i++)
		if (!(blk_offered() >> i & 1))
			ck_assert(!drv_negotiate(1ULL << i | VERSION_1));
	ck_assert(drv_negotiate(VERSION_1));
}
END_TEST

START_TEST(one_queue_can_be_selected)
{
	uint32_t sel;

	ck_assert_uint_eq(reg_read(LKL_VIRTIO_MMIO_QUEUE_NUM_MAX), 256);
	ck_assert_uint_eq(reg_read(LKL_VIRTIO_MMIO_QUEUE_READY), 1);
	for (sel = 1; sel; sel *= 2) {
		reg_write(LKL_VIRTIO_MMIO_QUEUE_SEL, sel);
		ck_assert_uint_eq(reg_read(LKL_VIRTIO_MMIO_QUEUE_NUM_MAX), 0);
		ck_assert_uint_eq(reg_read(LKL_VIRTIO_MMIO_QUEUE_READY), 0);
		/* Goes nowhere. */
		reg_write(LKL_VIRTIO_MMIO_QUEUE_READY, 0);
		reg_write(LKL_VIRTIO_MMIO_QUEUE_READY, 1);
		ck_assert_uint_eq(reg_read(LKL_VIRTIO_MMIO_QUEUE_READY), 0);
	}
	ck_assert(!blk_is_broken());
	blk_works();
}
END_TEST

START_TEST(queues_of_each_size_work)
{
	unsigned int num, i;

	for (num = 4; num <= 256; num *= 2) {
		drv_start(VERSION_1, num);
		for (i = 0; i < num + 3; i++)
			blk_works();
	}
}
END_TEST

START_TEST(a_queue_that_is_taken_away_is_not_used)
{
	reg_write(LKL_VIRTIO_MMIO_QUEUE_READY, 0);
	ck_assert_uint_eq(reg_read(LKL_VIRTIO_MMIO_QUEUE_READY), 0);
	blk_add(T_IN, 0, DATA_ADDR, SECTOR, 1, false);
	reg_write(LKL_VIRTIO_MMIO_QUEUE_NOTIFY, 0);
	ck_assert_uint_eq(fake.be.submitted, 0);
	nothing_is_answered();
}
END_TEST

START_TEST(a_queue_taken_away_gets_no_late_answers)
{
	fake.be.later = true;
	blk_add(T_IN, 0, DATA_ADDR, SECTOR, 1, false);
	drv_kick();
	reg_write(LKL_VIRTIO_MMIO_QUEUE_READY, 0);
	fake_complete_all();
	nothing_is_answered();
	ck_assert_uint_eq(guest.irqs, 0);
}
END_TEST

START_TEST(a_reset_clears_status_queue_and_interrupts)
{
	run_request(T_IN, 0, SECTOR, 1);
	ck_assert_uint_ne(reg_read(LKL_VIRTIO_MMIO_INTERRUPT_STATUS), 0);
	reg_write(LKL_VIRTIO_MMIO_STATUS, 0);
	ck_assert_uint_eq(reg_read(LKL_VIRTIO_MMIO_STATUS), 0);
	ck_assert_uint_eq(reg_read(LKL_VIRTIO_MMIO_INTERRUPT_STATUS), 0);
	ck_assert_uint_eq(reg_read(LKL_VIRTIO_MMIO_QUEUE_READY), 0);
	drv_start(VERSION_1, QUEUE);
	blk_works();
}
END_TEST

START_TEST(a_reset_forgets_the_features_of_the_driver)
{
	drv_start(VERSION_1 | EVENT_IDX, QUEUE);
	reg_write(LKL_VIRTIO_MMIO_STATUS, 0);
	/* A driver that says nothing of features. */
	drv_place_queue(QUEUE, DESC_ADDR, AVAIL_ADDR, USED_ADDR);
	reg_write(LKL_VIRTIO_MMIO_STATUS, LKL_VIRTIO_CONFIG_S_DRIVER_OK);
	guest.features = 0;
	/* The index would forbid this notification. */
	ram_avail()->ring[QUEUE] = 100;
	run_request(T_IN, 0, SECTOR, 1);
	ck_assert_uint_eq(guest.irqs, 1);
}
END_TEST

START_TEST(interrupt_bits_are_acknowledged_one_by_one)
{
	run_request(T_IN, 0, SECTOR, 1);
	lkl_virtio_broken(guest.dev);
	ck_assert_uint_eq(guest.irqs, 2);
	ck_assert_uint_eq(reg_read(LKL_VIRTIO_MMIO_INTERRUPT_STATUS),
			  LKL_VIRTIO_MMIO_INT_VRING |
			  LKL_VIRTIO_MMIO_INT_CONFIG);
	reg_write(LKL_VIRTIO_MMIO_INTERRUPT_ACK, LKL_VIRTIO_MMIO_INT_VRING);
	interrupts_are_due(LKL_VIRTIO_MMIO_INT_CONFIG);
}
END_TEST

START_TEST(config_space_is_read_in_every_size)
{
	uint32_t len = sizeof(struct lkl_virtio_blk_config), off, size;
	unsigned char bytes[sizeof(struct lkl_virtio_blk_config)];

	for (off = 0; off < len; off++)
		bytes[off] = blk_config(off, 1);
	for (size = 1; size <= 8; size *= 2) {
		for (off = 0; off + size <= len; off++) {
			uint64_t val = blk_config(off, size);

			ck_assert(!memcmp(&val, bytes + off, size));
			ck_assert(size == 8 || !(val >> size * 8));
		}
	}
}
END_TEST

#define config_field(f)                                                        \
	blk_config(offsetof(struct lkl_virtio_blk_config, f),                  \
		   sizeof(((struct lkl_virtio_blk_config *)0)->f))

START_TEST(config_space_describes_the_disk)
{
	ck_assert_uint_eq(config_field(capacity), SECTORS);
	ck_assert_uint_eq(config_field(seg_max), VIRTIO_SEGS - 2);
	ck_assert_uint_eq(config_field(blk_size), SECTOR);
	ck_assert_uint_eq(config_field(physical_block_exp), 3);
	ck_assert_uint_eq(config_field(min_io_size), 1);
	/* Decides how far the kernel reads ahead. */
	ck_assert_uint_eq(config_field(opt_io_size) * config_field(blk_size),
			  4 << 20);
	ck_assert_uint_eq(config_field(max_discard_seg), 1);
	ck_assert_uint_eq(config_field(discard_sector_alignment), 8);
	ck_assert_uint_eq(config_field(max_write_zeroes_seg), 1);
	ck_assert_uint_gt(config_field(max_discard_sectors), 0);
	ck_assert_uint_gt(config_field(max_write_zeroes_sectors), 0);
}
END_TEST

START_TEST(config_space_ends_where_it_ends)
{
	uint32_t len = sizeof(struct lkl_virtio_blk_config), size, off;

	for (size = 1; size <= 8; size *= 2) {
		for (off = len - size + 1; off < len + 32; off++)
			ck_assert(!blk_config(off, size));
		for (off = LKL_MMIO_WINDOW - CONFIG - 8;
		     off < LKL_MMIO_WINDOW - CONFIG; off++)
			ck_assert(!blk_config(off, size));
	}
}
END_TEST

START_TEST(config_space_does_not_change)
{
	uint32_t generation = reg_read(LKL_VIRTIO_MMIO_CONFIG_GENERATION), off;

	for (off = CONFIG; off < LKL_MMIO_WINDOW; off += 4)
		reg_write(off, 0xffffffff);
	ck_assert_uint_eq(config_field(capacity), SECTORS);
	ck_assert_uint_eq(reg_read(LKL_VIRTIO_MMIO_CONFIG_GENERATION),
			  generation);
	blk_works();
}
END_TEST

START_TEST(registers_that_there_are_not_read_as_zero)
{
	uint32_t off;

	reg_write(LKL_VIRTIO_MMIO_GUEST_PAGE_SIZE, 4096);
	reg_write(LKL_VIRTIO_MMIO_QUEUE_PFN, 1);
	reg_write(LKL_VIRTIO_MMIO_QUEUE_DESC_LOW + 1, 0xffffffff);
	ck_assert_uint_eq(reg_read(LKL_VIRTIO_MMIO_QUEUE_PFN), 0);
	for (off = 0xc0; off < 0xfc; off++)
		ck_assert_uint_eq(reg_read(off), 0);
	blk_works();
}
END_TEST

/* Requests */

START_TEST(reads_are_what_the_disk_holds)
{
	unsigned int head;

	head = blk_add(T_IN, 5, DATA_ADDR, 3 * SECTOR, 1, false);
	ck_assert(drv_kick());
	ck_assert_uint_eq(blk_is_answered(head), 3 * SECTOR + 1);
	ck_assert_uint_eq(blk_status_of(head), S_OK);
	ck_assert(blk_is_pattern(DATA_ADDR, 5, 3 * SECTOR));
	ck_assert_uint_eq(*(char *)ram(DATA_ADDR + 3 * SECTOR, 1), 0);
	ck_assert_uint_eq(guest.irqs, 1);
	interrupts_are_due(LKL_VIRTIO_MMIO_INT_VRING);
}
END_TEST

START_TEST(writes_arrive_where_they_belong)
{
	unsigned char *medium = fake.be.medium;
	unsigned int head;

	memset(ram(DATA_ADDR, 2 * SECTOR), 0xee, 2 * SECTOR);
	head = blk_add(T_OUT, 9, DATA_ADDR, 2 * SECTOR, 1, false);
	drv_kick();
	ck_assert_uint_eq(blk_is_answered(head), 1);
	ck_assert_uint_eq(blk_status_of(head), S_OK);
	ck_assert(is_filled(medium + 9 * SECTOR, 0xee, 2 * SECTOR));
	ck_assert_uint_eq(medium[9 * SECTOR - 1], pattern(9 * SECTOR - 1));
	ck_assert_uint_eq(medium[11 * SECTOR], pattern(11 * SECTOR));
	ck_assert_uint_eq(guest.inst.lost_writes, 0);
}
END_TEST

START_TEST(a_flush_reaches_the_back_end)
{
	ck_assert_uint_eq(run_request(T_FLUSH, 0, 0, 0), S_OK);
	ck_assert_uint_eq(fake.be.flushes, 1);
}
END_TEST

START_TEST(the_id_is_that_of_the_disk)
{
	char expected[LKL_VIRTIO_BLK_ID_BYTES] = "lkl42";
	unsigned int head;

	memset(ram(DATA_ADDR, 64), 0xff, 64);
	head = blk_add(T_GET_ID, 0, DATA_ADDR, sizeof(expected), 1, false);
	drv_kick();
	ck_assert_uint_eq(blk_is_answered(head), sizeof(expected) + 1);
	ck_assert_uint_eq(blk_status_of(head), S_OK);
	ck_assert_mem_eq(ram(DATA_ADDR, 20), expected, 20);
	ck_assert(is_filled(ram(DATA_ADDR + 20, 44), 0xff, 44));
	ck_assert_uint_eq(fake.be.submitted, 0);
}
END_TEST

START_TEST(a_short_buffer_gets_the_start_of_the_id)
{
	memset(ram(DATA_ADDR, 64), 0xff, 64);
	ck_assert_uint_eq(run_request(T_GET_ID, 0, 4, 1), S_OK);
	ck_assert_mem_eq(ram(DATA_ADDR, 5), "lkl4\xff", 5);
	/* No buffer, or more than one. */
	ck_assert_uint_eq(run_request(T_GET_ID, 0, 4, 0), S_IOERR);
	ck_assert_uint_eq(run_request(T_GET_ID, 0, 4, 2), S_IOERR);
}
END_TEST

#define RANGE_SIZE	sizeof(struct lkl_virtio_blk_discard_write_zeroes)

static uint8_t run_range(uint32_t type, uint64_t sector, uint32_t sectors,
			 uint32_t flags)
{
	struct lkl_virtio_blk_discard_write_zeroes r = {
		.sector = sector,
		.num_sectors = sectors,
		.flags = flags,
	};

	memcpy(ram(DATA_ADDR, sizeof(r)), &r, sizeof(r));
	return run_request(type, 0, sizeof(r), 1);
}

START_TEST(a_discard_reaches_its_range)
{
	unsigned char *medium = fake.be.medium;

	ck_assert_uint_eq(run_range(T_DISCARD, 16, 8, 0), S_OK);
	ck_assert_uint_eq(fake.be.last.op, LKL_BLK_OP_DISCARD);
	ck_assert(is_filled(medium + 16 * SECTOR, 0xdd, 8 * SECTOR));
	ck_assert_uint_eq(medium[16 * SECTOR - 1], pattern(16 * SECTOR - 1));
	ck_assert_uint_eq(medium[24 * SECTOR], pattern(24 * SECTOR));
}
END_TEST

START_TEST(write_zeroes_tells_whether_it_may_deallocate)
{
	unsigned char *medium = fake.be.medium;

	ck_assert_uint_eq(run_range(T_ZEROES, 16, 8, 0), S_OK);
	ck_assert_uint_eq(fake.be.last.op, LKL_BLK_OP_WRITE_ZEROES);
	ck_assert_uint_eq(fake.be.last.flags, 0);
	ck_assert(is_filled(medium + 16 * SECTOR, 0, 8 * SECTOR));
	ck_assert_uint_eq(medium[24 * SECTOR], pattern(24 * SECTOR));
	ck_assert_uint_eq(run_range(T_ZEROES, 0, 1,
				    LKL_VIRTIO_BLK_WRITE_ZEROES_FLAG_UNMAP),
			  S_OK);
	ck_assert_uint_eq(fake.be.last.flags, LKL_BLK_UNMAP);
}
END_TEST

/* One is what config space allows. */
START_TEST(several_ranges_are_not_supported)
{
	uint32_t type;

	memset(ram(DATA_ADDR, 64), 0, 64);
	for (type = T_DISCARD; type <= T_ZEROES; type += T_ZEROES - T_DISCARD) {
		ck_assert_uint_eq(run_request(type, 0, 2 * RANGE_SIZE, 1),
				  S_UNSUPP);
		ck_assert_uint_eq(run_request(type, 0, RANGE_SIZE, 2),
				  S_UNSUPP);
		ck_assert_uint_eq(run_request(type, 0, RANGE_SIZE - 1, 1),
				  S_UNSUPP);
		ck_assert_uint_eq(run_request(type, 0, 0, 1), S_UNSUPP);
		ck_assert_uint_eq(run_request(type, 0, 0, 0), S_UNSUPP);
	}
	ck_assert_uint_eq(fake.be.submitted, 0);
}
END_TEST

START_TEST(unknown_flags_of_ranges_are_not_supported)
{
	/* An unmap of what is unmapped anyway: virtio 1.2, 5.2.6.2. */
	ck_assert_uint_eq(run_range(T_DISCARD, 0, 1,
				    LKL_VIRTIO_BLK_WRITE_ZEROES_FLAG_UNMAP),
			  S_UNSUPP);
	ck_assert_uint_eq(run_range(T_DISCARD, 0, 1, 2), S_UNSUPP);
	ck_assert_uint_eq(run_range(T_ZEROES, 0, 1, 2), S_UNSUPP);
	ck_assert_uint_eq(run_range(T_ZEROES, 0, 1, 0x80000001), S_UNSUPP);
	ck_assert_uint_eq(fake.be.submitted, 0);
}
END_TEST

START_TEST(ranges_beyond_the_disk_fail)
{
	uint32_t type;

	for (type = T_DISCARD; type <= T_ZEROES; type += T_ZEROES - T_DISCARD) {
		ck_assert_uint_eq(run_range(type, SECTORS, 1, 0), S_IOERR);
		ck_assert_uint_eq(run_range(type, SECTORS - 1, 2, 0), S_IOERR);
		ck_assert_uint_eq(run_range(type, 1, 0xffffffff, 0), S_IOERR);
		/* Would be 0 in bytes. */
		ck_assert_uint_eq(run_range(type, 1ULL << 55, 1, 0), S_IOERR);
		ck_assert_uint_eq(run_range(type, UINT64_MAX, 1, 0), S_IOERR);
	}
	ck_assert_uint_eq(fake.be.submitted, 0);
}
END_TEST

START_TEST(other_requests_are_not_supported)
{
	static const uint32_t types[] = {
		LKL_VIRTIO_BLK_T_SCSI_CMD, LKL_VIRTIO_BLK_T_SECURE_ERASE,
		LKL_VIRTIO_BLK_T_ZONE_REPORT, 0x1234, 0x80000000, 0xffffffff,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		ck_assert_uint_eq(run_request(types[i], 0, 0, 0), S_UNSUPP);
		ck_assert_uint_eq(run_request(types[i], 0, SECTOR, 2),
				  S_UNSUPP);
	}
	ck_assert_uint_eq(fake.be.submitted, 0);
	blk_works();
}
END_TEST

START_TEST(a_read_only_disk_is_not_changed)
{
	blk_recreate(&read_only_disk, NULL);
	ck_assert_uint_eq(run_request(T_OUT, 0, SECTOR, 1), S_IOERR);
	ck_assert_uint_eq(run_range(T_DISCARD, 0, 1, 0), S_IOERR);
	ck_assert_uint_eq(run_range(T_ZEROES, 0, 1, 0), S_IOERR);
	ck_assert_uint_eq(fake.be.submitted, 0);
	blk_works();
	ck_assert_uint_eq(run_request(T_FLUSH, 0, 0, 0), S_OK);
}
END_TEST

START_TEST(transfers_beyond_the_disk_fail)
{
	uint32_t type;

	for (type = T_IN; type <= T_OUT; type += T_OUT - T_IN) {
		ck_assert_uint_eq(run_request(type, SECTORS, SECTOR, 1),
				  S_IOERR);
		ck_assert_uint_eq(run_request(type, SECTORS - 1, SECTOR, 2),
				  S_IOERR);
		/* Would be 0 in bytes. */
		ck_assert_uint_eq(run_request(type, 1ULL << 55, SECTOR, 1),
				  S_IOERR);
		ck_assert_uint_eq(run_request(type, UINT64_MAX / SECTOR,
					      SECTOR, 1), S_IOERR);
		ck_assert_uint_eq(run_request(type, UINT64_MAX, SECTOR, 1),
				  S_IOERR);
	}
	ck_assert_uint_eq(fake.be.submitted, 0);
	ck_assert_uint_eq(run_request(T_IN, SECTORS - 1, SECTOR, 1), S_OK);
	ck_assert(blk_is_pattern(DATA_ADDR, SECTORS - 1, SECTOR));
}
END_TEST

START_TEST(parts_of_sectors_fail)
{
	ck_assert_uint_eq(run_request(T_IN, 0, SECTOR - 1, 1), S_IOERR);
	ck_assert_uint_eq(run_request(T_OUT, 0, SECTOR + 1, 1), S_IOERR);
	ck_assert_uint_eq(run_request(T_OUT, 0, 1, 1), S_IOERR);
	ck_assert_uint_eq(fake.be.submitted, 0);
	/* The sum counts. */
	ck_assert_uint_eq(run_request(T_IN, 3, SECTOR / 4, 4), S_OK);
	ck_assert(blk_is_pattern(DATA_ADDR, 3, SECTOR));
}
END_TEST

START_TEST(empty_buffers_do_no_harm)
{
	ck_assert_uint_eq(run_request(T_IN, 0, 0, 0), S_OK);
	ck_assert_uint_eq(run_request(T_IN, 0, 0, 3), S_OK);
	ck_assert_uint_eq(run_request(T_OUT, SECTORS, 0, 1), S_OK);
	ck_assert(!blk_is_broken());
}
END_TEST

START_TEST(as_many_segments_as_announced_work)
{
	unsigned int n = config_field(seg_max), head, indirect;

	for (indirect = 0; indirect <= 1; indirect++) {
		drv_start(VERSION_1 | INDIRECT_DESC, 256);
		memset(ram(DATA_ADDR, n * SECTOR), 0, n * SECTOR);
		head = blk_add(T_IN, 1, DATA_ADDR, SECTOR, n, indirect);
		drv_kick();
		ck_assert_uint_eq(blk_is_answered(head), n * SECTOR + 1);
		ck_assert_uint_eq(blk_status_of(head), S_OK);
		ck_assert(blk_is_pattern(DATA_ADDR, 1, n * SECTOR));
		ck_assert_uint_eq(fake.be.last.iov_count, n);
	}
}
END_TEST

START_TEST(too_many_segments_break_the_device)
{
	unsigned int indirect;

	for (indirect = 0; indirect <= 1; indirect++) {
		drv_start(VERSION_1 | INDIRECT_DESC, 256);
		blk_add(T_IN, 0, DATA_ADDR, SECTOR, VIRTIO_SEGS + 1, indirect);
		drv_kick();
		is_broken_until_reset();
	}
}
END_TEST

START_TEST(indirect_tables_fill_the_queue_with_requests)
{
	unsigned int i, head;
	uint32_t len;

	fake.be.later = true;
	drv_start(VERSION_1 | INDIRECT_DESC, 256);
	for (i = 0; i < 256; i++)
		blk_add(T_IN, i, DATA_ADDR + i * SECTOR, SECTOR / 2, 2, true);
	drv_kick();
	ck_assert_uint_eq(fake.be.nr_pending, 256);
	fake_complete_all();
	for (i = 0; i < 256; i++) {
		ck_assert(drv_reap(&head, &len));
		ck_assert_uint_eq(blk_status_of(head), S_OK);
	}
	ck_assert(blk_is_pattern(DATA_ADDR, 0, 256 * SECTOR));
}
END_TEST

START_TEST(a_chain_may_end_in_an_indirect_table)
{
	unsigned int head = blk_add(T_IN, 8, DATA_ADDR, SECTOR, 2, false);
	struct lkl_vring_desc *table = ram(TABLE_ADDR, 2 * sizeof(*table));

	/* The second buffer and the status go through the table. */
	table[0] = *ram_desc(2);
	table[1] = *ram_desc(3);
	table[0].next = 1;
	*ram_desc(2) = (struct lkl_vring_desc) {
		.addr = TABLE_ADDR,
		.len = 2 * sizeof(*table),
		/* The direction of a table means nothing. */
		.flags = INDIRECT | WRITE,
	};
	drv_kick();
	blk_is_answered(head);
	ck_assert_uint_eq(blk_status_of(head), S_OK);
	ck_assert(blk_is_pattern(DATA_ADDR, 8, 2 * SECTOR));
}
END_TEST

START_TEST(the_status_is_the_last_byte)
{
	unsigned int head = blk_add(T_IN, 0, DATA_ADDR, SECTOR, 1, false);
	static const uint8_t expected[] = { NO_STATUS, NO_STATUS, NO_STATUS,
					    S_OK, NO_STATUS };

	ram_desc(2)->len = 4;
	drv_kick();
	blk_is_answered(head);
	ck_assert_mem_eq(ram(STATUS_ADDR + head * 16, 5), expected, 5);
}
END_TEST

/* When they complete, and who hears of it */

START_TEST(requests_at_once_interrupt_once)
{
	unsigned int i, head;
	uint32_t len;

	for (i = 0; i < 10; i++)
		blk_add(T_IN, i, DATA_ADDR + i * SECTOR, SECTOR, 1, false);
	drv_kick();
	ck_assert_uint_eq(guest.irqs, 1);
	for (i = 0; i < 10; i++)
		ck_assert(drv_reap(&head, &len));
	nothing_is_answered();
	ck_assert(blk_is_pattern(DATA_ADDR, 0, 10 * SECTOR));
}
END_TEST

START_TEST(a_request_is_not_answered_before_it_is_done)
{
	unsigned int head;

	fake.be.later = true;
	head = blk_add(T_IN, 6, DATA_ADDR, SECTOR, 1, false);
	drv_kick();
	nothing_is_answered();
	ck_assert_uint_eq(guest.irqs, 0);
	ck_assert_uint_eq(blk_status_of(head), NO_STATUS);
	fake_complete(0, 0);
	ck_assert_uint_eq(guest.irqs, 1);
	blk_is_answered(head);
	nothing_is_answered();
	ck_assert_uint_eq(blk_status_of(head), S_OK);
	ck_assert(blk_is_pattern(DATA_ADDR, 6, SECTOR));
}
END_TEST

/* The n-th of those in flight, in an order that has nothing to do with theirs. */
START_TEST(requests_complete_in_any_order)
{
	unsigned int heads[16], answered = 0, i, head;
	uint32_t len;

	fake.be.later = true;
	for (i = 0; i < 16; i++)
		heads[i] = blk_add(i % 3 ? T_IN : T_OUT, i,
				   DATA_ADDR + i * SECTOR, SECTOR, 1, false);
	drv_kick();
	while (fake.be.nr_pending) {
		uint64_t sector;

		i = fake.be.nr_pending * 7 % 5 % fake.be.nr_pending;
		sector = fake.be.pending[i]->offset / SECTOR;
		fake_complete(i, sector % 4 ? 0 : -LKL_EIO);
		blk_is_answered(heads[sector]);
		ck_assert_uint_eq(blk_status_of(heads[sector]),
				  sector % 4 ? S_OK : S_IOERR);
		ck_assert_uint_eq(guest.irqs, ++answered);
	}
	ck_assert_uint_eq(answered, 16);
	ck_assert(!drv_reap(&head, &len));
	ck_assert(blk_is_pattern(DATA_ADDR + SECTOR, 1, 2 * SECTOR));
}
END_TEST

START_TEST(new_requests_start_while_old_ones_wait)
{
	unsigned int old, new;

	fake.be.later = true;
	old = blk_add(T_IN, 1, DATA_ADDR, SECTOR, 1, false);
	drv_kick();
	fake.be.later = false;
	new = blk_add(T_IN, 2, DATA_ADDR + SECTOR, SECTOR, 1, false);
	drv_kick();
	blk_is_answered(new);
	nothing_is_answered();
	fake_complete(0, 0);
	blk_is_answered(old);
	ck_assert(blk_is_pattern(DATA_ADDR, 1, 2 * SECTOR));
}
END_TEST

START_TEST(a_driver_that_polls_is_not_interrupted)
{
	ram_avail()->flags = LKL_VRING_AVAIL_F_NO_INTERRUPT;
	run_request(T_IN, 0, SECTOR, 1);
	ck_assert_uint_eq(guest.irqs, 0);
	ck_assert_uint_eq(reg_read(LKL_VIRTIO_MMIO_INTERRUPT_STATUS), 0);
	ram_avail()->flags = 0;
	run_request(T_IN, 0, SECTOR, 1);
	ck_assert_uint_eq(guest.irqs, 1);
}
END_TEST

START_TEST(the_event_index_says_when_to_interrupt)
{
	unsigned int i;

	fake.be.later = true;
	drv_start(VERSION_1 | EVENT_IDX, QUEUE);
	/* The flag has no meaning with it. */
	ram_avail()->flags = LKL_VRING_AVAIL_F_NO_INTERRUPT;
	for (i = 0; i < 8; i++) {
		blk_add(T_IN, i, DATA_ADDR, SECTOR, 1, false);
		drv_kick();
	}
	ram_avail()->ring[QUEUE] = 4;
	for (i = 0; i < 8; i++) {
		fake_complete(0, 0);
		ck_assert_uint_eq(guest.irqs, i >= 4);
	}
}
END_TEST

START_TEST(the_event_index_counts_for_a_batch)
{
	unsigned int i;

	drv_start(VERSION_1 | EVENT_IDX, QUEUE);
	/* Passed in the middle of the batch. */
	ram_avail()->ring[QUEUE] = 2;
	for (i = 0; i < 5; i++)
		blk_add(T_IN, i, DATA_ADDR, SECTOR, 1, false);
	drv_kick();
	ck_assert_uint_eq(guest.irqs, 1);
	/* Behind, and ahead. */
	for (i = 0; i < 5; i++)
		blk_add(T_IN, i, DATA_ADDR, SECTOR, 1, false);
	drv_kick();
	ck_assert_uint_eq(guest.irqs, 1);
	ram_avail()->ring[QUEUE] = 11;
	blk_add(T_IN, 0, DATA_ADDR, SECTOR, 1, false);
	drv_kick();
	ck_assert_uint_eq(guest.irqs, 1);
}
END_TEST

START_TEST(the_device_asks_to_be_told_of_the_next_request)
{
	unsigned int i;

	drv_start(VERSION_1 | EVENT_IDX, QUEUE);
	for (i = 0; i < 3 * QUEUE; i++) {
		unsigned int head = blk_add(T_IN, i, DATA_ADDR, SECTOR, 1,
					    false);

		ck_assert(drv_kick());
		blk_is_answered(head);
	}
}
END_TEST

/* Rings wrap, indices wrap, and no request is lost or answered twice. */
static void run_many(uint64_t features, uint32_t num)
{
	bool indirect = features & INDIRECT_DESC;
	unsigned int i, in_flight = 0, answered = 0, head;
	uint32_t len;

	fake.be.later = true;
	drv_start(features, num);
	for (i = 0; answered < 70000; i++) {
		while (guest.queue[0].nr_free >= 3 && in_flight < i % 5 + 1) {
			blk_add(T_IN, i % SECTORS, DATA_ADDR, SECTOR, 1,
				indirect);
			in_flight++;
		}
		drv_kick();
		ck_assert_uint_eq(fake.be.nr_pending, in_flight);
		fake_complete(i % in_flight, 0);
		interrupts_are_due(LKL_VIRTIO_MMIO_INT_VRING);
		while (drv_reap(&head, &len)) {
			ck_assert_uint_eq(blk_status_of(head), S_OK);
			ck_assert_uint_eq(len, SECTOR + 1);
			in_flight--;
			answered++;
		}
	}
	ck_assert(!blk_is_broken());
	ck_assert_uint_eq(guest.queue[0].used_idx, answered % 65536);
	fake_complete_all();
}

START_TEST(indices_wrap_around)
{
	run_many(VERSION_1, 4);
	run_many(VERSION_1, 256);
}
END_TEST

START_TEST(indices_wrap_around_with_all_features)
{
	run_many(ALL_FEATURES, 8);
	run_many(ALL_FEATURES, 64);
}
END_TEST

/* Errors */

START_TEST(an_error_of_the_back_end_is_told)
{
	fake.be.result = -LKL_EIO;
	ck_assert_uint_eq(run_request(T_IN, 0, SECTOR, 1), S_IOERR);
	ck_assert_uint_eq(run_request(T_OUT, 0, SECTOR, 1), S_IOERR);
	fake.be.result = -LKL_ENOSPC;
	ck_assert_uint_eq(run_request(T_OUT, 0, SECTOR, 1), S_IOERR);
	fake.be.result = -LKL_EOPNOTSUPP;
	ck_assert_uint_eq(run_range(T_DISCARD, 0, 1, 0), S_UNSUPP);
	fake.be.result = 0;
	blk_works();
}
END_TEST

START_TEST(writes_and_flushes_that_fail_are_counted_as_lost)
{
	fake.be.result = -LKL_EIO;
	run_request(T_IN, 0, SECTOR, 1);
	run_range(T_DISCARD, 0, 1, 0);
	run_range(T_ZEROES, 0, 1, 0);
	ck_assert_uint_eq(guest.inst.lost_writes, 0);
	run_request(T_OUT, 0, SECTOR, 1);
	ck_assert_uint_eq(guest.inst.lost_writes, 1);
	run_request(T_FLUSH, 0, 0, 0);
	ck_assert_uint_eq(guest.inst.lost_writes, 2);
	fake.be.later = true;
	blk_add(T_OUT, 0, DATA_ADDR, SECTOR, 1, false);
	drv_kick();
	ck_assert_uint_eq(guest.inst.lost_writes, 2);
	fake_complete(0, -LKL_ENOSPC);
	ck_assert_uint_eq(guest.inst.lost_writes, 3);
}
END_TEST

START_TEST(writes_that_are_refused_are_counted_as_lost)
{
	run_request(T_OUT, SECTORS, SECTOR, 1);
	ck_assert_uint_eq(guest.inst.lost_writes, 1);
	run_request(T_OUT, 0, SECTOR - 1, 1);
	ck_assert_uint_eq(guest.inst.lost_writes, 2);
	run_request(T_OUT, UINT64_MAX, SECTOR, 1);
	ck_assert_uint_eq(guest.inst.lost_writes, 3);
	run_request(T_IN, UINT64_MAX, SECTOR, 1);
	ck_assert_uint_eq(guest.inst.lost_writes, 3);
}
END_TEST

START_TEST(a_lost_write_counts_though_the_device_is_broken)
{
	fake.be.later = true;
	blk_add(T_OUT, 0, DATA_ADDR, SECTOR, 1, false);
	drv_kick();
	drv_make_available(QUEUE);
	drv_kick();
	ck_assert(blk_is_broken());
	fake_complete(0, -LKL_EIO);
	ck_assert_uint_eq(guest.inst.lost_writes, 1);
	nothing_is_answered();
}
END_TEST

/* Reset with requests in flight */

START_TEST(requests_of_before_a_reset_are_not_answered_after_it)
{
	unsigned int i;

	fake.be.later = true;
	for (i = 0; i < 5; i++)
		blk_add(T_IN, i, DATA_ADDR + i * SECTOR, SECTOR, 1, false);
	drv_kick();
	drv_start(VERSION_1, QUEUE);
	guest.irqs = 0;
	memset(ram(STATUS_ADDR, 256 * 16), NO_STATUS, 256 * 16);
	fake_complete_all();
	nothing_is_answered();
	ck_assert_uint_eq(guest.irqs, 0);
	ck_assert(is_filled(ram(STATUS_ADDR, 256 * 16), NO_STATUS, 256 * 16));
	blk_works();
}
END_TEST

START_TEST(a_request_is_not_mistaken_for_one_of_before_a_reset)
{
	unsigned int old, new;

	fake.be.later = true;
	old = blk_add(T_IN, 1, DATA_ADDR, SECTOR, 1, false);
	drv_kick();
	drv_start(VERSION_1, QUEUE);
	new = blk_add(T_IN, 2, DATA_ADDR + SECTOR, SECTOR, 1, false);
	ck_assert_uint_eq(old, new);
	drv_kick();
	ck_assert(!blk_is_broken());
	ck_assert_uint_eq(fake.be.nr_pending, 2);
	fake_complete(0, -LKL_EIO);
	nothing_is_answered();
	ck_assert_uint_eq(blk_status_of(new), NO_STATUS);
	fake_complete(0, 0);
	blk_is_answered(new);
	ck_assert_uint_eq(blk_status_of(new), S_OK);
	ck_assert(blk_is_pattern(DATA_ADDR + SECTOR, 2, SECTOR));
}
END_TEST

/* A program's own back end */

static int custom_status;
static struct lkl_blk_req custom_last;

static int custom_capacity(struct lkl_disk disk, unsigned long long *size)
{
	(void)disk;
	*size = DISK_SIZE;
	return custom_status;
}

static int custom_request(struct lkl_disk disk, struct lkl_blk_req *req)
{
	(void)disk;
	custom_last = *req;
	if (req->type == LKL_DEV_BLK_TYPE_READ)
		memset(req->buf->iov_base, 0xcc, req->buf->iov_len);
	return custom_status;
}

static struct lkl_dev_blk_ops custom = {
	.get_capacity = custom_capacity,
	.request = custom_request,
};

START_TEST(a_custom_back_end_reads_writes_and_flushes)
{
	blk_recreate(NULL, &custom);
	ck_assert_uint_eq(config_field(capacity), SECTORS);
	ck_assert_uint_eq(run_request(T_IN, 3, SECTOR, 1), S_OK);
	ck_assert_uint_eq(custom_last.type, LKL_DEV_BLK_TYPE_READ);
	ck_assert_uint_eq(custom_last.sector, 3);
	ck_assert(is_filled(ram(DATA_ADDR, SECTOR), 0xcc, SECTOR));
	ck_assert_uint_eq(run_request(T_OUT, 4, SECTOR, 2), S_OK);
	ck_assert_uint_eq(custom_last.type, LKL_DEV_BLK_TYPE_WRITE);
	ck_assert_uint_eq(custom_last.sector, 4);
	ck_assert_int_eq(custom_last.count, 2);
	ck_assert_ptr_eq(custom_last.buf[0].iov_base, ram(DATA_ADDR, 1));
	ck_assert_uint_eq(run_request(T_FLUSH, 0, 0, 0), S_OK);
	ck_assert_uint_eq(custom_last.type, LKL_DEV_BLK_TYPE_FLUSH);
	ck_assert_uint_eq(guest.irqs, 3);
}
END_TEST

START_TEST(a_custom_back_end_is_not_asked_for_what_it_does_not_know)
{
	blk_recreate(NULL, &custom);
	ck_assert(!(blk_offered() & (1ULL << LKL_VIRTIO_BLK_F_DISCARD)));
	ck_assert(!(blk_offered() & (1ULL << LKL_VIRTIO_BLK_F_WRITE_ZEROES)));
	custom_last.type = 99;
	ck_assert_uint_eq(run_range(T_DISCARD, 0, 1, 0), S_UNSUPP);
	ck_assert_uint_eq(run_range(T_ZEROES, 0, 1, 0), S_UNSUPP);
	ck_assert_uint_eq(run_request(T_OUT, SECTORS, SECTOR, 1), S_IOERR);
	ck_assert_uint_eq(custom_last.type, 99);
}
END_TEST

START_TEST(errors_of_a_custom_back_end_are_told)
{
	blk_recreate(NULL, &custom);
	custom_status = LKL_DEV_BLK_STATUS_IOERR;
	ck_assert_uint_eq(run_request(T_IN, 0, SECTOR, 1), S_IOERR);
	ck_assert_uint_eq(guest.inst.lost_writes, 0);
	ck_assert_uint_eq(run_request(T_OUT, 0, SECTOR, 1), S_IOERR);
	ck_assert_uint_eq(guest.inst.lost_writes, 1);
	custom_status = LKL_DEV_BLK_STATUS_UNSUP;
	ck_assert_uint_eq(run_request(T_FLUSH, 0, 0, 0), S_UNSUPP);
	custom_status = -1;
	ck_assert_uint_eq(run_request(T_IN, 0, SECTOR, 1), S_IOERR);
}
END_TEST

START_TEST(a_disk_that_cannot_be_opened_leaves_nothing_behind)
{
	fake_destroy();
	fake.be.open_error = -LKL_ENOENT;
	ck_assert_int_eq(fake_create(RAM_SIZE, NULL), -LKL_ENOENT);
	ck_assert_int_eq(guest.mem, 0);
	custom_status = -5;
	ck_assert_int_eq(fake_create(RAM_SIZE, &custom), -LKL_EIO);
	ck_assert_int_eq(guest.mem, 0);
	custom_status = 0;
	fake.be.open_error = 0;
	guest.no_mem = 0;
	ck_assert_int_eq(fake_create(RAM_SIZE, NULL), -LKL_ENOMEM);
	guest.no_mem = -1;
	ck_assert_int_eq(fake_create(RAM_SIZE, NULL), 0);
	drv_start(VERSION_1, QUEUE);
	blk_works();
}
END_TEST

/* A driver that breaks the rules */

/* One buffer, given as it is, instead of a request. */
static void blk_offer(uint64_t addr, uint32_t len, uint16_t flags,
		      uint16_t next)
{
	*ram_desc(0) = (struct lkl_vring_desc) { addr, len, flags, next };
	drv_make_available(0);
	reg_write(LKL_VIRTIO_MMIO_QUEUE_NOTIFY, 0);
}

START_TEST(a_descriptor_that_follows_itself_breaks_the_device)
{
	blk_offer(HEADER_ADDR, 16, NEXT, 0);
	is_broken_until_reset();
	/* With something in between, and more than there are segments. */
	drv_start(VERSION_1, 256);
	*ram_desc(1) = (struct lkl_vring_desc) { DATA_ADDR, 16, NEXT, 2 };
	*ram_desc(2) = (struct lkl_vring_desc) { DATA_ADDR, 16, NEXT, 1 };
	blk_offer(HEADER_ADDR, 16, NEXT, 1);
	is_broken_until_reset();
}
END_TEST

START_TEST(a_loop_in_an_indirect_table_breaks_the_device)
{
	struct lkl_vring_desc *table = ram(TABLE_ADDR, TABLE_SIZE);

	table[0] = (struct lkl_vring_desc) { HEADER_ADDR, 16, NEXT, 1 };
	table[1] = (struct lkl_vring_desc) { DATA_ADDR, 16, NEXT, 0 };
	blk_offer(TABLE_ADDR, 2 * sizeof(*table), INDIRECT, 0);
	is_broken_until_reset();
	blk_offer(TABLE_ADDR, 100 * sizeof(*table), INDIRECT, 0);
	is_broken_until_reset();
}
END_TEST

START_TEST(a_chain_that_leaves_the_table_breaks_the_device)
{
	struct lkl_vring_desc status = { STATUS_ADDR, 1, WRITE, 0 };
	struct lkl_vring_desc *table = ram(TABLE_ADDR, TABLE_SIZE);

	/* The memory behind the ring looks like the rest of the chain. */
	memcpy(ram_desc(QUEUE), &status, sizeof(status));
	blk_offer(HEADER_ADDR, 16, NEXT, QUEUE);
	is_broken_until_reset();
	blk_offer(HEADER_ADDR, 16, NEXT, 0xffff);
	is_broken_until_reset();
	table[0] = (struct lkl_vring_desc) { HEADER_ADDR, 16, NEXT, 1 };
	table[1] = (struct lkl_vring_desc) { STATUS_ADDR, 1, WRITE, 0 };
	blk_offer(TABLE_ADDR, sizeof(*table), INDIRECT, 0);
	is_broken_until_reset();
}
END_TEST

START_TEST(a_buffer_outside_ram_breaks_the_device)
{
	static const struct {
		uint64_t addr;
		uint32_t len;
	} bad[] = {
		{ RAM_SIZE, 1 }, { RAM_SIZE - 15, 16 }, { RAM_SIZE + 1, 0 },
		{ 0, RAM_SIZE + 1 }, { DATA_ADDR, 0xffffffff },
		{ UINT64_MAX, 0 }, { UINT64_MAX, 1 }, { UINT64_MAX - 7, 16 },
		{ 1ULL << 63, 16 }, { LKL_MMIO_BASE, 16 },
		{ UINT64_MAX - 0xfffffffe + 16, 0xffffffff },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		blk_offer(bad[i].addr, bad[i].len, 0, 0);
		is_broken_until_reset();
		/* In the place of data, of the status, and of a table. */
		blk_add(T_IN, 0, DATA_ADDR, SECTOR, 1, false);
		ram_desc(1)->addr = bad[i].addr;
		ram_desc(1)->len = bad[i].len;
		drv_kick();
		is_broken_until_reset();
		blk_add(T_IN, 0, DATA_ADDR, SECTOR, 1, false);
		ram_desc(2)->addr = bad[i].addr;
		ram_desc(2)->len = bad[i].len;
		drv_kick();
		is_broken_until_reset();
		blk_offer(bad[i].addr, bad[i].len, INDIRECT, 0);
		is_broken_until_reset();
	}
}
END_TEST

START_TEST(an_empty_indirect_table_breaks_the_device)
{
	uint32_t len;

	for (len = 0; len < sizeof(struct lkl_vring_desc); len++) {
		blk_offer(TABLE_ADDR, len, INDIRECT, 0);
		is_broken_until_reset();
	}
	blk_offer(RAM_SIZE, 0, INDIRECT, 0);
	is_broken_until_reset();
}
END_TEST

START_TEST(an_indirect_table_in_an_indirect_table_breaks_the_device)
{
	struct lkl_vring_desc *table = ram(TABLE_ADDR, TABLE_SIZE);

	/* A table must not contain itself either. */
	table[0] = (struct lkl_vring_desc) { TABLE_ADDR, 32, INDIRECT, 0 };
	blk_offer(TABLE_ADDR, 32, INDIRECT, 0);
	is_broken_until_reset();
	table[0] = (struct lkl_vring_desc) { HEADER_ADDR, 16, NEXT, 1 };
	table[1] = (struct lkl_vring_desc) { TABLE_ADDR, 32, INDIRECT, 0 };
	blk_offer(TABLE_ADDR, 32, INDIRECT, 0);
	is_broken_until_reset();
}
END_TEST

START_TEST(an_indirect_table_that_is_not_the_last_breaks_the_device)
{
	blk_add(T_IN, 0, DATA_ADDR, SECTOR, 1, true);
	ram_desc(0)->flags |= NEXT;
	ram_desc(0)->next = 1;
	drv_kick();
	is_broken_until_reset();
}
END_TEST

START_TEST(an_indirect_table_of_any_alignment_works)
{
	struct lkl_vring_desc table[3];
	unsigned int head;
	uint64_t addr;

	for (addr = TABLE_ADDR + 1; addr < TABLE_ADDR + 16; addr++) {
		head = blk_add(T_IN, 4, DATA_ADDR, SECTOR, 1, true);
		memcpy(table, ram(ram_desc(head)->addr, sizeof(table)),
		       sizeof(table));
		memcpy(ram(addr, sizeof(table)), table, sizeof(table));
		ram_desc(head)->addr = addr;
		drv_kick();
		blk_is_answered(head);
		ck_assert_uint_eq(blk_status_of(head), S_OK);
	}
}
END_TEST

START_TEST(a_head_that_there_is_not_breaks_the_device)
{
	static const uint16_t heads[] = { QUEUE, QUEUE + 1, 256, 0x7fff,
					  0x8000, 0xffff };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(heads); i++) {
		drv_make_available(heads[i]);
		reg_write(LKL_VIRTIO_MMIO_QUEUE_NOTIFY, 0);
		is_broken_until_reset();
	}
}
END_TEST

START_TEST(more_available_than_there_are_breaks_the_device)
{
	static const uint16_t ahead[] = { QUEUE + 1, 256, 0x8000, 0xffff };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ahead); i++) {
		blk_works();
		ram_avail()->idx += ahead[i];
		reg_write(LKL_VIRTIO_MMIO_QUEUE_NOTIFY, 0);
		ck_assert(blk_is_broken());
		is_broken_until_reset();
	}
}
END_TEST

START_TEST(a_full_ring_is_not_too_much)
{
	unsigned int i;

	/* The same empty request again and again. */
	drv_start(VERSION_1, 4);
	for (i = 0; i < 4; i++)
		drv_make_available(0);
	*ram_desc(0) = (struct lkl_vring_desc) { HEADER_ADDR, 16, NEXT, 1 };
	*ram_desc(1) = (struct lkl_vring_desc) { STATUS_ADDR, 1, WRITE, 0 };
	drv_kick();
	ck_assert(!blk_is_broken());
	ck_assert_uint_eq(ram_used()->idx, 4);
}
END_TEST

/*
 * Answered once each, or refused: but nothing that is with the back end is
 * given to it a second time.
 */
START_TEST(a_chain_made_available_twice_is_not_confused)
{
	unsigned int head, i;

	fake.be.later = true;
	head = blk_add(T_IN, 1, DATA_ADDR, SECTOR, 1, false);
	for (i = 0; i < 3; i++)
		drv_make_available(head);
	drv_kick();
	fake_complete_all();
	if (!blk_is_broken())
		ck_assert_uint_eq(ram_used()->idx, 4);
	drv_start(VERSION_1, QUEUE);
	blk_works();
}
END_TEST

/* More than the queue holds, by the same trick. */
START_TEST(more_in_flight_than_the_queue_holds_does_no_harm)
{
	unsigned int head, i, batch;

	fake.be.later = true;
	head = blk_add(T_IN, 1, DATA_ADDR, SECTOR, 1, false);
	for (batch = 0; batch < 12; batch++) {
		for (i = 0; i < QUEUE - 1; i++)
			drv_make_available(head);
		drv_kick();
	}
	fake_complete_all();
	drv_start(VERSION_1, QUEUE);
	blk_works();
}
END_TEST

START_TEST(a_request_without_status_breaks_the_device)
{
	blk_offer(HEADER_ADDR, 16, 0, 0);
	is_broken_until_reset();
	*ram_desc(1) = (struct lkl_vring_desc) { DATA_ADDR, SECTOR, 0, 0 };
	blk_offer(HEADER_ADDR, 16, NEXT, 1);
	is_broken_until_reset();
	*ram_desc(1) = (struct lkl_vring_desc) { STATUS_ADDR, 0, WRITE, 0 };
	blk_offer(HEADER_ADDR, 16, NEXT, 1);
	is_broken_until_reset();
}
END_TEST

START_TEST(a_request_without_header_breaks_the_device)
{
	static const uint32_t lens[] = { 0, 1, 15, 17, 4096 };
	unsigned int i;

	blk_offer(STATUS_ADDR, 16, WRITE, 0);
	is_broken_until_reset();
	for (i = 0; i < ARRAY_SIZE(lens); i++) {
		blk_add(T_IN, 0, DATA_ADDR, SECTOR, 1, false);
		ram_desc(0)->len = lens[i];
		drv_kick();
		is_broken_until_reset();
	}
}
END_TEST

START_TEST(input_before_output_breaks_the_device)
{
	blk_add(T_IN, 0, DATA_ADDR, SECTOR, 2, false);
	ram_desc(2)->flags &= ~WRITE;
	drv_kick();
	is_broken_until_reset();
}
END_TEST

START_TEST(buffers_of_the_wrong_direction_are_an_error)
{
	unsigned int head;

	head = blk_add(T_IN, 0, DATA_ADDR, SECTOR, 1, false);
	ram_desc(1)->flags &= ~WRITE;
	drv_kick();
	blk_is_answered(head);
	ck_assert_uint_eq(blk_status_of(head), S_IOERR);
	head = blk_add(T_OUT, 0, DATA_ADDR, SECTOR, 1, false);
	ram_desc(1)->flags |= WRITE;
	drv_kick();
	blk_is_answered(head);
	ck_assert_uint_eq(blk_status_of(head), S_IOERR);
	ck_assert_uint_eq(fake.be.submitted, 0);
	blk_works();
}
END_TEST

START_TEST(a_queue_of_a_wrong_size_breaks_the_device)
{
	static const uint32_t sizes[] = { 0, 3, 255, 257, 512, 65536,
					  0x80000000, 0xffffffff };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		drv_negotiate(VERSION_1);
		drv_place_queue(sizes[i], DESC_ADDR, AVAIL_ADDR, USED_ADDR);
		ck_assert_uint_eq(reg_read(LKL_VIRTIO_MMIO_QUEUE_READY), 0);
		is_broken_until_reset();
	}
}
END_TEST

START_TEST(a_queue_outside_ram_breaks_the_device)
{
	static const uint64_t bad[] = { RAM_SIZE, RAM_SIZE - 16, RAM_SIZE * 2,
					1ULL << 32, 1ULL << 63,
					UINT64_MAX - 15, UINT64_MAX - 0xfff };
	unsigned int i, part;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		for (part = 0; part < 3; part++) {
			drv_negotiate(VERSION_1);
			drv_place_queue(QUEUE, part == 0 ? bad[i] : DESC_ADDR,
					part == 1 ? bad[i] : AVAIL_ADDR,
					part == 2 ? bad[i] : USED_ADDR);
			ck_assert_uint_eq(reg_read(LKL_VIRTIO_MMIO_QUEUE_READY),
					  0);
			is_broken_until_reset();
		}
	}
}
END_TEST

/* The indices behind the rings are parts of the rings. */
START_TEST(queues_end_where_ram_ends)
{
	uint64_t desc = RAM_SIZE - 8 * 16;
	uint64_t avail = RAM_SIZE - (4 + 8 * 2 + 2);
	uint64_t used = (RAM_SIZE - (4 + 8 * 8 + 2)) & ~3ULL;

	drv_negotiate(VERSION_1);
	drv_place_queue(8, desc, AVAIL_ADDR, USED_ADDR);
	drv_place_queue(8, DESC_ADDR, avail, USED_ADDR);
	drv_place_queue(8, DESC_ADDR, AVAIL_ADDR, used);
	ck_assert_uint_eq(reg_read(LKL_VIRTIO_MMIO_QUEUE_READY), 1);
	ck_assert(!blk_is_broken());
	drv_negotiate(VERSION_1);
	drv_place_queue(8, desc + 16, AVAIL_ADDR, USED_ADDR);
	is_broken_until_reset();
	drv_negotiate(VERSION_1);
	drv_place_queue(8, DESC_ADDR, avail + 2, USED_ADDR);
	is_broken_until_reset();
	drv_negotiate(VERSION_1);
	drv_place_queue(8, DESC_ADDR, AVAIL_ADDR, used + 4);
	is_broken_until_reset();
}
END_TEST

START_TEST(a_queue_at_an_odd_address_breaks_the_device)
{
	static const uint64_t bad[][3] = {
		{ 1, 0, 0 }, { 8, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 },
		{ 0, 0, 2 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		drv_negotiate(VERSION_1);
		drv_place_queue(QUEUE, DESC_ADDR + bad[i][0],
				AVAIL_ADDR + bad[i][1], USED_ADDR + bad[i][2]);
		ck_assert_uint_eq(reg_read(LKL_VIRTIO_MMIO_QUEUE_READY), 0);
		is_broken_until_reset();
	}
}
END_TEST

/* The size that was checked when the queue became ready is used. */
START_TEST(the_size_of_a_queue_in_use_does_not_change)
{
	uint16_t i;

	drv_start(VERSION_1, 8);
	reg_write(LKL_VIRTIO_MMIO_QUEUE_NUM, 16);
	blk_works();
	/* More than 8 are more than there are. */
	for (i = 0; i < 9; i++)
		ram_avail()->ring[i] = 0;
	ram_avail()->idx += 9;
	reg_write(LKL_VIRTIO_MMIO_QUEUE_NOTIFY, 0);
	is_broken_until_reset();

	drv_start(VERSION_1, 8);
	reg_write(LKL_VIRTIO_MMIO_QUEUE_NUM, 0x80000000);
	drv_make_available(0xffff);
	reg_write(LKL_VIRTIO_MMIO_QUEUE_NOTIFY, 0);
	is_broken_until_reset();
}
END_TEST

START_TEST(a_queue_in_use_does_not_get_empty)
{
	unsigned int head;

	fake.be.later = true;
	head = blk_add(T_IN, 7, DATA_ADDR, SECTOR, 1, false);
	drv_kick();
	reg_write(LKL_VIRTIO_MMIO_QUEUE_NUM, 0);
	fake_complete(0, 0);
	blk_is_answered(head);
	blk_works();
}
END_TEST

START_TEST(the_place_of_a_queue_in_use_does_not_change)
{
	reg_write64(LKL_VIRTIO_MMIO_QUEUE_DESC_LOW, UINT64_MAX);
	reg_write64(LKL_VIRTIO_MMIO_QUEUE_AVAIL_LOW, UINT64_MAX);
	reg_write64(LKL_VIRTIO_MMIO_QUEUE_USED_LOW, UINT64_MAX);
	blk_works();
}
END_TEST

START_TEST(notifications_of_queues_that_there_are_not_are_ignored)
{
	static const uint64_t queues[] = { 1, 2, 255, 0xffffffff, 1ULL << 32,
					   UINT64_MAX };
	unsigned int i;

	blk_add(T_IN, 0, DATA_ADDR, SECTOR, 1, false);
	for (i = 0; i < ARRAY_SIZE(queues); i++)
		lkl_mmio_write(&guest.machine.bus, guest.regs +
			       LKL_VIRTIO_MMIO_QUEUE_NOTIFY, queues[i], 8);
	ck_assert_uint_eq(fake.be.submitted, 0);
	ck_assert(!blk_is_broken());
}
END_TEST

START_TEST(notifications_of_a_queue_that_is_not_ready_are_ignored)
{
	/* After a reset, before the queue, before DRIVER_OK. */
	reg_write(LKL_VIRTIO_MMIO_STATUS, 0);
	reg_write(LKL_VIRTIO_MMIO_QUEUE_NOTIFY, 0);
	drv_negotiate(VERSION_1);
	reg_write(LKL_VIRTIO_MMIO_QUEUE_NOTIFY, 0);
	drv_start(VERSION_1, QUEUE);
	blk_add(T_IN, 0, DATA_ADDR, SECTOR, 1, false);
	reg_write(LKL_VIRTIO_MMIO_STATUS, LKL_VIRTIO_CONFIG_S_ACKNOWLEDGE |
		  LKL_VIRTIO_CONFIG_S_DRIVER | LKL_VIRTIO_CONFIG_S_FEATURES_OK);
	reg_write(LKL_VIRTIO_MMIO_QUEUE_NOTIFY, 0);
	ck_assert_uint_eq(fake.be.submitted, 0);
	nothing_is_answered();
	/* The request was in the queue all the time. */
	reg_write(LKL_VIRTIO_MMIO_STATUS, LKL_VIRTIO_CONFIG_S_ACKNOWLEDGE |
		  LKL_VIRTIO_CONFIG_S_DRIVER | LKL_VIRTIO_CONFIG_S_FEATURES_OK |
		  LKL_VIRTIO_CONFIG_S_DRIVER_OK);
	reg_write(LKL_VIRTIO_MMIO_QUEUE_NOTIFY, 0);
	ck_assert_uint_eq(fake.be.submitted, 1);
}
END_TEST

START_TEST(a_broken_device_gets_no_late_answers)
{
	fake.be.later = true;
	blk_add(T_IN, 0, DATA_ADDR, SECTOR, 1, false);
	drv_kick();
	drv_make_available(QUEUE);
	drv_kick();
	ck_assert(blk_is_broken());
	fake_complete_all();
	nothing_is_answered();
	fake.be.later = false;
	is_broken_until_reset();
}
END_TEST

static void add_transport(TCase *tc)
{
	tcase_add_test(tc, nobody_on_the_bus_reads_as_ones);
	tcase_add_test(tc, each_device_has_a_window_of_its_own);
	tcase_add_test(tc, registers_name_the_device);
	tcase_add_test(tc, features_are_offered_in_two_words);
	tcase_add_test(tc, offered_features_are_accepted);
	tcase_add_test(tc, unknown_features_are_refused);
	tcase_add_test(tc, one_queue_can_be_selected);
	tcase_add_test(tc, queues_of_each_size_work);
	tcase_add_test(tc, a_queue_that_is_taken_away_is_not_used);
	tcase_add_test(tc, a_queue_taken_away_gets_no_late_answers);
	tcase_add_test(tc, a_reset_clears_status_queue_and_interrupts);
	tcase_add_test(tc, a_reset_forgets_the_features_of_the_driver);
	tcase_add_test(tc, interrupt_bits_are_acknowledged_one_by_one);
	tcase_add_test(tc, config_space_is_read_in_every_size);
	tcase_add_test(tc, config_space_describes_the_disk);
	tcase_add_test(tc, config_space_ends_where_it_ends);
	tcase_add_test(tc, config_space_does_not_change);
	tcase_add_test(tc, registers_that_there_are_not_read_as_zero);
}

static void add_requests(TCase *tc)
{
	tcase_add_test(tc, reads_are_what_the_disk_holds);
	tcase_add_test(tc, writes_arrive_where_they_belong);
	tcase_add_test(tc, a_flush_reaches_the_back_end);
	tcase_add_test(tc, the_id_is_that_of_the_disk);
	tcase_add_test(tc, a_short_buffer_gets_the_start_of_the_id);
	tcase_add_test(tc, a_discard_reaches_its_range);
	tcase_add_test(tc, write_zeroes_tells_whether_it_may_deallocate);
	tcase_add_test(tc, several_ranges_are_not_supported);
	tcase_add_test(tc, unknown_flags_of_ranges_are_not_supported);
	tcase_add_test(tc, ranges_beyond_the_disk_fail);
	tcase_add_test(tc, other_requests_are_not_supported);
	tcase_add_test(tc, a_read_only_disk_is_not_changed);
	tcase_add_test(tc, transfers_beyond_the_disk_fail);
	tcase_add_test(tc, parts_of_sectors_fail);
	tcase_add_test(tc, empty_buffers_do_no_harm);
	tcase_add_test(tc, as_many_segments_as_announced_work);
	tcase_add_test(tc, too_many_segments_break_the_device);
	tcase_add_test(tc, indirect_tables_fill_the_queue_with_requests);
	tcase_add_test(tc, a_chain_may_end_in_an_indirect_table);
	tcase_add_test(tc, the_status_is_the_last_byte);
}

static void add_completions(TCase *tc)
{
	tcase_add_test(tc, requests_at_once_interrupt_once);
	tcase_add_test(tc, a_request_is_not_answered_before_it_is_done);
	tcase_add_test(tc, requests_complete_in_any_order);
	tcase_add_test(tc, new_requests_start_while_old_ones_wait);
	tcase_add_test(tc, a_driver_that_polls_is_not_interrupted);
	tcase_add_test(tc, the_event_index_says_when_to_interrupt);
	tcase_add_test(tc, the_event_index_counts_for_a_batch);
	tcase_add_test(tc, the_device_asks_to_be_told_of_the_next_request);
	tcase_add_test(tc, indices_wrap_around);
	tcase_add_test(tc, indices_wrap_around_with_all_features);
	tcase_add_test(tc, an_error_of_the_back_end_is_told);
	tcase_add_test(tc, writes_and_flushes_that_fail_are_counted_as_lost);
	tcase_add_test(tc, writes_that_are_refused_are_counted_as_lost);
	tcase_add_test(tc, a_lost_write_counts_though_the_device_is_broken);
	tcase_add_test(tc, requests_of_before_a_reset_are_not_answered_after_it);
	tcase_add_test(tc, a_request_is_not_mistaken_for_one_of_before_a_reset);
	tcase_add_test(tc, a_custom_back_end_reads_writes_and_flushes);
	tcase_add_test(tc, a_custom_back_end_is_not_asked_for_what_it_does_not_know);
	tcase_add_test(tc, errors_of_a_custom_back_end_are_told);
	tcase_add_test(tc, a_disk_that_cannot_be_opened_leaves_nothing_behind);
}

static void add_hostile(TCase *tc)
{
	tcase_add_test(tc, a_descriptor_that_follows_itself_breaks_the_device);
	tcase_add_test(tc, a_loop_in_an_indirect_table_breaks_the_device);
	tcase_add_test(tc, a_chain_that_leaves_the_table_breaks_the_device);
	tcase_add_test(tc, a_buffer_outside_ram_breaks_the_device);
	tcase_add_test(tc, an_empty_indirect_table_breaks_the_device);
	tcase_add_test(tc, an_indirect_table_in_an_indirect_table_breaks_the_device);
	tcase_add_test(tc, an_indirect_table_that_is_not_the_last_breaks_the_device);
	tcase_add_test(tc, an_indirect_table_of_any_alignment_works);
	tcase_add_test(tc, a_head_that_there_is_not_breaks_the_device);
	tcase_add_test(tc, more_available_than_there_are_breaks_the_device);
	tcase_add_test(tc, a_full_ring_is_not_too_much);
	tcase_add_test(tc, a_chain_made_available_twice_is_not_confused);
	tcase_add_test(tc, more_in_flight_than_the_queue_holds_does_no_harm);
	tcase_add_test(tc, a_request_without_status_breaks_the_device);
	tcase_add_test(tc, a_request_without_header_breaks_the_device);
	tcase_add_test(tc, input_before_output_breaks_the_device);
	tcase_add_test(tc, buffers_of_the_wrong_direction_are_an_error);
	tcase_add_test(tc, a_queue_of_a_wrong_size_breaks_the_device);
	tcase_add_test(tc, a_queue_outside_ram_breaks_the_device);
	tcase_add_test(tc, queues_end_where_ram_ends);
	tcase_add_test(tc, a_queue_at_an_odd_address_breaks_the_device);
	tcase_add_test(tc, the_size_of_a_queue_in_use_does_not_change);
	tcase_add_test(tc, a_queue_in_use_does_not_get_empty);
	tcase_add_test(tc, the_place_of_a_queue_in_use_does_not_change);
	tcase_add_test(tc, notifications_of_queues_that_there_are_not_are_ignored);
	tcase_add_test(tc, notifications_of_a_queue_that_is_not_ready_are_ignored);
	tcase_add_test(tc, a_broken_device_gets_no_late_answers);
}

int main(void)
{
	TCase *tc = tcase_create("virtio");

	/* Against endless loops only. */
	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, blk_setup, blk_teardown);
	add_transport(tc);
	add_requests(tc);
	add_completions(tc);
	add_hostile(tc);
	return run_case(tc, CK_FORK);
}
