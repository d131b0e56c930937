// SPDX-License-Identifier: GPL-2.0
/*
 * The memory for what is written to a device that must not change: a read has what
 * was written last, and nothing else is replaced.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "disk/overlay.h"
#include "support/check-main.h"

#define SECTOR	512
#define BLOCK	4096
#define SECTORS	256
/* Further than any 32-bit number of sectors */
#define FAR	(1ULL << 50)

static uint64_t left;

static void overlay_setup(void)
{
	left = UINT64_MAX;
}

START_TEST(empty_overlay_replaces_nothing)
{
	struct overlay o = { };
	char buf[SECTOR], same[SECTOR];

	memset(buf, 'a', sizeof(buf));
	memcpy(same, buf, sizeof(buf));
	ck_assert(!overlay_may_have(&o, UINT64_MAX, 0));
	overlay_read(&o, buf, sizeof(buf), 0);
	ck_assert_mem_eq(buf, same, sizeof(buf));
	overlay_free(&o);
}
END_TEST

START_TEST(neighbours_of_a_sector_stay)
{
	struct overlay o = { };
	char written[SECTOR], buf[3 * SECTOR];

	memset(written, 'b', sizeof(written));
	memset(buf, 'a', sizeof(buf));
	ck_assert(overlay_write(&o, written, SECTOR, FAR + SECTOR, &left));
	ck_assert(overlay_may_have(&o, 3 * SECTOR, FAR));
	ck_assert(!overlay_may_have(&o, FAR - BLOCK, 0));
	ck_assert(!overlay_may_have(&o, FAR, FAR + BLOCK));
	overlay_read(&o, buf, sizeof(buf), FAR);
	ck_assert_int_eq(buf[SECTOR - 1], 'a');
	ck_assert_mem_eq(buf + SECTOR, written, SECTOR);
	ck_assert_int_eq(buf[2 * SECTOR], 'a');
	overlay_free(&o);
}
END_TEST

/* A request consists of buffers of any length. */
START_TEST(pieces_of_a_request_make_whole_sectors)
{
	static const size_t lengths[] = { 1, 1000, 3095, 5000, 120, 2 };
	struct overlay o = { };
	char written[9218], buf[9218];
	size_t i, at = 0;

	for (i = 0; i < sizeof(written); i++)
		written[i] = i / 7;
	for (i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		ck_assert(overlay_write(&o, written + at, lengths[i],
					7 * SECTOR + at, &left));
		at += lengths[i];
	}
	ck_assert_uint_eq(at, sizeof(written));
	for (at = 0; at < sizeof(buf); at += i) {
		i = at + 1234 > sizeof(buf) ? sizeof(buf) - at : 1234;
		overlay_read(&o, buf + at, i, 7 * SECTOR + at);
	}
	ck_assert_mem_eq(buf, written, sizeof(buf));
	overlay_free(&o);
}
END_TEST

/* Write and read at random, and compare with an array. */
START_TEST(random_requests_read_what_was_written)
{
	static char model[SECTORS * SECTOR], buf[sizeof(model)];
	struct overlay o = { };
	unsigned int i, first, n;

	srand(1);
	for (i = 0; i < 5000; i++) {
		first = rand() % SECTORS;
		n = 1 + rand() % (SECTORS - first);
		n = n > 40 ? 40 : n;
		if (i % 2) {
			memset(model + first * SECTOR, 1 + i % 255, n * SECTOR);
			ck_assert(overlay_write(&o, model + first * SECTOR,
						n * SECTOR,
						FAR + first * SECTOR, &left));
		} else {
			memset(buf, 0, n * SECTOR);
			overlay_read(&o, buf, n * SECTOR, FAR + first * SECTOR);
			ck_assert_mem_eq(buf, model + first * SECTOR,
					 n * SECTOR);
		}
	}
	overlay_free(&o);
}
END_TEST

START_TEST(memory_is_limited_by_the_blocks_that_were_written)
{
	static char buf[BLOCK];
	struct overlay o = { };
	uint64_t i;

	left = 100 * BLOCK;
	for (i = 0; overlay_write(&o, buf, SECTOR, i * BLOCK, &left); i++)
		;
	ck_assert_uint_gt(i, 90);
	ck_assert_uint_lt(i, 100);
	/* Writing again takes no more memory. */
	ck_assert(overlay_write(&o, buf, BLOCK, 0, &left));
	ck_assert(!overlay_may_have(&o, BLOCK, i * BLOCK));
	overlay_free(&o);
	ck_assert(!overlay_may_have(&o, UINT64_MAX, 0));
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("disk-overlay");

	tcase_add_checked_fixture(tc, overlay_setup, NULL);
	tcase_add_test(tc, empty_overlay_replaces_nothing);
	tcase_add_test(tc, neighbours_of_a_sector_stay);
	tcase_add_test(tc, pieces_of_a_request_make_whole_sectors);
	tcase_add_test(tc, random_requests_read_what_was_written);
	tcase_add_test(tc, memory_is_limited_by_the_blocks_that_were_written);
	return run_case(tc, CK_FORK);
}
