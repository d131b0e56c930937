// SPDX-License-Identifier: GPL-2.0
/*
 * Disks that fail at the worst moment: request after request.  Whatever the
 * moment, no call hangs, and what was lost is reported.
 *
 * The environment names an image, EXT4_IMAGE, which is not changed.
 */
#define _GNU_SOURCE
#include <check.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <lkl_host.h>

#include "../check-main.h"

/* A disk in memory; its contents are those of the image, privately. */
static struct {
	char *data;
	size_t size;
	unsigned int type;	/* what fails, or NONE */
	long countdown;		/* after so many of these */
	bool for_good;		/* and all that come after it */
	bool failed;
} disk_state;

#define NONE	~0U

static int get_capacity(struct lkl_disk disk, unsigned long long *res)
{
	*res = disk_state.size;
	return 0;
}

static bool fails(unsigned int type)
{
	if (type == LKL_DEV_BLK_TYPE_FLUSH_OUT)
		type = LKL_DEV_BLK_TYPE_FLUSH;
	if (type != disk_state.type)
		return false;
	if (disk_state.failed && disk_state.for_good)
		return true;
	if (disk_state.countdown-- != 0)
		return false;
	disk_state.failed = true;
	return true;
}

static int request(struct lkl_disk disk, struct lkl_blk_req *req)
{
	char *at = disk_state.data + req->sector * 512;
	int i;

	if (fails(req->type))
		return LKL_DEV_BLK_STATUS_IOERR;
	for (i = 0; i < req->count; i++) {
		struct iovec *v = &req->buf[i];

		if (req->type == LKL_DEV_BLK_TYPE_WRITE)
			memcpy(at, v->iov_base, v->iov_len);
		else
			memcpy(v->iov_base, at, v->iov_len);
		at += v->iov_len;
	}
	return LKL_DEV_BLK_STATUS_OK;
}

static struct lkl_dev_blk_ops ops = { get_capacity, request };

static void open_disk(void)
{
	const char *image = getenv("EXT4_IMAGE");
	int fd = open(image, O_RDONLY);
	struct stat st;

	ck_assert_msg(fd >= 0, "EXT4_IMAGE: %s", image);
	fstat(fd, &st);
	disk_state.size = st.st_size;
	disk_state.data = mmap(NULL, st.st_size, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE, fd, 0);
	ck_assert_ptr_ne(disk_state.data, MAP_FAILED);
	close(fd);
	disk_state.failed = false;
}

static void close_disk(void)
{
	munmap(disk_state.data, disk_state.size);
}

/* First error wins. */
static void note(long *err, long ret)
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
	note(err, fd);
	if (fd < 0)
		return;
	note(err, lkl_sys_write(fd, data, sizeof(data)));
	note(err, lkl_sys_fsync(fd));
	note(err, lkl_sys_close(fd));
}

/* Boots, works, halts; the first error that a program would have seen. */
static long work(void)
{
	struct lkl_disk disk = { .ops = &ops };
	long err = 0, ret;
	char mnt[64];
	int id, i;

	ret = lkl_init(&lkl_host_ops);
	if (ret)
		return ret;
	id = lkl_disk_add(&disk);
	note(&err, id);
	ret = lkl_start_kernel("quiet");
	note(&err, ret);
	if (!ret) {
		ret = id < 0 ? id : lkl_mount_dev(id, 0, "ext4", 0, NULL, mnt,
						  sizeof(mnt));
		note(&err, ret);
		for (i = 0; !ret && i < 5; i++)
			use_file(mnt, i, &err);
		note(&err, lkl_sys_halt());
	}
	lkl_cleanup();
	return err;
}

/* The @n-th request of a type fails, for each n that there is. */
static void fail_requests(unsigned int type, bool for_good, bool must_tell)
{
	long n;

	for (n = 0; n < 1000; n++) {
		long err;

		open_disk();
		disk_state.type = type;
		disk_state.countdown = n;
		disk_state.for_good = for_good;
		err = work();
		close_disk();
		if (!disk_state.failed)
			break;
		if (must_tell)
			ck_assert_msg(err, "failure %ld was kept quiet", n);
	}
	ck_assert_msg(n > 2, "only %ld requests", n);
	ck_assert_int_lt(n, 1000);
}

START_TEST(without_failures_there_is_no_error)
{
	open_disk();
	disk_state.type = NONE;
	ck_assert_int_eq(work(), 0);
	close_disk();
}
END_TEST

/* The kernel may read again, and then nothing is lost. */
START_TEST(a_read_fails)
{
	fail_requests(LKL_DEV_BLK_TYPE_READ, false, false);
}
END_TEST

START_TEST(all_reads_fail_from_some_point_on)
{
	fail_requests(LKL_DEV_BLK_TYPE_READ, true, true);
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

static void setup(void)
{
	lkl_host_ops.print = NULL;
	lkl_host_ops.flags |= LKL_HOST_NO_DRIVER;
}

int main(void)
{
	TCase *tc = tcase_create("faults");

	tcase_set_timeout(tc, 300);
	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, without_failures_there_is_no_error);
	tcase_add_test(tc, a_read_fails);
	tcase_add_test(tc, all_reads_fail_from_some_point_on);
	tcase_add_test(tc, a_write_fails);
	tcase_add_test(tc, all_writes_fail_from_some_point_on);
	tcase_add_test(tc, a_flush_fails);
	return run_case(tc, CK_FORK);
}
