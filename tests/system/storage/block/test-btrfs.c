// SPDX-License-Identifier: GPL-2.0
/*
 * Features of btrfs for which other file systems need the device mapper: a
 * mirror on two disks, checksums, compression.
 *
 * The environment names the two images of one file system, BTRFS_A and BTRFS_B,
 * which are not changed.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lkl_host.h>
#include <lkl/linux/btrfs.h>

#include "support/check-main.h"
#include "support/disk/block.h"

#define PAGE		4096
#define TEXT_SIZE	(16 * MiB)

static struct memory_disk a, b;
static struct memory_disk *const disks[] = { &a, &b };

static void open_disks(void)
{
	memory_disk_open(&a, getenv("BTRFS_A"));
	memory_disk_open(&b, getenv("BTRFS_B"));
}

static long scan_device(int id)
{
	long fd = lkl_sys_open("/devtmpfs/btrfs-control", LKL_O_RDWR, 0), ret;
	static struct lkl_btrfs_ioctl_vol_args args;

	ck_assert_int_ge(fd, 0);
	snprintf(args.name, sizeof(args.name), "%s", node(disk_dev(id)));
	ret = lkl_sys_ioctl(fd, LKL_BTRFS_IOC_SCAN_DEV, (uintptr_t)&args);
	lkl_sys_close(fd);
	return ret;
}

static long try_mount(const char *options, char mnt[64])
{
	return lkl_mount_dev(0, 0, "btrfs", 0, options, mnt, 64);
}

static void mount_btrfs(const char *options, char mnt[64])
{
	long ret = try_mount(options, mnt);

	ck_assert_msg(!ret, "mount: %s", lkl_strerror(ret));
}

/* Boot with both disks, and mount the file system. */
static void boot_both(const char *options, char mnt[64])
{
	boot(disks, 2, "quiet");
	ck_assert_int_eq(scan_device(1), 0);
	mount_btrfs(options, mnt);
}

/* Check both halves of the mirror; each is a complete file system. */
static void check_both(void)
{
	check_on_host(&a, "btrfs check --check-data-csum");
	check_on_host(&b, "btrfs check --check-data-csum");
}

START_TEST(a_mirror_is_mounted_by_the_device_option)
{
	char mnt[64], options[64];

	open_disks();
	boot(disks, 2, "quiet");
	/* One disk alone is refused. */
	ck_assert_int_lt(try_mount(NULL, mnt), 0);
	snprintf(options, sizeof(options), "device=%s", node(disk_dev(1)));
	mount_btrfs(options, mnt);
	write_file(mnt, "file", 1);
	ck_assert_int_eq(lkl_umount_dev(0, 0, 0, 0), 0);
	/* From now on the kernel knows the other disk. */
	mount_btrfs(NULL, mnt);
	file_has(mnt, "file", 1);
	halt();
	check_both();
}
END_TEST

START_TEST(a_mirror_is_mounted_after_a_scan)
{
	char mnt[64];

	open_disks();
	boot_both(NULL, mnt);
	write_file(mnt, "file", 1);
	halt();
	check_both();

	boot_both(NULL, mnt);
	file_has(mnt, "file", 1);
	halt();
}
END_TEST

/* Mount the mirror with one disk, the first or the second. */
static void without_one_disk(struct memory_disk *rest)
{
	struct memory_disk *const one[] = { rest };
	char mnt[64];

	open_disks();
	boot_both(NULL, mnt);
	write_file(mnt, "file", 1);
	halt();

	boot(one, 1, "quiet");
	ck_assert_int_lt(try_mount(NULL, mnt), 0);
	mount_btrfs("degraded", mnt);
	file_has(mnt, "file", 1);
	write_file(mnt, "alone", 2);
	halt();

	boot(one, 1, "quiet");
	mount_btrfs("degraded", mnt);
	file_has(mnt, "alone", 2);
	halt();
	check_on_host(rest, "btrfs check");
}

START_TEST(a_mirror_without_one_disk_is_mounted_degraded)
{
	without_one_disk(_i ? &b : &a);
}
END_TEST

/* Change the data of write_file(@seed); return the number of places. */
static int corrupt_data(struct memory_disk *m, unsigned int seed)
{
	static char data[MiB];
	size_t at;
	int n = 0;

	make_bytes(data, sizeof(data), seed);
	for (at = 0; at < m->size; at += PAGE)
		if (!memcmp(m->data + at, data + MiB / 2, PAGE)) {
			m->data[at + 1000] ^= 1;
			n++;
		}
	return n;
}

START_TEST(wrong_data_are_read_from_the_other_disk_and_repaired)
{
	int i, repaired = 0;
	char mnt[64];

	/*
	 * The kernel chooses the disk to read, so corrupt one after the other.
	 */
	for (i = 0; i < 2; i++) {
		open_disks();
		boot_both(NULL, mnt);
		write_file(mnt, "file", 1);
		halt();
		ck_assert_int_eq(corrupt_data(disks[i], 1), 1);

		boot_both(NULL, mnt);
		file_has(mnt, "file", 1);
		halt();
		/* corrupt_data() finds only intact data. */
		repaired += corrupt_data(disks[i], 1);
	}
	ck_assert_int_ge(repaired, 1);
}
END_TEST

START_TEST(data_wrong_on_both_disks_give_an_error)
{
	char mnt[64], path[80];
	static char data[MiB];
	long fd;

	open_disks();
	boot_both(NULL, mnt);
	write_file(mnt, "file", 1);
	halt();
	ck_assert_int_eq(corrupt_data(&a, 1), 1);
	ck_assert_int_eq(corrupt_data(&b, 1), 1);

	boot_both(NULL, mnt);
	snprintf(path, sizeof(path), "%s/file", mnt);
	fd = lkl_sys_open(path, LKL_O_RDONLY, 0);
	ck_assert_int_eq(lkl_sys_pread64(fd, data, PAGE, MiB / 2), -LKL_EIO);
	ck_assert_int_eq(lkl_sys_pread64(fd, data, PAGE, MiB / 2 + PAGE), PAGE);
	halt();
}
END_TEST

/* Return the bytes in pages that are not zero, as a sparse image takes. */
static size_t used_bytes(const struct memory_disk *m)
{
	static const char zeros[PAGE];
	size_t at, n = 0;

	for (at = 0; at < m->size; at += PAGE)
		n += !!memcmp(m->data + at, zeros, PAGE);
	return n * PAGE;
}

static char *make_text(void)
{
	char *text = malloc(TEXT_SIZE + 64);
	size_t len = 0;
	unsigned int i;

	for (i = 0; len < TEXT_SIZE; i++)
		len += snprintf(text + len, 64, "Line %u of many that resemble each other.\n",
				i);
	return text;
}

/* Return how many bytes a file of text takes on both disks. */
static size_t used_growth(const char *options)
{
	char *text = make_text(), *found = malloc(TEXT_SIZE);
	char mnt[64], path[80];
	size_t before;
	long fd;

	open_disks();
	before = used_bytes(&a) + used_bytes(&b);
	boot_both(options, mnt);
	snprintf(path, sizeof(path), "%s/text", mnt);
	fd = lkl_sys_open(path, LKL_O_CREAT | LKL_O_RDWR, 0600);
	ck_assert_int_eq(lkl_sys_write(fd, text, TEXT_SIZE), TEXT_SIZE);
	halt();
	check_both();

	/* Reading compressed data needs no option. */
	boot_both(NULL, mnt);
	fd = lkl_sys_open(path, LKL_O_RDONLY, 0);
	ck_assert_int_eq(lkl_sys_read(fd, found, TEXT_SIZE), TEXT_SIZE);
	ck_assert(!memcmp(text, found, TEXT_SIZE));
	halt();
	free(found);
	free(text);
	return used_bytes(&a) + used_bytes(&b) - before;
}

START_TEST(compression_makes_text_small)
{
	static const char *const methods[] = { "zstd", "lzo", "zlib" };
	char options[32];

	snprintf(options, sizeof(options), "compress=%s", methods[_i]);
	ck_assert_uint_lt(used_growth(options), 2 * TEXT_SIZE / 3);
}
END_TEST

START_TEST(without_compression_text_stays_large)
{
	ck_assert_uint_ge(used_growth(NULL), 2 * TEXT_SIZE);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("btrfs");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, a_mirror_is_mounted_by_the_device_option);
	tcase_add_test(tc, a_mirror_is_mounted_after_a_scan);
	tcase_add_loop_test(tc, a_mirror_without_one_disk_is_mounted_degraded,
			    0, 2);
	tcase_add_test(tc, wrong_data_are_read_from_the_other_disk_and_repaired);
	tcase_add_test(tc, data_wrong_on_both_disks_give_an_error);
	tcase_add_loop_test(tc, compression_makes_text_small, 0, 3);
	tcase_add_test(tc, without_compression_text_stays_large);
	return run_case(tc, CK_FORK);
}
