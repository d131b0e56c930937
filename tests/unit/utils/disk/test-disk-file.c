// SPDX-License-Identifier: GPL-2.0
/*
 * Open files of the host: the same errors, locks and bytes on each host.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/host/host-file.h"
#include "disk/backing.h"
#include "disk/disk-file.h"
#include "support/check-main.h"

#define PREFIX		"disk-file-"
#define NAME		PREFIX "\xc3\xa4-\xe6\x97\xa5-\xf0\x9f\x98\x80"
#define OTHER		PREFIX "other"
/* Not a multiple of any sector's size */
#define SIZE		70001
/* Neither a file nor a device for file systems */
#ifdef _WIN32
#define SPECIAL		"\\\\.\\NUL"
#else
#define SPECIAL		"/dev/null"
#endif

static unsigned char bytes[SIZE];

/* Remove what a run that has failed has left. */
static void remove_files(void)
{
	host_file_remove(NAME);
	host_file_remove(OTHER);
}

static void write_file(const char *path)
{
	FILE *f = host_file_open_stream(path, "w");
	int i;

	for (i = 0; i < SIZE; i++)
		bytes[i] = i * 31 + i / 256;
	ck_assert(f);
	ck_assert_int_eq(fwrite(bytes, 1, SIZE, f), SIZE);
	ck_assert(!fclose(f));
}

static struct disk_file open_file(const char *path, bool writable)
{
	struct disk_file f;
	int ret = disk_file_open(&f, path, writable);

	ck_assert_msg(!ret, "%s: %s", path, disk_file_strerror(ret));
	ck_assert(disk_file_is_open(&f));
	return f;
}

static void close_file(struct disk_file *f)
{
	ck_assert_int_eq(disk_file_close(f), 0);
	ck_assert(!disk_file_is_open(f));
	/* A second time does nothing. */
	ck_assert_int_eq(disk_file_close(f), 0);
}

static int open_error(const char *path, bool writable)
{
	struct disk_file f;
	int ret = disk_file_open(&f, path, writable);

	ck_assert(!disk_file_is_open(&f));
	return ret;
}

START_TEST(what_is_no_image_is_an_error)
{
	int ret = open_error(PREFIX "missing", _i);

	ck_assert_int_eq(ret, -LKL_ENOENT);
	ck_assert_str_eq(disk_file_strerror(ret), "No such file or directory");
	ret = open_error(".", _i);
	ck_assert_int_eq(ret, -LKL_EISDIR);
	ck_assert_str_eq(disk_file_strerror(ret), "Is a directory");
	ret = open_error(SPECIAL, _i);
	ck_assert_int_eq(ret, -LKL_ENOTBLK);
	ck_assert_str_eq(disk_file_strerror(ret), "Block device required");
	ck_assert_int_lt(open_error("", _i), 0);
}
END_TEST

/* Check what is read of the file, whatever its unit is. */
static void check_reads(const struct disk_file *f)
{
	static const uint64_t offsets[] = {
		0, 1, 511, 512, 4095, 4096, 10000, SIZE - 4096, SIZE - 1,
	};
	static const size_t lengths[] = { 1, 2, 512, 513, 4096, 20000, SIZE };
	static unsigned char buf[SIZE + 1];
	size_t i, k;

	for (i = 0; i < sizeof(offsets) / sizeof(*offsets); i++)
		for (k = 0; k < sizeof(lengths) / sizeof(*lengths); k++) {
			size_t len = lengths[k], left = SIZE - offsets[i];
			/* To aligned memory, and to other memory */
			unsigned char *to = buf + i % 2;
			int64_t n = disk_file_read(f, to, len, offsets[i]);

			ck_assert_int_eq(n, len < left ? len : left);
			ck_assert_mem_eq(to, bytes + offsets[i], n);
		}
	ck_assert_int_eq(disk_file_read(f, buf, 0, 0), 0);
	ck_assert_int_eq(disk_file_read(f, buf, 100, SIZE), 0);
	ck_assert_int_eq(disk_file_read(f, buf, 100, SIZE + 5000), 0);
	ck_assert_int_eq(disk_file_read(f, buf, 100, 1ULL << 40), 0);
}

/* Devices of Windows transfer whole sectors only. */
START_TEST(bytes_are_read_at_any_offset)
{
	static const uint32_t units[] = { 1, 512, 4096 };
	struct disk_file f;

	write_file(NAME);
	f = open_file(NAME, false);
	ck_assert(disk_file_is_regular(&f));
	ck_assert_int_eq(disk_file_size(&f), SIZE);
	f.unit = units[_i];
	check_reads(&f);
	close_file(&f);
	ck_assert(!host_file_remove(NAME));
}
END_TEST

START_TEST(locks_exclude_each_other)
{
	struct disk_file a, b;

	write_file(NAME);
	a = open_file(NAME, true);
	b = open_file("./" NAME, true);
	/* Two readers, but no writer beside a reader */
	ck_assert_int_eq(disk_file_lock(&a, false), 0);
	ck_assert_int_eq(disk_file_lock(&b, false), 0);
	close_file(&b);
	b = open_file(NAME, true);
	ck_assert_int_eq(disk_file_lock(&b, true), -LKL_EBUSY);
	/* The end of the reader, and nothing beside a writer */
	close_file(&a);
	ck_assert_int_eq(disk_file_lock(&b, true), 0);
	a = open_file(NAME, false);
	ck_assert_int_eq(disk_file_lock(&a, false), -LKL_EBUSY);
	/* A lock keeps nobody from reading. */
	check_reads(&a);
	check_reads(&b);
	close_file(&b);
	ck_assert_int_eq(disk_file_lock(&a, false), 0);
	close_file(&a);
	ck_assert(!host_file_remove(NAME));
}
END_TEST

START_TEST(file_for_a_lock_is_created)
{
	struct disk_file a, b;

	ck_assert_int_eq(disk_file_open_lock(&a, OTHER), 0);
	ck_assert_int_eq(disk_file_size(&a), 0);
	ck_assert_int_eq(disk_file_open_lock(&b, OTHER), 0);
	ck_assert_int_eq(disk_file_lock(&a, true), 0);
	ck_assert_int_eq(disk_file_lock(&b, true), -LKL_EBUSY);
	close_file(&a);
	close_file(&b);
	/* A file that exists keeps its bytes. */
	write_file(OTHER);
	ck_assert_int_eq(disk_file_open_lock(&a, OTHER), 0);
	ck_assert_int_eq(disk_file_size(&a), SIZE);
	close_file(&a);
	ck_assert(!host_file_remove(OTHER));
	ck_assert_int_eq(disk_file_open_lock(&a, PREFIX "no/directory"),
			 -LKL_ENOENT);
	ck_assert(!disk_file_is_open(&a));
}
END_TEST

START_TEST(file_is_recognised_under_each_path)
{
	struct host_file_info info;
	struct backing_file found;
	struct disk_file a, b, c;

	write_file(NAME);
	write_file(OTHER);
	a = open_file(NAME, true);
	b = open_file("./" NAME, false);
	c = open_file(OTHER, false);
	ck_assert(disk_file_is_same(&a, &b));
	ck_assert(!disk_file_is_same(&a, &c));
	/* A copy compares these numbers with those of the files that it finds. */
	ck_assert(!host_file_stat(NAME, &info));
	ck_assert_int_eq(backing_find(&b, &found, 1), 1);
	ck_assert_uint_eq(found.dev, info.dev);
	ck_assert_uint_eq(found.ino, info.ino);
	ck_assert_int_eq(backing_find(&b, &found, 0), 0);
	close_file(&a);
	close_file(&b);
	close_file(&c);
	ck_assert(!host_file_remove(NAME));
	ck_assert(!host_file_remove(OTHER));
}
END_TEST

START_TEST(only_what_can_be_written_is_flushed)
{
	struct disk_file f;

	write_file(NAME);
	f = open_file(NAME, true);
	ck_assert_int_eq(disk_file_flush(&f), 0);
	close_file(&f);
	f = open_file(NAME, false);
	ck_assert_int_eq(disk_file_flush(&f), 0);
	close_file(&f);
	ck_assert(!host_file_remove(NAME));
}
END_TEST

START_TEST(temporary_file_has_its_bytes)
{
	struct disk_file a, b;

	write_file(NAME);
	ck_assert_int_eq(disk_file_open_temporary(&a, bytes, SIZE), 0);
	ck_assert_int_eq(disk_file_open_temporary(&b, bytes, 10), 0);
	ck_assert(!disk_file_is_same(&a, &b));
	ck_assert(disk_file_is_regular(&a));
	ck_assert_int_eq(disk_file_size(&a), SIZE);
	ck_assert_int_eq(disk_file_size(&b), 10);
	check_reads(&a);
	close_file(&a);
	close_file(&b);
	ck_assert(!host_file_remove(NAME));
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("disk-file");

	tcase_add_checked_fixture(tc, remove_files, NULL);
	tcase_add_loop_test(tc, what_is_no_image_is_an_error, 0, 2);
	tcase_add_loop_test(tc, bytes_are_read_at_any_offset, 0, 3);
	tcase_add_test(tc, locks_exclude_each_other);
	tcase_add_test(tc, file_for_a_lock_is_created);
	tcase_add_test(tc, file_is_recognised_under_each_path);
	tcase_add_test(tc, only_what_can_be_written_is_flushed);
	tcase_add_test(tc, temporary_file_has_its_bytes);
	return run_case(tc, CK_NOFORK);
}
