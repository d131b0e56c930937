// SPDX-License-Identifier: GPL-2.0
/*
 * Files that the tools use as disks: a part of a file is all that a request reaches,
 * and a file that must not change does not change.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/host/host-file.h"
#include "disk/device.h"
#include "shared/macros.h"
#include "support/check-main.h"

#define NAME	"disk-device-file"
#define SECTOR	512
#define BLOCK	4096
#define START	1001

/**
 * struct req - a request and its result
 * @io:		the request that the back end sees
 * @done:	the request is done
 * @result:	result of the request
 */
struct req {
	struct lkl_blk_io io;
	bool done;
	int result;
};

static struct lkl_host_operations host;
static struct image_device device;
static struct lkl_poller *poller;
static struct lkl_blk_info info;
static void *blk;
static uint64_t left;

/* Files */

/* Fill @buf with bytes that depend on their offset in a file, never with 0. */
static void fill(void *buf, size_t len, uint64_t off)
{
	uint8_t *p = buf;

	for (; len--; off++)
		*p++ = (off * 0x9e3779b97f4a7c15ULL) >> 56 | 1;
}

static bool is_filled(const void *buf, size_t len, uint64_t off)
{
	static char want[16 * BLOCK];

	fill(want, len, off);
	return !memcmp(buf, want, len);
}

static bool is_zero(const void *buf, size_t len)
{
	const char *p = buf;

	while (len--)
		if (*p++)
			return false;
	return true;
}

/* Create a file, or shorten it. */
static void write_file(size_t len)
{
	int fd = host_file_open(NAME, O_WRONLY | O_CREAT | O_TRUNC);
	char *buf = malloc(len);

	fill(buf, len, 0);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, buf, len), len);
	ck_assert(!close(fd));
	free(buf);
}

/* Let the device be the @size bytes at @start of a file with @whole bytes. */
static void device_use(size_t whole, uint64_t start, uint64_t size)
{
	struct disk_file file;

	write_file(whole);
	ck_assert_int_eq(disk_file_open(&file, NAME, true), 0);
	ck_assert_int_eq(image_device_open(&device, &file), 0);
	ck_assert(!start || image_device_narrow(&device, start, size));
}

static void device_end_use(void)
{
	ck_assert_int_eq(image_device_close(&device), 0);
	ck_assert(!host_file_remove(NAME));
}

/* Requests */

static void device_start(void)
{
	struct lkl_disk disk = { .handle = &device };

	host = *lkl_default_host_ops();
	image_devices_init(&host, NULL);
	ck_assert_int_eq(host.wait->poller_create(&poller), 0);
	ck_assert_int_eq(host.blk->open(poller, &disk, &info, &blk), 0);
}

static void device_stop(void)
{
	host.blk->close(blk);
	host.wait->poller_destroy(poller);
	device_end_use();
}

static void req_done(struct lkl_blk_io *io, int result)
{
	struct req *req = container_of(io, struct req, io);

	ck_assert(!req->done);
	req->done = true;
	req->result = result;
}

/* Do what a thread of liblkl does when the kernel is idle. */
static void req_finish(const struct req *req)
{
	while (!req->done) {
		struct lkl_blk_io *io;

		if (host.wait->poller_reap(poller))
			continue;
		io = host.wait->poller_prepare(poller);
		if (io)
			host.wait->poller_work(poller, io);
		else
			host.wait->poller_wait(poller, INT64_MAX);
	}
}

static int device_rw(uint32_t op, void *buf, size_t len, uint64_t off)
{
	struct iovec iov = { buf, len };
	struct req req = {
		.io = {
			.op = op,
			.offset = off,
			.len = len,
			.iov = &iov,
			.iov_count = buf ? 1 : 0,
			.done = req_done,
		},
	};

	host.blk->submit(blk, &req.io);
	req_finish(&req);
	return req.result;
}

/* Return true if the file has its first contents in [@from, @to). */
static bool file_is_filled(uint64_t from, uint64_t to)
{
	static char buf[16 * BLOCK];

	ck_assert_int_eq(disk_file_read(&device.file, buf, to - from, from),
			 to - from);
	return is_filled(buf, to - from, from);
}

START_TEST(part_of_a_file_is_all_that_is_written)
{
	char buf[BLOCK];

	device_use(4 * BLOCK, START, BLOCK + 100);
	device_start();
	/* A block that is not complete would reach beyond the end. */
	ck_assert_uint_eq(info.size_bytes, BLOCK);
	ck_assert_int_eq(device_rw(LKL_BLK_OP_READ, buf, BLOCK, 0), 0);
	ck_assert(is_filled(buf, BLOCK, START));
	memset(buf, 0, BLOCK);
	ck_assert_int_eq(device_rw(LKL_BLK_OP_WRITE, buf, BLOCK, 0), 0);
	ck_assert_int_eq(device_rw(LKL_BLK_OP_READ, buf, BLOCK, 0), 0);
	ck_assert(is_zero(buf, BLOCK));
	ck_assert(file_is_filled(0, START));
	ck_assert(file_is_filled(START + BLOCK, 4 * BLOCK));
	device_stop();
}
END_TEST

START_TEST(last_sector_of_a_file_can_grow)
{
	char buf[2 * SECTOR];

	device_use(START + SECTOR + 10, START, 0);
	device_start();
	ck_assert_uint_eq(info.size_bytes, 2 * SECTOR);
	ck_assert_int_eq(device_rw(LKL_BLK_OP_READ, buf, sizeof(buf), 0), 0);
	ck_assert(is_filled(buf, SECTOR + 10, START));
	ck_assert(is_zero(buf + SECTOR + 10, SECTOR - 10));
	memset(buf, 'x', SECTOR);
	ck_assert_int_eq(device_rw(LKL_BLK_OP_WRITE, buf, SECTOR, SECTOR), 0);
	memset(buf, 0, sizeof(buf));
	ck_assert_int_eq(device_rw(LKL_BLK_OP_READ, buf, sizeof(buf), 0), 0);
	ck_assert_int_eq(buf[2 * SECTOR - 1], 'x');
	ck_assert_int_eq(disk_file_size(&device.file), START + 2 * SECTOR);
	device_stop();
}
END_TEST

START_TEST(file_that_must_not_change_is_padded_and_keeps_its_bytes)
{
	char buf[2 * BLOCK], written[SECTOR];

	device_use(4 * BLOCK, START, BLOCK + 100);
	image_device_keep(&device, &left, BLOCK);
	left = 10 * BLOCK;
	device_start();
	ck_assert_uint_eq(info.size_bytes, 2 * BLOCK);
	ck_assert(!(info.flags & (LKL_BLK_READ_ONLY | LKL_BLK_DISCARD |
				  LKL_BLK_WRITE_ZEROES)));
	memset(written, 'x', SECTOR);
	ck_assert_int_eq(device_rw(LKL_BLK_OP_WRITE, written, SECTOR, BLOCK), 0);
	ck_assert_int_eq(device_rw(LKL_BLK_OP_WRITE, written, SECTOR,
				   2 * BLOCK - SECTOR), 0);
	ck_assert_int_eq(device_rw(LKL_BLK_OP_FLUSH, NULL, 0, 0), 0);
	ck_assert_int_eq(device_rw(LKL_BLK_OP_READ, buf, 2 * BLOCK, 0), 0);
	ck_assert(is_filled(buf, BLOCK, START));
	ck_assert_mem_eq(buf + BLOCK, written, SECTOR);
	ck_assert(is_zero(buf + BLOCK + SECTOR, BLOCK - 2 * SECTOR));
	ck_assert_mem_eq(buf + 2 * BLOCK - SECTOR, written, SECTOR);
	ck_assert(file_is_filled(0, 4 * BLOCK));
	device_stop();
}
END_TEST

/* A mount for writing has failed, and the image is mounted read-only. */
START_TEST(disk_that_is_in_use_can_stop_to_change_its_file)
{
	char buf[SECTOR] = "";

	device_use(4 * BLOCK, 0, 0);
	device_start();
	ck_assert_int_eq(device_rw(LKL_BLK_OP_WRITE, buf, SECTOR, 0), 0);
	left = 10 * BLOCK;
	image_device_keep(&device, &left, BLOCK);
	ck_assert_int_eq(device_rw(LKL_BLK_OP_WRITE, buf, SECTOR, BLOCK), 0);
	ck_assert_int_eq(device_rw(LKL_BLK_OP_DISCARD, NULL, BLOCK, 0), 0);
	ck_assert_int_eq(device_rw(LKL_BLK_OP_WRITE_ZEROES, NULL, BLOCK,
				   2 * BLOCK), -LKL_EOPNOTSUPP);
	ck_assert(file_is_filled(SECTOR, 4 * BLOCK));
	ck_assert_int_eq(device_rw(LKL_BLK_OP_READ, buf, SECTOR, BLOCK), 0);
	ck_assert(is_zero(buf, SECTOR));
	device_stop();
}
END_TEST

START_TEST(what_does_not_fit_into_memory_is_an_error)
{
	char buf[SECTOR] = "";

	device_use(4 * BLOCK, 0, 0);
	left = BLOCK + BLOCK / 2;
	image_device_keep(&device, &left, BLOCK);
	device_start();
	ck_assert_int_eq(device_rw(LKL_BLK_OP_WRITE, buf, SECTOR, 0), 0);
	ck_assert(!device.has_lost);
	ck_assert_int_eq(device_rw(LKL_BLK_OP_WRITE, buf, SECTOR, BLOCK),
			 -LKL_ENOSPC);
	ck_assert(device.has_lost);
	ck_assert_int_eq(device_rw(LKL_BLK_OP_READ, buf, SECTOR, BLOCK), 0);
	ck_assert(is_filled(buf, SECTOR, BLOCK));
	device_stop();
}
END_TEST

START_TEST(file_that_became_shorter_is_an_error)
{
	char buf[SECTOR];

	device_use(4 * BLOCK + 10, START, 0);
	device_start();
	write_file(2 * BLOCK);
	ck_assert_int_eq(device_rw(LKL_BLK_OP_READ, buf, SECTOR, 0), 0);
	ck_assert_int_eq(device_rw(LKL_BLK_OP_READ, buf, SECTOR,
				   info.size_bytes - SECTOR), -LKL_EIO);
	device_stop();
}
END_TEST

START_TEST(offset_behind_the_end_is_refused)
{
	device_use(BLOCK, 0, 0);
	ck_assert(!image_device_narrow(&device, BLOCK, 0));
	ck_assert(image_device_narrow(&device, BLOCK - 1, 0));
	ck_assert_uint_eq(device.size, 1);
	ck_assert(!image_device_narrow(&device, 1, 0));
	device_end_use();
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("disk-device");

	tcase_add_test(tc, part_of_a_file_is_all_that_is_written);
	tcase_add_test(tc, last_sector_of_a_file_can_grow);
	tcase_add_test(tc, file_that_must_not_change_is_padded_and_keeps_its_bytes);
	tcase_add_test(tc, disk_that_is_in_use_can_stop_to_change_its_file);
	tcase_add_test(tc, what_does_not_fit_into_memory_is_an_error);
	tcase_add_test(tc, file_that_became_shorter_is_an_error);
	tcase_add_test(tc, offset_behind_the_end_is_refused);
	return run_case(tc, CK_FORK);
}
