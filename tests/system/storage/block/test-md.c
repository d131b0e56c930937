// SPDX-License-Identifier: GPL-2.0
/*
 * Arrays of disks, set up by ioctl: data survive the loss of one disk.
 *
 * The environment names an image, EXT4_IMAGE, which is not changed.
 */
#include <check.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lkl_host.h>
#include <lkl/linux/major.h>
#include <lkl/linux/raid/md_p.h>
#include <lkl/linux/raid/md_u.h>

#include "support/check-main.h"
#include "support/disk/block.h"

#define CHUNK		65536
#define ARRAY		(LKL_MD_MAJOR << 8)	/* md0 */
#define ABSENT		-1

static struct memory_disk disk[3];
static struct memory_disk *const disks[] = { &disk[0], &disk[1], &disk[2] };

static void boot_md_disks(int n)
{
	int i;

	for (i = 0; i < n; i++)
		memory_disk_blank(&disk[i], 24 * MiB);
	boot(disks, n, "quiet");
}

/* Open for reading, as a mounted device cannot be opened for writing. */
static long md_ioctl(unsigned int cmd, const void *arg)
{
	int fd = open_node(ARRAY, LKL_O_RDONLY);
	long ret = lkl_sys_ioctl(fd, cmd, (uintptr_t)arg);

	lkl_sys_close(fd);
	return ret;
}

static void md_do(unsigned int cmd, const void *arg)
{
	long ret = md_ioctl(cmd, arg);

	ck_assert_msg(!ret, "md: %s", lkl_strerror(ret));
}

static void add_member(int i, int id)
{
	uint32_t dev = disk_dev(id);
	lkl_mdu_disk_info_t info = {
		.number = i,
		.raid_disk = i,
		.major = dev >> 8,
		.minor = dev & 0xff,
		.state = 1 << LKL_MD_DISK_ACTIVE | 1 << LKL_MD_DISK_SYNC,
	};

	md_do(LKL_ADD_NEW_DISK, &info);
}

static bool with_superblocks;

/* Define an array; members are IDs of disks, or ABSENT. */
static void define_array(int level, const int *members, int n)
{
	unsigned int reserved = with_superblocks ? LKL_MD_RESERVED_BYTES : 0;
	lkl_mdu_array_info_t info = {
		.minor_version = LKL_MD_MINOR_VERSION,
		.level = level,
		.size = (24 * MiB - reserved) / 1024,
		.nr_disks = n,
		.raid_disks = n,
		.not_persistent = !with_superblocks,
		.state = 1 << LKL_MD_SB_CLEAN,
		.layout = level == 5 ? 2 : 0,
		.chunk_size = level == 1 ? 0 : CHUNK,
	};
	int i;

	md_do(LKL_SET_ARRAY_INFO, &info);
	for (i = 0; i < n; i++)
		if (members[i] != ABSENT)
			add_member(i, members[i]);
}

static void run_array(int level, const int *members, int n)
{
	define_array(level, members, n);
	md_do(LKL_RUN_ARRAY, NULL);
}

static void stop_array(void)
{
	md_do(LKL_STOP_ARRAY, NULL);
}

static lkl_mdu_array_info_t array_info(void)
{
	lkl_mdu_array_info_t info = { 0 };

	md_do(LKL_GET_ARRAY_INFO, &info);
	return info;
}

static void mount_has_file(void)
{
	char mnt[64];

	mount_ext4(ARRAY, mnt);
	file_has(mnt, "file", 77);
	umount_dev(ARRAY);
}

/* Failing disks */

static bool reads_fail;
static int failed_reads;

static bool fail_reads(unsigned int type)
{
	if (!reads_fail || type != LKL_DEV_BLK_TYPE_READ)
		return false;
	failed_reads++;
	return true;
}

/* raid0 */

START_TEST(raid0_stripes_over_its_members)
{
	const int members[] = { 0, 1, 2 };
	char data[3 * CHUNK];
	int i;

	boot_md_disks(3);
	run_array(0, members, 3);
	ck_assert_uint_eq(dev_size(ARRAY), 72 * MiB);
	use_ext4(ARRAY);
	make_bytes(data, sizeof(data), 1);
	dev_write(ARRAY, data, sizeof(data), 60 * MiB);
	for (i = 0; i < 3; i++)
		ck_assert(!memcmp(disk[i].data + 20 * MiB, data + i * CHUNK,
				  CHUNK));
	stop_array();
	run_array(0, members, 3);
	mount_has_file();
	stop_array();
	halt();
}
END_TEST

/* raid1 */

START_TEST(raid1_writes_the_same_to_each_member)
{
	const int members[] = { 0, 1 };

	boot_md_disks(2);
	run_array(1, members, 2);
	use_ext4(ARRAY);
	stop_array();
	ck_assert(!memcmp(disk[0].data, disk[1].data, disk[0].size));
	halt();
	ext4_is_clean(&disk[0]);
}
END_TEST

START_TEST(raid1_reads_on_when_one_member_fails_every_read)
{
	const int members[] = { 0, 1 };
	int failing;

	for (failing = 0; failing < 2; failing++) {
		boot_md_disks(2);
		run_array(1, members, 2);
		use_ext4(ARRAY);
		disk[failing].fails = fail_reads;
		reads_fail = true;
		mount_has_file();
		dev_has(ARRAY, disk[!failing].data, disk[0].size, 0);
		reads_fail = false;
		disk[failing].fails = NULL;
		stop_array();
		halt();
	}
	/* The kernel may never read one of the members, but reads the other. */
	ck_assert_int_gt(failed_reads, 0);
}
END_TEST

START_TEST(raid1_reports_when_all_members_fail)
{
	const int members[] = { 0, 1 };
	char data[4096];

	boot_md_disks(2);
	run_array(1, members, 2);
	dev_has(ARRAY, disk[0].data, sizeof(data), 0);
	disk[0].fails = fail_reads;
	disk[1].fails = fail_reads;
	reads_fail = true;
	ck_assert_int_eq(dev_read(ARRAY, data, sizeof(data), MiB), -LKL_EIO);
	stop_array();
	halt();
}
END_TEST

/* Wait in poll() until the array is rebuilt. */
static void wait_for_rebuild(void)
{
	struct lkl_pollfd p = { .events = LKL_POLLPRI };
	char state[16];
	long n;

	p.fd = lkl_sys_open("/sysfs/block/md0/md/sync_action", LKL_O_RDONLY, 0);
	ck_assert_int_ge(p.fd, 0);
	for (;;) {
		n = lkl_sys_pread64(p.fd, state, sizeof(state) - 1, 0);
		ck_assert_int_gt(n, 0);
		state[n] = 0;
		if (!strcmp(state, "idle\n") && !array_info().spare_disks)
			break;
		ck_assert_int_ge(lkl_sys_poll(&p, 1, -1), 0);
	}
	lkl_sys_close(p.fd);
}

START_TEST(a_member_that_is_added_is_rebuilt)
{
	const int members[] = { 0, ABSENT };

	boot_md_disks(2);
	run_array(1, members, 2);
	use_ext4(ARRAY);
	ck_assert_int_eq(array_info().active_disks, 1);
	ck_assert(memcmp(disk[0].data, disk[1].data, disk[0].size));
	md_do(LKL_HOT_ADD_DISK, (void *)(uintptr_t)disk_dev(1));
	wait_for_rebuild();
	ck_assert_int_eq(array_info().active_disks, 2);
	stop_array();
	ck_assert(!memcmp(disk[0].data, disk[1].data, disk[0].size));
	halt();
}
END_TEST

/* raid5 */

START_TEST(raid5_works_without_any_one_member)
{
	int missing;

	for (missing = 0; missing < 3; missing++) {
		int members[] = { 0, 1, 2 };

		boot_md_disks(3);
		run_array(5, members, 3);
		ck_assert_uint_eq(dev_size(ARRAY), 48 * MiB);
		use_ext4(ARRAY);
		stop_array();

		members[missing] = ABSENT;
		memset(disk[missing].data, 0xff, disk[missing].size);
		run_array(5, members, 3);
		mount_has_file();
		stop_array();
		halt();
	}
}
END_TEST

START_TEST(raid5_keeps_data_written_without_one_member)
{
	int members[] = { 0, ABSENT, 2 };
	char mnt[64];

	boot_md_disks(3);
	run_array(5, members, 3);
	use_ext4(ARRAY);
	mount_ext4(ARRAY, mnt);
	write_file(mnt, "more", 5);
	umount_dev(ARRAY);
	mount_has_file();
	mount_ext4(ARRAY, mnt);
	file_has(mnt, "more", 5);
	umount_dev(ARRAY);
	stop_array();
	halt();
}
END_TEST

START_TEST(raid5_does_not_run_without_two_members)
{
	const int members[] = { 0, ABSENT, ABSENT };

	boot_md_disks(1);
	define_array(5, members, 3);
	ck_assert_int_eq(md_ioctl(LKL_RUN_ARRAY, NULL), -LKL_EIO);
	halt();
}
END_TEST

/* Stop and halt */

/* With clean superblocks, the next start needs no resynchronization. */
START_TEST(halt_leaves_the_superblocks_clean)
{
	const size_t at = 24 * MiB - LKL_MD_RESERVED_BYTES;
	const int members[] = { 0, 1 };
	const lkl_mdp_super_t *sb;
	char data[CHUNK];
	int i;

	with_superblocks = true;
	boot_md_disks(2);
	run_array(1, members, 2);
	make_bytes(data, sizeof(data), 5);
	dev_write(ARRAY, data, sizeof(data), 0);
	halt();
	for (i = 0; i < 2; i++) {
		sb = (const void *)(disk[i].data + at);
		ck_assert_uint_eq(sb->md_magic, LKL_MD_SB_MAGIC);
		ck_assert_uint_eq(sb->state, 1 << LKL_MD_SB_CLEAN);
	}
}
END_TEST

START_TEST(an_array_in_use_is_not_stopped)
{
	const int members[] = { 0, 1 };
	char mnt[64];

	boot_md_disks(2);
	run_array(1, members, 2);
	put_ext4(ARRAY);
	mount_ext4(ARRAY, mnt);
	ck_assert_int_eq(md_ioctl(LKL_STOP_ARRAY, NULL), -LKL_EBUSY);
	umount_dev(ARRAY);
	stop_array();
	ck_assert_int_eq(md_ioctl(LKL_GET_ARRAY_INFO, mnt), -LKL_ENODEV);
	halt();
}
END_TEST

START_TEST(halt_writes_a_file_system_on_an_array)
{
	const int members[] = { 0, 1, 2 };
	char mnt[64];

	boot_md_disks(3);
	run_array(5, members, 3);
	put_ext4(ARRAY);
	mount_ext4(ARRAY, mnt);
	write_file(mnt, "file", 77);
	halt();

	boot(disks, 3, "quiet");
	run_array(5, members, 3);
	mount_has_file();
	stop_array();
	halt();
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("md");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, raid0_stripes_over_its_members);
	tcase_add_test(tc, raid1_writes_the_same_to_each_member);
	tcase_add_test(tc, raid1_reads_on_when_one_member_fails_every_read);
	tcase_add_test(tc, raid1_reports_when_all_members_fail);
	tcase_add_test(tc, a_member_that_is_added_is_rebuilt);
	tcase_add_test(tc, raid5_works_without_any_one_member);
	tcase_add_test(tc, raid5_keeps_data_written_without_one_member);
	tcase_add_test(tc, raid5_does_not_run_without_two_members);
	tcase_add_test(tc, an_array_in_use_is_not_stopped);
	tcase_add_test(tc, halt_writes_a_file_system_on_an_array);
	tcase_add_test(tc, halt_leaves_the_superblocks_clean);
	return run_case(tc, CK_FORK);
}
