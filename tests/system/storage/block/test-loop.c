// SPDX-License-Identifier: GPL-2.0
/*
 * Loop devices: file systems in files in file systems.
 *
 * The environment names an image, EXT4_IMAGE, which is not changed.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lkl_host.h>
#include <lkl/linux/loop.h>

#include "support/check-main.h"
#include "support/disk/block.h"

static struct memory_disk disk;
static struct memory_disk *const disks[] = { &disk };

static void boot_with_tmpfs(void)
{
	boot(NULL, 0, "quiet");
	ck_assert_int_eq(lkl_sys_mkdir("/tmp", 0755), 0);
	ck_assert_int_eq(lkl_sys_mount("none", "/tmp", "tmpfs", 0, NULL), 0);
}

/* Detach the file, now or when the last user closes the device. */
static long loop_clear(uint32_t dev)
{
	int fd = open_node(dev, LKL_O_RDONLY);
	long ret = lkl_sys_ioctl(fd, LKL_LOOP_CLR_FD, 0);

	lkl_sys_close(fd);
	return ret;
}

static void loop_remove(uint32_t dev)
{
	ck_assert_int_eq(loop_clear(dev), 0);
	ck_assert_int_eq(loop_clear(dev), -LKL_ENXIO);
}

static void remount_has_file(uint32_t dev)
{
	char mnt[64];

	mount_ext4(dev, mnt);
	file_has(mnt, "file", 1);
	umount_dev(dev);
}

static void loop_write_and_remount(uint32_t dev)
{
	char mnt[64];

	mount_ext4(dev, mnt);
	write_file(mnt, "file", 1);
	umount_dev(dev);
	remount_has_file(dev);
}

START_TEST(a_file_of_tmpfs_is_mounted)
{
	const struct lkl_loop_info64 lo = { 0 };
	uint32_t dev;

	boot_with_tmpfs();
	make_ext4_file("/tmp/image", 0);
	dev = loop_add("/tmp/image", &lo);
	loop_write_and_remount(dev);
	loop_remove(dev);

	/* The file contains the written data. */
	dev = loop_add("/tmp/image", &lo);
	remount_has_file(dev);
	loop_remove(dev);
	halt();
}
END_TEST

START_TEST(offset_and_limit_are_respected)
{
	const struct lkl_loop_info64 lo = { .lo_offset = MiB,
				      .lo_sizelimit = 16 * MiB };
	char data[512], found[512];
	uint32_t dev;
	long fd;

	boot_with_tmpfs();
	make_ext4_file("/tmp/image", MiB);
	make_bytes(data, sizeof(data), 1);
	fd = lkl_sys_open("/tmp/image", LKL_O_RDWR, 0);
	lkl_sys_pwrite64(fd, data, sizeof(data), MiB - sizeof(data));
	lkl_sys_pwrite64(fd, data, sizeof(data), 17 * MiB);
	dev = loop_add("/tmp/image", &lo);
	ck_assert_uint_eq(dev_size(dev), 16 * MiB);
	loop_write_and_remount(dev);
	lkl_sys_pread64(fd, found, sizeof(found), MiB - sizeof(found));
	ck_assert(!memcmp(found, data, sizeof(data)));
	lkl_sys_pread64(fd, found, sizeof(found), 17 * MiB);
	ck_assert(!memcmp(found, data, sizeof(data)));
	loop_remove(dev);
	halt();
}
END_TEST

START_TEST(a_read_only_device_is_not_written)
{
	const struct lkl_loop_info64 lo = { .lo_flags = LKL_LO_FLAGS_READ_ONLY };
	char mnt[64];
	uint32_t dev;

	boot_with_tmpfs();
	make_ext4_file("/tmp/image", 0);
	dev = loop_add("/tmp/image", &lo);
	ck_assert_int_eq(lkl_mount_blkdev(dev, "ext4", 0, NULL, mnt,
					  sizeof(mnt)), -LKL_EACCES);
	ck_assert_int_eq(lkl_mount_blkdev(dev, "ext4", LKL_MS_RDONLY, NULL, mnt,
					  sizeof(mnt)), 0);
	umount_dev(dev);
	loop_remove(dev);
	halt();
}
END_TEST

static void boot_with_disk(char mnt[64])
{
	boot(disks, 1, "quiet");
	mount_ext4(disk_dev(0), mnt);
}

static void make_inner(const char *mnt)
{
	char path[80];

	snprintf(path, sizeof(path), "%s/image", mnt);
	make_ext4_file(path, 0);
}

static uint32_t add_inner(const char *mnt, uint32_t flags)
{
	const struct lkl_loop_info64 lo = { .lo_flags = flags };
	char path[80];

	snprintf(path, sizeof(path), "%s/image", mnt);
	return loop_add(path, &lo);
}

START_TEST(halt_writes_nested_file_systems)
{
	char outer[64], inner[64];

	memory_disk_open(&disk, getenv("EXT4_IMAGE"));
	boot_with_disk(outer);
	make_inner(outer);
	mount_ext4(add_inner(outer, 0), inner);
	write_file(inner, "file", 1);
	write_file(outer, "file", 2);
	halt();
	ext4_is_clean(&disk);

	boot_with_disk(outer);
	file_has(outer, "file", 2);
	mount_ext4(add_inner(outer, 0), inner);
	file_has(inner, "file", 1);
	halt();
}
END_TEST

static bool writes_fail;

static bool fail_writes(unsigned int type)
{
	return writes_fail && type == LKL_DEV_BLK_TYPE_WRITE;
}

START_TEST(a_failing_disk_does_not_make_others_unclean)
{
	static struct memory_disk bad = { .fails = fail_writes };
	struct memory_disk *disks[] = { &disk, &bad };
	char good_mnt[64], bad_mnt[64], inner[64];

	memory_disk_open(&disk, getenv("EXT4_IMAGE"));
	memory_disk_open(&bad, getenv("EXT4_IMAGE"));
	boot(disks, 2, "quiet");
	mount_ext4(disk_dev(0), good_mnt);
	mount_ext4(disk_dev(1), bad_mnt);
	make_inner(good_mnt);
	mount_ext4(add_inner(good_mnt, 0), inner);
	write_file(good_mnt, "file", 1);
	write_file(inner, "file", 2);
	write_file(bad_mnt, "file", 3);
	writes_fail = true;
	ck_assert_int_eq(lkl_sys_halt(), -LKL_EIO);
	lkl_cleanup();
	ext4_is_clean(&disk);
}
END_TEST

START_TEST(direct_io_to_a_file_of_ext4_works)
{
	char outer[64];
	uint32_t dev;

	memory_disk_open(&disk, getenv("EXT4_IMAGE"));
	boot_with_disk(outer);
	make_inner(outer);
	dev = add_inner(outer, LKL_LO_FLAGS_DIRECT_IO);
	loop_write_and_remount(dev);
	loop_remove(dev);
	/* The page cache must not keep old data. */
	dev = add_inner(outer, 0);
	remount_has_file(dev);
	loop_remove(dev);
	halt();
}
END_TEST

START_TEST(a_busy_device_is_cleared_by_its_last_user)
{
	char outer[64], inner[64];
	uint32_t dev;

	memory_disk_open(&disk, getenv("EXT4_IMAGE"));
	boot_with_disk(outer);
	make_inner(outer);
	dev = add_inner(outer, 0);
	mount_ext4(dev, inner);
	ck_assert_int_eq(loop_clear(dev), 0);
	write_file(inner, "file", 1);
	ck_assert_int_eq(lkl_umount_dev(0, 0, 0, 0), -LKL_EBUSY);
	umount_dev(dev);
	ck_assert_int_eq(lkl_umount_dev(0, 0, 0, 0), 0);
	halt();
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("loop");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, a_file_of_tmpfs_is_mounted);
	tcase_add_test(tc, offset_and_limit_are_respected);
	tcase_add_test(tc, a_read_only_device_is_not_written);
	tcase_add_test(tc, halt_writes_nested_file_systems);
	tcase_add_test(tc, a_failing_disk_does_not_make_others_unclean);
	tcase_add_test(tc, direct_io_to_a_file_of_ext4_works);
	tcase_add_test(tc, a_busy_device_is_cleared_by_its_last_user);
	return run_case(tc, CK_FORK);
}
