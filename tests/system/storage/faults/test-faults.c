// SPDX-License-Identifier: GPL-2.0
/*
 * Disk failures, at each request in turn.  No call may hang, and the loss of
 * data must be reported.  A failure that loses no data may go unreported: if the
 * kernel cannot read the bitmap of a block group, ext4 uses another group.
 *
 * The environment names an image, EXT4_IMAGE, which is not changed.
 */
#include <check.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lkl_host.h>

#include "support/check-main.h"
#include "support/disk/memory-disk.h"

#define NONE	~0U
#define FILES	5

/* The failure to inject */
static struct {
	unsigned int type;	/* type of the requests that fail, or NONE */
	long countdown;		/* requests that succeed before */
	bool for_good;		/* all later requests fail, too */
	bool failed;
} fault;

static bool fail_request(unsigned int type)
{
	if (type == LKL_DEV_BLK_TYPE_FLUSH_OUT)
		type = LKL_DEV_BLK_TYPE_FLUSH;
	if (type != fault.type)
		return false;
	if (fault.failed && fault.for_good)
		return true;
	if (fault.countdown-- != 0)
		return false;
	fault.failed = true;
	return true;
}

static struct memory_disk mem_disk = { .fails = fail_request };

static void open_disk(void)
{
	memory_disk_open(&mem_disk, getenv("EXT4_IMAGE"));
	fault.failed = false;
}

static void close_disk(void)
{
	memory_disk_close(&mem_disk);
}

/* Keep the first error. */
static void note_error(long *err, long ret)
{
	if (ret < 0 && !*err)
		*err = ret;
}

static void use_file(const char *mnt, int i, long *err)
{
	char path[128], data[5000];
	long fd;

	snprintf(path, sizeof(path), "%s/file-%d", mnt, i);
	memset(data, i, sizeof(data));
	fd = lkl_sys_open(path, LKL_O_CREAT | LKL_O_RDWR, 0644);
	note_error(err, fd);
	if (fd < 0)
		return;
	note_error(err, lkl_sys_write(fd, data, sizeof(data)));
	note_error(err, lkl_sys_fsync(fd));
	note_error(err, lkl_sys_close(fd));
}

static bool file_is_complete(const char *mnt, int i)
{
	char path[128], data[5000], back[5001];
	long fd, n;

	snprintf(path, sizeof(path), "%s/file-%d", mnt, i);
	memset(data, i, sizeof(data));
	fd = lkl_sys_open(path, LKL_O_RDONLY, 0);
	n = lkl_sys_read(fd, back, sizeof(back));
	lkl_sys_close(fd);
	return n == sizeof(data) && !memcmp(data, back, sizeof(data));
}

/* Return true if the disk has the files, now that the disk works again. */
static bool files_are_complete(void)
{
	struct lkl_disk disk = memory_disk(&mem_disk);
	bool complete = true;
	char mnt[64];
	int i;

	fault.type = NONE;
	ck_assert_int_eq(lkl_init(&lkl_host_ops), 0);
	ck_assert_int_eq(lkl_disk_add(&disk), 0);
	ck_assert_int_eq(lkl_start_kernel("quiet"), 0);
	ck_assert_int_eq(lkl_mount_dev(0, 0, "ext4", 0, NULL, mnt,
				       sizeof(mnt)), 0);
	for (i = 0; i < FILES; i++)
		complete &= file_is_complete(mnt, i);
	ck_assert_int_eq(lkl_sys_halt(), 0);
	lkl_cleanup();
	return complete;
}

/* Boot, use files, halt; return the first error that a program would see. */
static long use_file_system(void)
{
	struct lkl_disk disk = memory_disk(&mem_disk);
	long err = 0, ret;
	char mnt[64];
	int id, i;

	ret = lkl_init(&lkl_host_ops);
	if (ret)
		return ret;
	id = lkl_disk_add(&disk);
	note_error(&err, id);
	ret = lkl_start_kernel("quiet");
	note_error(&err, ret);
	if (!ret) {
		ret = id < 0 ? id : lkl_mount_dev(id, 0, "ext4", 0, NULL, mnt,
						  sizeof(mnt));
		note_error(&err, ret);
		for (i = 0; !ret && i < FILES; i++)
			use_file(mnt, i, &err);
		note_error(&err, lkl_sys_halt());
	}
	lkl_cleanup();
	return err;
}

/* Let the n-th request of a type fail, for each n in turn. */
static void fail_requests(unsigned int type, bool for_good, bool must_tell)
{
	long n;

	for (n = 0; n < 1000; n++) {
		long err;

		open_disk();
		fault.type = type;
		fault.countdown = n;
		fault.for_good = for_good;
		err = use_file_system();
		if (must_tell && fault.failed)
			ck_assert_msg(err, "failure %ld was kept quiet", n);
		if (!err)
			ck_assert_msg(files_are_complete(),
				      "failure %ld lost data quietly", n);
		close_disk();
		if (!fault.failed)
			break;
	}
	ck_assert_msg(n > 2, "only %ld requests", n);
	ck_assert_int_lt(n, 1000);
}

START_TEST(without_failures_there_is_no_error)
{
	open_disk();
	fault.type = NONE;
	ck_assert_int_eq(use_file_system(), 0);
	close_disk();
}
END_TEST

/* The kernel may repeat the read, or do without. */
START_TEST(a_read_fails)
{
	fail_requests(LKL_DEV_BLK_TYPE_READ, false, false);
}
END_TEST

START_TEST(all_reads_fail_from_some_point_on)
{
	fail_requests(LKL_DEV_BLK_TYPE_READ, true, false);
}
END_TEST

START_TEST(a_write_fails)
{
	fail_requests(LKL_DEV_BLK_TYPE_WRITE, false, true);
}
END_TEST

START_TEST(all_writes_fail_from_some_point_on)
{
	fail_requests(LKL_DEV_BLK_TYPE_WRITE, true, true);
}
END_TEST

START_TEST(a_flush_fails)
{
	fail_requests(LKL_DEV_BLK_TYPE_FLUSH, false, true);
}
END_TEST

static void set_up_host(void)
{
	lkl_host_ops.print = NULL;
	lkl_host_ops.flags |= LKL_HOST_NO_DRIVER;
}

int main(void)
{
	TCase *tc = tcase_create("faults");

	tcase_set_timeout(tc, 300);
	tcase_add_checked_fixture(tc, set_up_host, NULL);
	tcase_add_test(tc, without_failures_there_is_no_error);
	tcase_add_test(tc, a_read_fails);
	tcase_add_test(tc, all_reads_fail_from_some_point_on);
	tcase_add_test(tc, a_write_fails);
	tcase_add_test(tc, all_writes_fail_from_some_point_on);
	tcase_add_test(tc, a_flush_fails);
	return run_case(tc, CK_FORK);
}
