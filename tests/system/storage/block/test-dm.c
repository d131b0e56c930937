// SPDX-License-Identifier: GPL-2.0
/*
 * The targets of the device mapper, set up by ioctl as dmsetup does, on disks
 * in memory.
 *
 * The environment names an image, EXT4_IMAGE, its hash tree, VERITY_TREE, and
 * the file with the digest of the tree's root, VERITY_ROOT.
 */
#define _GNU_SOURCE
#include <check.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lkl_host.h>
#include <lkl/linux/dm-ioctl.h>

#include "support/check-main.h"
#include "support/disk/block.h"

#define BLOCK		4096

static struct memory_disk disk[3];
static struct memory_disk *const disks[] = { &disk[0], &disk[1], &disk[2] };

/* Calls of the device mapper */

static struct dm_request {
	struct lkl_dm_ioctl head;
	char data[2048] __attribute__((aligned(8)));
} request;

static void clear_request(void)
{
	memset(&request, 0, sizeof(request));
}

static long dm_ioctl(unsigned int cmd, const char *name, uint32_t flags)
{
	long fd = lkl_sys_open("/devtmpfs/mapper/control", LKL_O_RDWR, 0), ret;
	struct lkl_dm_ioctl *h = &request.head;

	ck_assert_int_ge(fd, 0);
	h->version[0] = LKL_DM_VERSION_MAJOR;
	h->data_size = sizeof(request);
	h->data_start = offsetof(struct dm_request, data);
	h->flags = flags;
	snprintf(h->name, sizeof(h->name), "%s", name);
	ret = lkl_sys_ioctl(fd, cmd, (uintptr_t)&request);
	lkl_sys_close(fd);
	return ret;
}

/* Make a call without data. */
static void dm_do(unsigned int cmd, const char *name, uint32_t flags)
{
	long ret;

	clear_request();
	ret = dm_ioctl(cmd, name, flags);
	ck_assert_msg(!ret, "%s: %s", name, lkl_strerror(ret));
}

static uint32_t dm_create(const char *name)
{
	dm_do(LKL_DM_DEV_CREATE, name, 0);
	return request.head.dev;
}

static void dm_suspend(const char *name)
{
	dm_do(LKL_DM_DEV_SUSPEND, name, LKL_DM_SUSPEND_FLAG);
}

static void dm_resume(const char *name)
{
	dm_do(LKL_DM_DEV_SUSPEND, name, 0);
}

static void dm_remove(const char *name)
{
	dm_do(LKL_DM_DEV_REMOVE, name, 0);
}

/* A line of a table */
struct line {
	uint64_t length;
	const char *type;
	const char *params;
};

static long dm_load(const char *name, const struct line *lines, int n)
{
	/* verity accepts only read-only tables. */
	bool read_only = !strcmp(lines->type, "verity");
	uint64_t start = 0;
	size_t at = 0;
	int i;

	clear_request();
	for (i = 0; i < n; i++) {
		struct lkl_dm_target_spec *t = (void *)(request.data + at);
		size_t len = strlen(lines[i].params) + 1;

		t->sector_start = start;
		t->length = lines[i].length;
		t->next = (sizeof(*t) + len + 7) & ~7;
		strcpy(t->target_type, lines[i].type);
		memcpy(t + 1, lines[i].params, len);
		start += t->length;
		at += t->next;
	}
	request.head.target_count = n;
	return dm_ioctl(LKL_DM_TABLE_LOAD, name,
			read_only ? LKL_DM_READONLY_FLAG : 0);
}

/* Create a device with one target, ready for use. */
static uint32_t dm_add(const char *name, uint64_t size_bytes, const char *type,
		       const char *fmt, ...)
{
	uint32_t dev = dm_create(name);
	struct line line = { SECTORS(size_bytes), type, NULL };
	char params[512];
	va_list args;
	long ret;

	va_start(args, fmt);
	vsnprintf(params, sizeof(params), fmt, args);
	va_end(args);
	line.params = params;
	ret = dm_load(name, &line, 1);
	ck_assert_msg(!ret, "%s: %s", params, lkl_strerror(ret));
	dm_resume(name);
	return dev;
}

static void dm_message(const char *name, const char *message)
{
	struct lkl_dm_target_msg *msg = (void *)request.data;
	long ret;

	clear_request();
	strcpy(msg->message, message);
	ret = dm_ioctl(LKL_DM_TARGET_MSG, name, 0);
	ck_assert_msg(!ret, "%s: %s", message, lkl_strerror(ret));
}

/* Return the status line of a device with one target. */
static const char *dm_status(const char *name)
{
	dm_do(LKL_DM_TABLE_STATUS, name, 0);
	return request.data + sizeof(struct lkl_dm_target_spec);
}

static const char *lower_device(int id)
{
	return dev_name(disk_dev(id));
}

/* Disks in memory and the kernel */

static void boot_dm_disks(int n, size_t size_bytes)
{
	int i;

	for (i = 0; i < n; i++)
		memory_disk_blank(&disk[i], size_bytes);
	boot(disks, n, "quiet");
}

/* linear */

START_TEST(linear_joins_two_disks)
{
	char first[48], second[48], data[2 * BLOCK];
	const struct line table[] = {
		{ SECTORS(12 * MiB), "linear", first },
		{ SECTORS(12 * MiB), "linear", second },
	};
	uint32_t dev;

	boot_dm_disks(2, 16 * MiB);
	snprintf(first, sizeof(first), "%s %lu", lower_device(0), SECTORS(MiB));
	snprintf(second, sizeof(second), "%s 0", lower_device(1));
	dev = dm_create("joined");
	ck_assert_int_eq(dm_load("joined", table, 2), 0);
	dm_resume("joined");
	ck_assert_uint_eq(dev_size(dev), 24 * MiB);

	use_ext4(dev);
	make_bytes(data, sizeof(data), 1);
	dev_write(dev, data, sizeof(data), 12 * MiB - BLOCK);
	ck_assert(!memcmp(disk[0].data + 13 * MiB - BLOCK, data, BLOCK));
	ck_assert(!memcmp(disk[1].data, data + BLOCK, BLOCK));
	dm_remove("joined");
	halt();
}
END_TEST

START_TEST(a_table_can_be_changed_while_mounted)
{
	char mnt[64], params[48];
	const struct line line = { SECTORS(16 * MiB), "linear", params };
	uint32_t dev;

	boot_dm_disks(2, 16 * MiB);
	dev = dm_add("moved", 16 * MiB, "linear", "%s 0", lower_device(0));
	put_ext4(dev);
	mount_ext4(dev, mnt);
	write_file(mnt, "before", 1);

	/* Switch to the other disk, as pvmove does. */
	snprintf(params, sizeof(params), "%s 0", lower_device(1));
	ck_assert_int_eq(dm_load("moved", &line, 1), 0);
	dm_suspend("moved");
	memcpy(disk[1].data, disk[0].data, disk[0].size);
	memset(disk[0].data, 0xff, disk[0].size);
	dm_resume("moved");

	write_file(mnt, "after", 2);
	umount_dev(dev);
	mount_ext4(dev, mnt);
	file_has(mnt, "before", 1);
	file_has(mnt, "after", 2);
	halt();
	ext4_is_clean(&disk[1]);
}
END_TEST

/* A file system on dm on loop on a file: each keeps the one below busy. */
START_TEST(halt_writes_a_file_system_on_a_file)
{
	const struct lkl_loop_info64 lo = { 0 };
	char outer[64], inner[64], path[80];
	uint32_t dev;
	int i;

	memory_disk_open(&disk[0], getenv("EXT4_IMAGE"));
	for (i = 0; i < 2; i++) {
		boot(disks, 1, "quiet");
		mount_ext4(disk_dev(0), outer);
		snprintf(path, sizeof(path), "%s/image", outer);
		if (i == 0)
			make_ext4_file(path, 0);
		dev = dm_add("stack", 16 * MiB, "linear", "%s 0",
			     dev_name(loop_add(path, &lo)));
		mount_ext4(dev, inner);
		if (i == 0)
			write_file(inner, "file", 1);
		else
			file_has(inner, "file", 1);
		halt();
		ext4_is_clean(&disk[0]);
	}
}
END_TEST

START_TEST(invalid_tables_are_refused)
{
	struct line line = { SECTORS(MiB), "linear", "999:0 0" };

	boot_dm_disks(1, 16 * MiB);
	dm_create("wrong");
	ck_assert_int_eq(dm_load("wrong", &line, 1), -LKL_ENXIO);
	line.type = "no-such-target";
	ck_assert_int_eq(dm_load("wrong", &line, 1), -LKL_EINVAL);
	clear_request();
	ck_assert_int_eq(dm_ioctl(LKL_DM_DEV_CREATE, "wrong", 0), -LKL_EBUSY);
	clear_request();
	ck_assert_int_eq(dm_ioctl(LKL_DM_DEV_REMOVE, "other", 0), -LKL_ENXIO);
	halt();
}
END_TEST

/* crypt */

/* Vector 4 of IEEE 1619: 512 bytes 00 01 .. ff 00 .. ff, sector 0. */
#define XTS_KEY \
	"2718281828459045235360287471352631415926535897932384626433832795"
static const unsigned char xts_start[] = {
	0x27, 0xa7, 0x47, 0x9b, 0xef, 0xa1, 0xd4, 0x76,
	0x48, 0x9f, 0x30, 0x8c, 0xd4, 0xcf, 0xa6, 0xe2,
	0xa9, 0x6e, 0x4b, 0xbe, 0x32, 0x08, 0xff, 0x25,
	0x28, 0x7d, 0xd3, 0x81, 0x96, 0x16, 0xe8, 0x9c,
};

/* Create a device with AES-256. */
#define KEY	XTS_KEY "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define OTHER	XTS_KEY "f00102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

static uint32_t add_crypt(const char *key)
{
	return dm_add("secret", 20 * MiB, "crypt", "aes-xts-plain64 %s 0 %s 0",
		      key, lower_device(0));
}

START_TEST(crypt_encrypts_as_the_standard_says)
{
	unsigned char data[512];
	uint32_t dev;
	int i;

	for (i = 0; i < 512; i++)
		data[i] = i;
	boot_dm_disks(1, 20 * MiB);
	dev = add_crypt(XTS_KEY);
	dev_write(dev, data, sizeof(data), 0);
	ck_assert(!memcmp(disk[0].data, xts_start, sizeof(xts_start)));
	dev_has(dev, data, sizeof(data), 0);
	halt();
}
END_TEST

START_TEST(crypt_leaves_no_plain_text_on_the_disk)
{
	static const char text[] = "Nobody must find this text on the disk";
	char data[BLOCK], found[BLOCK], mnt[64];
	uint32_t dev;

	boot_dm_disks(1, 20 * MiB);
	dev = add_crypt(KEY);
	use_ext4(dev);
	/* Without encryption the plain text would be on the disk. */
	memset(data, 0, sizeof(data));
	strcpy(data, text);
	dev_write(disk_dev(0), data, BLOCK, 19 * MiB);
	ck_assert_ptr_nonnull(memmem(disk[0].data, disk[0].size, text,
				     sizeof(text)));
	dev_write(dev, data, BLOCK, 19 * MiB);
	ck_assert_ptr_null(memmem(disk[0].data, disk[0].size, text,
				  sizeof(text)));
	dev_has(dev, data, BLOCK, 19 * MiB);
	dm_remove("secret");

	dev = add_crypt(OTHER);
	ck_assert_int_eq(dev_read(dev, found, BLOCK, 19 * MiB), BLOCK);
	ck_assert(memcmp(found, data, BLOCK));
	ck_assert_int_eq(lkl_mount_blkdev(dev, "ext4", 0, NULL, mnt,
					  sizeof(mnt)), -LKL_EINVAL);
	dm_remove("secret");
	halt();
}
END_TEST

START_TEST(halt_writes_a_file_system_on_crypt)
{
	uint32_t dev;
	char mnt[64];

	boot_dm_disks(1, 20 * MiB);
	dev = add_crypt(KEY);
	put_ext4(dev);
	mount_ext4(dev, mnt);
	write_file(mnt, "late", 5);
	halt();

	boot(disks, 1, "quiet");
	dev = add_crypt(KEY);
	mount_ext4(dev, mnt);
	file_has(mnt, "late", 5);
	halt();
}
END_TEST

/* snapshot */

START_TEST(a_snapshot_keeps_old_data_of_the_origin)
{
	uint32_t origin, snapshot;
	char mnt[64], old[64];

	boot_dm_disks(2, 24 * MiB);
	origin = dm_add("origin", 24 * MiB, "snapshot-origin", "%s", lower_device(0));
	put_ext4(origin);
	mount_ext4(origin, mnt);
	write_file(mnt, "file", 1);
	umount_dev(origin);

	dm_suspend("origin");
	snapshot = dm_add("snapshot", 24 * MiB, "snapshot", "%s %s P 8",
			  lower_device(0), lower_device(1));
	dm_resume("origin");
	mount_ext4(origin, mnt);
	write_file(mnt, "file", 2);
	write_file(mnt, "new", 3);
	mount_ext4(snapshot, old);
	file_has(old, "file", 1);
	/* The snapshot is writable, too. */
	write_file(old, "own", 4);
	umount_dev(snapshot);
	umount_dev(origin);

	mount_ext4(origin, mnt);
	mount_ext4(snapshot, old);
	file_has(mnt, "file", 2);
	file_has(mnt, "new", 3);
	file_has(old, "file", 1);
	file_has(old, "own", 4);
	halt();
	ext4_is_clean(&disk[0]);
}
END_TEST

/* thin */

static void add_pool(void)
{
	dm_add("pool", 64 * MiB, "thin-pool", "%s %s 128 0", lower_device(0),
	       lower_device(1));
}

static uint32_t pool_dev(void)
{
	dm_do(LKL_DM_DEV_STATUS, "pool", 0);
	return request.head.dev;
}

static uint32_t add_thin(const char *name, int id)
{
	return dm_add(name, 48 * MiB, "thin", "%s %d", dev_name(pool_dev()),
		      id);
}

START_TEST(thin_volumes_share_a_pool_and_survive_a_reboot)
{
	uint32_t a, b, c;
	char mnt[64];

	/* Two volumes of 48 MiB do not fit, but the written data fit. */
	memory_disk_blank(&disk[0], 8 * MiB);
	memory_disk_blank(&disk[1], 64 * MiB);
	boot(disks, 2, "quiet");
	add_pool();
	dm_message("pool", "create_thin 0");
	dm_message("pool", "create_thin 1");
	a = add_thin("a", 0);
	b = add_thin("b", 1);
	use_ext4(a);
	use_ext4(b);
	mount_ext4(a, mnt);
	write_file(mnt, "a", 1);
	umount_dev(a);

	dm_suspend("a");
	dm_message("pool", "create_snap 2 0");
	dm_resume("a");
	mount_ext4(a, mnt);
	write_file(mnt, "a", 2);
	mount_ext4(b, mnt);
	write_file(mnt, "b", 3);
	halt();

	boot(disks, 2, "quiet");
	add_pool();
	a = add_thin("a", 0);
	b = add_thin("b", 1);
	c = add_thin("c", 2);
	mount_ext4(a, mnt);
	file_has(mnt, "a", 2);
	mount_ext4(b, mnt);
	file_has(mnt, "b", 3);
	mount_ext4(c, mnt);
	file_has(mnt, "a", 1);
	halt();
}
END_TEST

/* Return the number of blocks of the pool that are in use. */
static unsigned int pool_use(void)
{
	unsigned int used, total;

	ck_assert_int_eq(sscanf(dm_status("pool"), "%*u %*u/%*u %u/%u", &used,
				&total), 2);
	ck_assert_uint_eq(total, 64 * 16);
	return used;
}

START_TEST(a_thin_volume_allocates_only_written_blocks)
{
	char data[BLOCK];
	uint32_t dev;

	memory_disk_blank(&disk[0], 8 * MiB);
	memory_disk_blank(&disk[1], 64 * MiB);
	boot(disks, 2, "quiet");
	add_pool();
	dm_message("pool", "create_thin 0");
	dev = add_thin("a", 0);
	ck_assert_uint_eq(pool_use(), 0);
	make_bytes(data, BLOCK, 1);
	dev_write(dev, data, BLOCK, 40 * MiB);
	ck_assert_uint_eq(pool_use(), 1);
	dev_write(dev, data, BLOCK, 40 * MiB + BLOCK);
	ck_assert_uint_eq(pool_use(), 1);
	dev_write(dev, data, BLOCK, 0);
	ck_assert_uint_eq(pool_use(), 2);
	dev_has(dev, data, BLOCK, 40 * MiB);
	dm_remove("a");
	dm_message("pool", "delete 0");
	ck_assert_uint_eq(pool_use(), 0);
	dm_remove("pool");
	halt();
}
END_TEST

/* Write more data than fit into the pool. */
static void overfill_pool(const char *mnt)
{
	char name[8];
	int i;

	for (i = 0; i < 8; i++) {
		snprintf(name, sizeof(name), "%d", i);
		write_file(mnt, name, i);
	}
}

/* The kernel's disks report no error: only the pool does. */
START_TEST(data_lost_by_a_full_pool_are_reported)
{
	const bool by_halt = _i;
	uint32_t dev;
	char mnt[64];

	memory_disk_blank(&disk[0], 8 * MiB);
	memory_disk_blank(&disk[1], 22 * MiB);
	boot(disks, 2, "quiet");
	dm_add("pool", 22 * MiB, "thin-pool", "%s %s 128 0 1 error_if_no_space",
	       lower_device(0), lower_device(1));
	dm_message("pool", "create_thin 0");
	put_ext4(add_thin("a", 0));
	/*
	 * The snapshot shares all blocks until one of the volumes is written.
	 */
	dm_suspend("a");
	dm_message("pool", "create_snap 2 0");
	dm_resume("a");
	dev = add_thin("b", 2);
	mount_ext4(dev, mnt);
	overfill_pool(mnt);
	if (by_halt) {
		ck_assert_int_eq(lkl_sys_halt(), -LKL_EIO);
	} else {
		ck_assert_int_eq(lkl_umount_blkdev(dev, 0, 0), -LKL_EIO);
		lkl_sys_halt();
	}
	lkl_cleanup();
}
END_TEST

/* integrity */

static uint32_t add_integrity(void)
{
	return dm_add("checked", 20 * MiB, "integrity",
		      "%s 0 - J 1 internal_hash:sha256", lower_device(0));
}

/* Return the last occurrence: the journal, which comes first, may have one. */
static char *find_last(const struct memory_disk *m, const void *data,
		       size_t len)
{
	char *at = m->data, *end = m->data + m->size, *found = NULL;

	while ((at = memmem(at, end - at, data, len)))
		found = at++;
	ck_assert_ptr_nonnull(found);
	return found;
}

START_TEST(integrity_finds_a_changed_byte)
{
	char data[2 * BLOCK], found[BLOCK];
	uint32_t dev;
	char *at;

	boot_dm_disks(1, 32 * MiB);
	dev = add_integrity();
	use_ext4(dev);
	make_bytes(data, sizeof(data), 9);
	dev_write(dev, data, sizeof(data), 18 * MiB);
	/* Removing the device writes the journal to the data area. */
	dm_remove("checked");
	dev = add_integrity();
	dev_has(dev, data, sizeof(data), 18 * MiB);

	at = find_last(&disk[0], data, BLOCK);
	at[100] ^= 1;
	ck_assert_int_eq(dev_read(dev, found, BLOCK, 18 * MiB), -LKL_EIO);
	dev_has(dev, data + BLOCK, BLOCK, 18 * MiB + BLOCK);
	at[100] ^= 1;
	dev_has(dev, data, sizeof(data), 18 * MiB);
	dm_remove("checked");
	halt();
}
END_TEST

/* verity */

/* The same values as in verity-tree.py */
#define DATA_BLOCK	1024

static uint32_t add_verity(void)
{
	char root[65];
	FILE *f;

	f = fopen(getenv("VERITY_ROOT"), "r");
	ck_assert_ptr_nonnull(f);
	ck_assert_ptr_nonnull(fgets(root, sizeof(root), f));
	fclose(f);
	memory_disk_open(&disk[0], getenv("EXT4_IMAGE"));
	memory_disk_open(&disk[1], getenv("VERITY_TREE"));
	boot(disks, 2, "quiet");
	return dm_add("verity", disk[0].size, "verity",
		      "1 %s %s %d %d %zu 0 sha256 %s -", lower_device(0), lower_device(1),
		      DATA_BLOCK, BLOCK, disk[0].size / DATA_BLOCK, root);
}

START_TEST(verity_reads_intact_data)
{
	uint32_t dev = add_verity();
	char mnt[64];
	int fd;

	dev_has(dev, disk[0].data, disk[0].size, 0);
	ck_assert_int_eq(lkl_mount_blkdev(dev, "ext4", LKL_MS_RDONLY, NULL, mnt,
					  sizeof(mnt)), 0);
	umount_dev(dev);
	fd = open_node(dev, LKL_O_RDWR);
	ck_assert_int_eq(lkl_sys_write(fd, mnt, sizeof(mnt)), -LKL_EPERM);
	halt();
}
END_TEST

START_TEST(verity_finds_a_changed_byte)
{
	const uint64_t at = 2000 * BLOCK;
	uint32_t dev = add_verity();
	char found[BLOCK];

	disk[0].data[at + 17] ^= 1;
	ck_assert_int_eq(dev_read(dev, found, BLOCK, at), -LKL_EIO);
	dev_has(dev, disk[0].data + at - BLOCK, BLOCK, at - BLOCK);
	disk[0].data[at + 17] ^= 1;
	dev_has(dev, disk[0].data + at, BLOCK, at);
	halt();
}
END_TEST

START_TEST(verity_finds_a_changed_hash)
{
	uint32_t dev = add_verity();
	char found[BLOCK];

	/* The block of the root comes first, then digests of 32 bytes. */
	disk[1].data[BLOCK + 8000 * 32] ^= 1;
	ck_assert_int_eq(dev_read(dev, found, BLOCK, 8000 * DATA_BLOCK),
			 -LKL_EIO);
	dev_has(dev, disk[0].data, BLOCK, 0);
	halt();
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("dm");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, linear_joins_two_disks);
	tcase_add_test(tc, a_table_can_be_changed_while_mounted);
	tcase_add_test(tc, halt_writes_a_file_system_on_a_file);
	tcase_add_test(tc, invalid_tables_are_refused);
	tcase_add_test(tc, crypt_encrypts_as_the_standard_says);
	tcase_add_test(tc, crypt_leaves_no_plain_text_on_the_disk);
	tcase_add_test(tc, halt_writes_a_file_system_on_crypt);
	tcase_add_test(tc, a_snapshot_keeps_old_data_of_the_origin);
	tcase_add_test(tc, thin_volumes_share_a_pool_and_survive_a_reboot);
	tcase_add_test(tc, a_thin_volume_allocates_only_written_blocks);
	tcase_add_loop_test(tc, data_lost_by_a_full_pool_are_reported, 0, 2);
	tcase_add_test(tc, integrity_finds_a_changed_byte);
	tcase_add_test(tc, verity_reads_intact_data);
	tcase_add_test(tc, verity_finds_a_changed_byte);
	tcase_add_test(tc, verity_finds_a_changed_hash);
	return run_case(tc, CK_FORK);
}
