// SPDX-License-Identifier: GPL-2.0
/* Holes: SEEK_HOLE and SEEK_DATA, fallocate(), and the number of blocks. */
#include "posix.h"

#include <linux/falloc.h>

#define CHUNK	(64 << 10)	/* the maximum block size */

static struct stat status_of(int fd)
{
	struct stat st;

	ok(fstat(fd, &st));
	return st;
}

static void write_chunk(int fd, int nr)
{
	static uint8_t data[CHUNK];

	fill(data, CHUNK, nr);
	write_at(fd, data, CHUNK, (off_t)nr * CHUNK);
}

static void expect_chunk(int fd, int nr)
{
	static uint8_t data[CHUNK];

	fill(data, CHUNK, nr);
	expect_at(fd, data, CHUNK, (off_t)nr * CHUNK);
}

/* Return true if SEEK_HOLE finds holes in front of the end of the file. */
static bool holes_known(void)
{
	int fd = make("holes", 0644);
	off_t hole;

	ok(ftruncate(fd, 16 * CHUNK));
	ok(fsync(fd));
	hole = ok(lseek(fd, 0, SEEK_HOLE));
	if (hole)
		skip_part("SEEK_HOLE finds the end alone");
	ok(close(fd));
	ok(unlink("holes"));
	return !hole;
}

TEST(hole_reads_as_zeros)
{
	int fd = make("f", 0644);

	write_chunk(fd, 20);
	expect_zeros(fd, 20 * CHUNK, 0);
	expect_chunk(fd, 20);
	ok(fsync(fd));
	expect_zeros(fd, 20 * CHUNK, 0);
}

TEST(seek_in_an_empty_file_is_enxio)
{
	int fd = make("f", 0644);

	fails(lseek(fd, 0, SEEK_DATA), ENXIO);
	fails(lseek(fd, 0, SEEK_HOLE), ENXIO);
	write_at(fd, "x", 1, 0);
	fails(lseek(fd, 1, SEEK_DATA), ENXIO);
	fails(lseek(fd, 1, SEEK_HOLE), ENXIO);
}

TEST(seek_hole_of_a_full_file_is_its_end)
{
	int fd = make("f", 0644);

	for (int i = 0; i < 4; i++)
		write_chunk(fd, i);
	ck_assert_int_eq(ok(lseek(fd, 0, SEEK_HOLE)), 4 * CHUNK);
	ck_assert_int_eq(ok(lseek(fd, 1000, SEEK_HOLE)), 4 * CHUNK);
	ck_assert_int_eq(ok(lseek(fd, 1000, SEEK_DATA)), 1000);
	ck_assert_int_eq(ok(lseek(fd, 0, SEEK_CUR)), 1000);
}

/* Check that all holes that SEEK_HOLE reports read as zeros. */
static void expect_no_data_in_holes(int fd)
{
	off_t size = status_of(fd).st_size, hole = 0, data = 0;

	while (data < size) {
		hole = ok(lseek(fd, data, SEEK_HOLE));
		if (hole >= size)
			break;
		data = lseek(fd, hole, SEEK_DATA);
		if (data < 0) {
			ck_assert_int_eq(errno, ENXIO);
			data = size;
		}
		ck_assert_int_gt(data, hole);
		expect_zeros(fd, data - hole, hole);
	}
}

TEST(data_just_written_is_not_a_hole)
{
	int fd = make("f", 0644);

	for (int i = 1; i < 20; i += 2) {
		write_chunk(fd, i);
		ck_assert_int_eq(ok(lseek(fd, i * CHUNK, SEEK_DATA)),
				 i * CHUNK);
		expect_no_data_in_holes(fd);
	}
	ok(ftruncate(fd, 30 * CHUNK));
	expect_no_data_in_holes(fd);
}

TEST(data_just_written_into_a_hole_is_not_a_hole)
{
	int fd = make("f", 0644);

	ok(ftruncate(fd, 32 * CHUNK));
	ok(fsync(fd));
	for (int i = 31; i > 0; i -= 3) {
		write_at(fd, "data", 4, i * CHUNK + 5);
		ck_assert_int_le(ok(lseek(fd, i * CHUNK, SEEK_DATA)),
				 i * CHUNK + 5);
		expect_no_data_in_holes(fd);
	}
}

TEST(data_just_mapped_is_not_a_hole)
{
	int fd = make("f", 0644);
	uint8_t *p;

	ok(ftruncate(fd, 16 * CHUNK));
	ok(fsync(fd));
	p = map_shared(fd, 16 * CHUNK, 0);
	for (int i = 15; i > 0; i -= 3) {
		p[i * CHUNK] = i;
		ck_assert_int_eq(ok(lseek(fd, i * CHUNK, SEEK_DATA)),
				 i * CHUNK);
	}
	expect_no_data_in_holes(fd);
}

TEST(data_of_another_fd_is_not_a_hole)
{
	int fd = make("f", 0644), other = ok(open("f", O_RDONLY));

	ok(ftruncate(fd, 16 * CHUNK));
	write_chunk(fd, 7);
	ck_assert_int_le(ok(lseek(other, 0, SEEK_DATA)), 7 * CHUNK);
	ck_assert_int_eq(ok(lseek(other, 7 * CHUNK, SEEK_DATA)), 7 * CHUNK);
	AS(NULL) {
		other = ok(open("f", O_RDONLY));
		ck_assert_int_le(ok(lseek(other, 0, SEEK_DATA)), 7 * CHUNK);
		ck_assert_int_ge(ok(lseek(other, 7 * CHUNK, SEEK_HOLE)),
				 8 * CHUNK);
	}
}

TEST(seek_finds_data_and_holes_where_they_are)
{
	int fd = make("f", 0644);

	if (!holes_known())
		return;
	for (int i = 0; i < 4; i++)
		write_chunk(fd, 4 * i + 2);
	ok(ftruncate(fd, 16 * CHUNK));
	ok(fsync(fd));
	for (int i = 0; i < 4; i++) {
		int nr = 4 * i + 2;

		ck_assert_int_eq(ok(lseek(fd, (nr - 2) * CHUNK, SEEK_DATA)),
				 nr * CHUNK);
		ck_assert_int_eq(ok(lseek(fd, nr * CHUNK, SEEK_HOLE)),
				 (nr + 1) * CHUNK);
		ck_assert_int_eq(ok(lseek(fd, (nr + 1) * CHUNK, SEEK_HOLE)),
				 (nr + 1) * CHUNK);
	}
	fails(lseek(fd, 15 * CHUNK, SEEK_DATA), ENXIO);
}

/* Blocks */

TEST(blocks_grow_with_data_and_not_with_holes)
{
	int fd = make("f", 0644);

	ok(ftruncate(fd, 1 << 30));
	ok(fsync(fd));
	ck_assert_int_lt(status_of(fd).st_blocks, 128);
	for (int i = 0; i < 16; i++)
		write_chunk(fd, 100 * i);
	ok(fsync(fd));
	ck_assert_int_ge(status_of(fd).st_blocks, 16 * CHUNK / 512);
	ck_assert_int_lt(status_of(fd).st_blocks, 32 * CHUNK / 512);
}

TEST(blocks_go_with_truncate)
{
	int fd = make("f", 0644);

	for (int i = 0; i < 16; i++)
		write_chunk(fd, i);
	ok(fsync(fd));
	ck_assert_int_ge(status_of(fd).st_blocks, 16 * CHUNK / 512);
	ok(ftruncate(fd, 0));
	ok(fsync(fd));
	ck_assert_int_lt(status_of(fd).st_blocks, CHUNK / 512);
}

TEST(blocks_are_the_same_by_name_and_by_fd)
{
	int fd = make("f", 0644);

	for (int i = 0; i < 5; i++)
		write_chunk(fd, i);
	ok(fsync(fd));
	ck_assert_int_eq(status_of(fd).st_blocks, stat_of("f").st_blocks);
	ck_assert_int_ge(status_of(fd).st_blksize, 512);
}

/* fallocate() */

/* Return false, after a message, if the file system does not support @mode. */
static bool try_fallocate(int fd, int mode, off_t at, off_t len,
			  const char *name)
{
	if (!fallocate(fd, mode, at, len))
		return true;
	ck_assert_msg(errno == EOPNOTSUPP, "%s: %s", name, strerror(errno));
	skip_part(name);
	return false;
}

TEST(fallocate_grows_a_file_with_zeros)
{
	int fd = make("f", 0644);

	write_chunk(fd, 0);
	if (!try_fallocate(fd, 0, 0, 8 * CHUNK, "fallocate"))
		return;
	ck_assert_int_eq(status_of(fd).st_size, 8 * CHUNK);
	ck_assert_int_eq(stat_of("f").st_size, 8 * CHUNK);
	expect_chunk(fd, 0);
	expect_zeros(fd, 7 * CHUNK, CHUNK);
	ok(fsync(fd));
	ck_assert_int_ge(status_of(fd).st_blocks, 8 * CHUNK / 512);
}

TEST(fallocate_of_what_is_there_keeps_it)
{
	int fd = make("f", 0644);

	for (int i = 0; i < 8; i += 2)
		write_chunk(fd, i);
	if (!try_fallocate(fd, 0, 100, 5 * CHUNK, "fallocate"))
		return;
	for (int i = 0; i < 8; i += 2)
		expect_chunk(fd, i);
	expect_zeros(fd, CHUNK, CHUNK);
	ck_assert_int_eq(status_of(fd).st_size, 7 * CHUNK);
}

TEST(fallocate_keep_size_reserves_beyond_the_end)
{
	int fd = make("f", 0644);

	write_at(fd, "text", 4, 0);
	if (!try_fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, 8 * CHUNK,
			   "FALLOC_FL_KEEP_SIZE"))
		return;
	ck_assert_int_eq(status_of(fd).st_size, 4);
	ok(fsync(fd));
	ck_assert_int_ge(status_of(fd).st_blocks, 8 * CHUNK / 512);
	expect_text("f", "text");
	write_chunk(fd, 3);
	expect_zeros(fd, 3 * CHUNK - 4, 4);
}

TEST(fallocate_punch_hole_makes_zeros)
{
	int fd = make("f", 0644);
	blkcnt_t before;

	for (int i = 0; i < 8; i++)
		write_chunk(fd, i);
	ok(fsync(fd));
	before = status_of(fd).st_blocks;
	if (!try_fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
			   2 * CHUNK, 3 * CHUNK, "FALLOC_FL_PUNCH_HOLE"))
		return;
	expect_zeros(fd, 3 * CHUNK, 2 * CHUNK);
	ck_assert_int_eq(status_of(fd).st_size, 8 * CHUNK);
	expect_chunk(fd, 1);
	expect_chunk(fd, 5);
	ok(fsync(fd));
	expect_zeros(fd, 3 * CHUNK, 2 * CHUNK);
	ck_assert_int_le(status_of(fd).st_blocks, before - 2 * CHUNK / 512);
	ck_assert_int_eq(ok(lseek(fd, 2 * CHUNK, SEEK_DATA)), 5 * CHUNK);
}

TEST(fallocate_punch_hole_of_odd_ranges_zeroes_those_bytes_alone)
{
	uint8_t data[8 * PAGE];
	int fd = make("f", 0644);

	for (int i = 1; i < 60; i++) {
		size_t at = i * 379, len = i * 97;

		fill(data, sizeof(data), i);
		write_at(fd, data, sizeof(data), 0);
		if (i % 2)
			ok(fsync(fd));
		if (!try_fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
				   at, len, "FALLOC_FL_PUNCH_HOLE"))
			return;
		memset(data + at, 0, len);
		expect_at(fd, data, sizeof(data), 0);
	}
}

TEST(fallocate_punch_hole_beyond_the_end_changes_nothing)
{
	int fd = make("f", 0644);

	write_at(fd, "text", 4, 0);
	if (try_fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
			  CHUNK, CHUNK, "FALLOC_FL_PUNCH_HOLE"))
		expect_text("f", "text");
}

TEST(fallocate_punch_hole_is_seen_in_a_mapping)
{
	int fd = make("f", 0644);
	uint8_t *p;

	for (int i = 0; i < 4; i++)
		write_chunk(fd, i);
	p = map_shared(fd, 4 * CHUNK, 0);
	p[CHUNK] = 1;
	if (!try_fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
			   CHUNK, CHUNK, "FALLOC_FL_PUNCH_HOLE"))
		return;
	ck_assert(all_zero(p + CHUNK, CHUNK));
	ck_assert(!all_zero(p, CHUNK));
	p[CHUNK + 5] = 'x';
	expect_at(fd, "x", 1, CHUNK + 5);
}

TEST(fallocate_zero_range_makes_zeros)
{
	int fd = make("f", 0644);

	for (int i = 0; i < 4; i++)
		write_chunk(fd, i);
	if (!try_fallocate(fd, FALLOC_FL_ZERO_RANGE, CHUNK + 10, CHUNK,
			   "FALLOC_FL_ZERO_RANGE"))
		return;
	expect_zeros(fd, CHUNK, CHUNK + 10);
	expect_chunk(fd, 0);
	expect_chunk(fd, 3);
	ok(fallocate(fd, FALLOC_FL_ZERO_RANGE, 3 * CHUNK, 3 * CHUNK));
	ck_assert_int_eq(status_of(fd).st_size, 6 * CHUNK);
	ok(fallocate(fd, FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE,
		     5 * CHUNK, 3 * CHUNK));
	ck_assert_int_eq(status_of(fd).st_size, 6 * CHUNK);
	expect_zeros(fd, 3 * CHUNK, 3 * CHUNK);
}

TEST(fallocate_collapse_range_removes_the_range)
{
	int fd = make("f", 0644);

	for (int i = 0; i < 8; i++)
		write_chunk(fd, i);
	if (!try_fallocate(fd, FALLOC_FL_COLLAPSE_RANGE, 2 * CHUNK, 3 * CHUNK,
			   "FALLOC_FL_COLLAPSE_RANGE"))
		return;
	ck_assert_int_eq(status_of(fd).st_size, 5 * CHUNK);
	expect_chunk(fd, 1);
	for (int i = 2; i < 5; i++) {
		static uint8_t data[CHUNK];

		fill(data, CHUNK, i + 3);
		expect_at(fd, data, CHUNK, i * CHUNK);
	}
	fails(fallocate(fd, FALLOC_FL_COLLAPSE_RANGE, 4 * CHUNK, 4 * CHUNK),
	      EINVAL);
}

TEST(fallocate_insert_range_makes_room)
{
	static uint8_t data[CHUNK];
	int fd = make("f", 0644);

	for (int i = 0; i < 4; i++)
		write_chunk(fd, i);
	if (!try_fallocate(fd, FALLOC_FL_INSERT_RANGE, CHUNK, 2 * CHUNK,
			   "FALLOC_FL_INSERT_RANGE"))
		return;
	ck_assert_int_eq(status_of(fd).st_size, 6 * CHUNK);
	expect_chunk(fd, 0);
	expect_zeros(fd, 2 * CHUNK, CHUNK);
	fill(data, CHUNK, 3);
	expect_at(fd, data, CHUNK, 5 * CHUNK);
}

TEST(fallocate_with_bad_arguments_fails)
{
	int fd = make("f", 0644), p[2];

	fails(fallocate(fd, 0, -1, 10), EINVAL);
	fails(fallocate(fd, 0, 0, 0), EINVAL);
	fails(fallocate(fd, 0, 0, -5), EINVAL);
	fails(fallocate(fd, 0, INT64_MAX - 5, 10), EFBIG);
	fails(fallocate(fd, FALLOC_FL_PUNCH_HOLE, 0, 10), EOPNOTSUPP);
	fails(fallocate(ok(open("f", O_RDONLY)), 0, 0, 10), EBADF);
	ok(pipe(p));
	fails(fallocate(p[1], 0, 0, 10), ESPIPE);
	ck_assert_int_eq(status_of(fd).st_size, 0);
}

TEST(posix_fallocate_makes_room)
{
	int fd = make("f", 0644);

	write_at(fd, "text", 4, 0);
	ck_assert_int_eq(posix_fallocate(fd, 0, 3 * CHUNK), 0);
	ck_assert_int_eq(status_of(fd).st_size, 3 * CHUNK);
	expect_at(fd, "text", 4, 0);
	expect_zeros(fd, CHUNK, CHUNK);
}

TEST(copy_of_a_sparse_file_by_seek_is_the_same)
{
	int fd = make("f", 0644), copy = make("g", 0644);
	off_t size = 64 * CHUNK, data = 0, end;
	static uint8_t buf[64 * CHUNK];

	for (int i = 3; i < 60; i += 7)
		write_chunk(fd, i);
	write_at(fd, "small", 5, 50 * CHUNK + 777);
	ok(ftruncate(fd, size));
	ok(ftruncate(copy, size));
	while ((data = lseek(fd, data, SEEK_DATA)) >= 0) {
		end = ok(lseek(fd, data, SEEK_HOLE));
		ck_assert_int_gt(end, data);
		ck_assert_int_eq(ok(pread(fd, buf, end - data, data)),
				 end - data);
		write_at(copy, buf, end - data, data);
		data = end;
	}
	ck_assert_int_eq(errno, ENXIO);
	ck_assert_int_eq(ok(pread(fd, buf, size, 0)), size);
	expect("g", buf, size);
}
