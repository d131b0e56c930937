// SPDX-License-Identifier: GPL-2.0
/*
 * Disks of the POSIX host: after a request of any shape, the bytes of its range
 * are right and the bytes beside the range are unchanged.
 */
#define _GNU_SOURCE
#include <linux/falloc.h>
#include <linux/fs.h>
#include <linux/loop.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <pthread.h>

#include "drive.h"
#include "support/check-main.h"

#define KIB		1024
#define MIB		(1024 * KIB)
#define SECTOR		512
#define BLOCK		4096

/* The ways in which a request can be performed */
enum way { ALONE, IN_COMPANY, IN_COMPANY_WITHOUT_RING, WAYS };

static enum poller_mode way_mode(enum way way)
{
	return way == IN_COMPANY_WITHOUT_RING ? WITHOUT_RING : WITH_RING;
}

static int run_way(struct rig *rig, struct req *req, enum way way)
{
	return way == ALONE ? run_one(rig, req) : run_pair(rig, req);
}

static int range_way(struct rig *rig, enum way way, uint32_t op, uint32_t flags,
		     uint64_t off, uint64_t len)
{
	struct req req;

	return run_way(rig, req_range(&req, op, flags, off, len), way);
}

static int rw_way(struct rig *rig, enum way way, uint32_t op, void *buf,
		  size_t len, uint64_t off)
{
	struct iovec iov = { buf, len };
	struct req req;

	return run_way(rig, req_vector(&req, op, &iov, 1, off), way);
}

static struct lkl_blk_info disk_info(int fd)
{
	struct rig rig = rig_open(fd, WITHOUT_RING);
	struct lkl_blk_info info = rig.info;

	rig_close(&rig);
	return info;
}

static uint64_t blocks_of(int fd)
{
	struct stat st;

	/* A file system need not count blocks before it allocates them. */
	ck_assert_int_eq(fsync(fd), 0);
	ck_assert_int_eq(fstat(fd, &st), 0);
	return st.st_blocks;
}

static off_t size_of(int fd)
{
	struct stat st;

	ck_assert_int_eq(fstat(fd, &st), 0);
	return st.st_size;
}

/*
 * Check that the file is filled except for zeros in [@off, @off + @len).  The
 * check does not use the code under test.
 */
static void check_hole(int fd, uint64_t size, uint64_t off, uint64_t len)
{
	char *buf = malloc(size);

	ck_assert_int_eq(pread(fd, buf, size, 0), size);
	ck_assert(is_filled(buf, off, 0));
	ck_assert(is_zero(buf + off, len));
	ck_assert(is_filled(buf + off + len, size - off - len, off + len));
	free(buf);
}

/* Properties */

START_TEST(a_file_is_as_large_as_its_sectors)
{
	static const struct { off_t size; uint64_t disk; } cases[] = {
		{ 0, 0 }, { 1, 512 }, { 511, 512 }, { 512, 512 },
		{ 513, 1024 }, { MIB, MIB }, { MIB + 100, MIB + 512 },
		{ 1LL << 40, 1ULL << 40 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		int fd = temp_file(cases[i].size);
		struct lkl_blk_info info = disk_info(fd);

		ck_assert_uint_eq(info.size_bytes, cases[i].disk);
		ck_assert_uint_eq(info.logical_block_size, SECTOR);
		ck_assert_uint_eq(info.physical_block_size, BLOCK);
		ck_assert_uint_eq(info.flags,
				  LKL_BLK_DISCARD | LKL_BLK_WRITE_ZEROES);
		/* Opening a disk changes nothing and leaves the fd open. */
		ck_assert_int_eq(size_of(fd), cases[i].size);
		close(fd);
	}
}
END_TEST

START_TEST(a_read_only_fd_is_a_read_only_disk)
{
	int fd = filled_file(BLOCK), ro = reopen(fd, O_RDONLY);
	struct rig rig = rig_open(ro, WITHOUT_RING);
	char buf[BLOCK];

	ck_assert(rig.info.flags & LKL_BLK_READ_ONLY);
	ck_assert(!(disk_info(fd).flags & LKL_BLK_READ_ONLY));
	ck_assert_int_eq(rw(&rig, LKL_BLK_OP_READ, buf, BLOCK, 0), 0);
	ck_assert(is_filled(buf, BLOCK, 0));
	rig_close(&rig);
}
END_TEST

START_TEST(only_files_and_block_devices_are_disks)
{
	struct lkl_poller *poller = poller_open(WITHOUT_RING);
	struct lkl_disk disk = { .fd = open(".", O_RDONLY) };
	struct lkl_blk_info info;
	void *blk = &info;
	int pipe_fds[2];

	ck_assert_int_eq(blk_ops->open(poller, &disk, &info, &blk),
			 -LKL_EINVAL);
	close(disk.fd);
	ck_assert_int_eq(blk_ops->open(poller, &disk, &info, &blk),
			 -LKL_EBADF);
	ck_assert_int_eq(pipe(pipe_fds), 0);
	disk.fd = pipe_fds[1];
	ck_assert_int_eq(blk_ops->open(poller, &disk, &info, &blk),
			 -LKL_EINVAL);
	disk.fd = open("/dev/full", O_RDWR);
	ck_assert_int_eq(blk_ops->open(poller, &disk, &info, &blk),
			 -LKL_EINVAL);
	ck_assert_ptr_eq(blk, &info);
	wait_ops->poller_destroy(poller);
}
END_TEST

/* Reading and writing */

/* Cut @len bytes into pieces of the sizes in @sizes, repeatedly. */
static uint32_t cut_up(struct iovec *iov, uint32_t max, char *buf, size_t len,
		       const size_t *sizes, size_t n)
{
	uint32_t i;

	for (i = 0; len; i++) {
		ck_assert_uint_lt(i, max);
		iov[i].iov_base = buf;
		iov[i].iov_len = sizes[i % n] < len ? sizes[i % n] : len;
		buf += iov[i].iov_len;
		len -= iov[i].iov_len;
	}
	return i;
}

static const size_t whole[] = { SIZE_MAX };
static const size_t sectors[] = { SECTOR };
static const size_t mixed[] = { 512, 4096, 1024, 8192, 512, 65536 };
static const size_t odd[] = { 1, 4095, 513, 3, 2048, 17, 500, 12, 1000 };
static const size_t tiny[] = { 100, 0, 412 };

static const struct {
	const size_t *sizes;
	size_t n;
	size_t len;
} shapes[] = {
	{ whole, ARRAY_SIZE(whole), 256 * KIB },
	{ whole, ARRAY_SIZE(whole), SECTOR },
	{ sectors, ARRAY_SIZE(sectors), 1024 * SECTOR },
	{ mixed, ARRAY_SIZE(mixed), 512 * KIB },
	{ odd, ARRAY_SIZE(odd), 256 * KIB },
	{ tiny, ARRAY_SIZE(tiny), 64 * KIB },
};

#define GUARD		(64 * KIB)

/*
 * Write and read back a range in shape @shape, @shift bytes off the alignment.
 * The memory around the buffer and the disk around the range stay unchanged.
 */
static void transfer_shape(struct rig *rig, int fd, int shape, size_t shift,
			   enum way way)
{
	size_t len = shapes[shape].len, off = BLOCK;
	size_t room = (len + 2 * GUARD + BLOCK - 1) / BLOCK * BLOCK;
	char *mem = aligned_alloc(BLOCK, room), *buf = mem + GUARD + shift;
	char *disk = malloc(len + 2 * BLOCK);
	struct iovec iov[1024];
	struct req req;
	uint32_t n = cut_up(iov, ARRAY_SIZE(iov), buf, len, shapes[shape].sizes,
			    shapes[shape].n);

	memset(mem, 0, room);
	fill(buf, len, off + 7);
	req_vector(&req, LKL_BLK_OP_WRITE, iov, n, off);
	ck_assert_int_eq(run_way(rig, &req, way), 0);
	ck_assert(is_zero(mem, buf - mem));
	ck_assert(is_filled(buf, len, off + 7));
	ck_assert(is_zero(buf + len, mem + room - buf - len));
	ck_assert_int_eq(pread(fd, disk, len + 2 * BLOCK, 0), len + 2 * BLOCK);
	ck_assert(is_filled(disk, off, 0));
	ck_assert(is_filled(disk + off, len, off + 7));
	ck_assert(is_filled(disk + off + len, BLOCK, off + len));

	memset(mem, 0, room);
	req_vector(&req, LKL_BLK_OP_READ, iov, n, off);
	ck_assert_int_eq(run_way(rig, &req, way), 0);
	ck_assert(is_zero(mem, buf - mem));
	ck_assert(is_filled(buf, len, off + 7));
	ck_assert(is_zero(buf + len, mem + room - buf - len));
	free(mem);
	free(disk);
}

static const size_t shifts[] = { 0, SECTOR, 8, 1 };

/* Transfer in all ways, with all shifts; the shape is the index of the loop. */
static void transfer_everything(int fd, int flags, int shape)
{
	char *buf = malloc(MIB);
	int way, again = reopen(fd, O_RDWR | flags);
	size_t i;

	fill(buf, MIB, 0);
	for (way = 0; way < WAYS; way++) {
		struct rig rig = rig_open(again, way_mode(way));

		for (i = 0; i < ARRAY_SIZE(shifts); i++) {
			ck_assert_int_eq(pwrite(fd, buf, MIB, 0), MIB);
			transfer_shape(&rig, fd, shape, shifts[i], way);
		}
		rig_close(&rig);
	}
	close(again);
	free(buf);
}

START_TEST(bytes_come_back_from_every_vector)
{
	transfer_everything(temp_file(MIB), 0, _i);
}
END_TEST

static bool has_direct(int fd)
{
	int direct = reopen(fd, O_RDWR | O_DIRECT);

	if (direct < 0)
		skipped("O_DIRECT is not possible on this file system");
	else
		close(direct);
	return direct >= 0;
}

START_TEST(with_o_direct_bytes_come_back_from_every_vector)
{
	int fd = temp_file(MIB);

	if (has_direct(fd))
		transfer_everything(fd, O_DIRECT, _i);
}
END_TEST

START_TEST(o_direct_reports_the_block_size_it_needs)
{
	int fd = filled_file(MIB), direct;
	struct lkl_blk_info info;
	char *buf = aligned_alloc(BLOCK, BLOCK);

	if (!has_direct(fd))
		return;
	direct = reopen(fd, O_RDWR | O_DIRECT);
	info = disk_info(direct);
	/* The file system must accept that block size. */
	ck_assert_uint_ge(info.logical_block_size, SECTOR);
	ck_assert_uint_le(info.logical_block_size, BLOCK);
	ck_assert_int_eq(pread(direct, buf, info.logical_block_size,
			       info.logical_block_size),
			 info.logical_block_size);
	free(buf);
}
END_TEST

/* Read the last sector in one piece and in two pieces of each size. */
static void read_odd_end(int fd, uint64_t size, enum way way)
{
	struct rig rig = rig_open(fd, way_mode(way));
	uint64_t end = rig.info.size_bytes, from = end - 2 * SECTOR;
	char buf[2 * SECTOR + 1];
	size_t at;

	for (at = 0; at <= 2 * SECTOR; at += 4) {
		struct iovec iov[] = {
			{ buf, at }, { buf + at, 2 * SECTOR - at },
		};
		struct req req;

		memset(buf, 1, sizeof(buf));
		req_vector(&req, LKL_BLK_OP_READ, iov, 2, from);
		ck_assert_int_eq(run_way(&rig, &req, way), 0);
		ck_assert(is_filled(buf, size - from, from));
		ck_assert(is_zero(buf + size - from, end - size));
		ck_assert_int_eq(buf[2 * SECTOR], 1);
	}
	rig_close(&rig);
}

START_TEST(the_missing_end_of_the_last_sector_reads_as_zeros)
{
	int fd = filled_file(5 * BLOCK + 1000), direct;

	read_odd_end(fd, 5 * BLOCK + 1000, _i);
	if (!has_direct(fd))
		return;
	direct = reopen(fd, O_RDWR | O_DIRECT);
	if (disk_info(direct).logical_block_size == SECTOR)
		read_odd_end(direct, 5 * BLOCK + 1000, _i);
	else
		skipped("this file system has no O_DIRECT of sectors");
	ck_assert_int_eq(size_of(fd), 5 * BLOCK + 1000);
}
END_TEST

START_TEST(the_last_sector_can_be_written_as_a_whole)
{
	int fd = filled_file(BLOCK + 100);
	struct rig rig = rig_open(fd, way_mode(_i));
	char buf[SECTOR], all[BLOCK + SECTOR];

	fill(buf, SECTOR, 77);
	ck_assert_int_eq(rw_way(&rig, _i, LKL_BLK_OP_WRITE, buf, SECTOR, BLOCK),
			 0);
	ck_assert_int_eq(size_of(fd), BLOCK + SECTOR);
	ck_assert_int_eq(pread(fd, all, sizeof(all), 0), sizeof(all));
	ck_assert(is_filled(all, BLOCK, 0));
	ck_assert_mem_eq(all + BLOCK, buf, SECTOR);
	rig_close(&rig);
}
END_TEST

START_TEST(offsets_beyond_4_gib_are_kept)
{
	int fd = temp_file(1ULL << 36);
	struct rig rig = rig_open(fd, way_mode(_i));
	uint64_t off = (1ULL << 35) + (1ULL << 32) + BLOCK;
	char buf[SECTOR], got[SECTOR];

	fill(buf, SECTOR, 5);
	ck_assert_int_eq(rw_way(&rig, _i, LKL_BLK_OP_WRITE, buf, SECTOR, off),
			 0);
	ck_assert_int_eq(pread(fd, got, SECTOR, off), SECTOR);
	ck_assert_mem_eq(got, buf, SECTOR);
	memset(got, 0, SECTOR);
	ck_assert_int_eq(rw_way(&rig, _i, LKL_BLK_OP_READ, got, SECTOR, off),
			 0);
	ck_assert_mem_eq(got, buf, SECTOR);
	ck_assert_int_eq(range_way(&rig, _i, LKL_BLK_OP_WRITE_ZEROES, 0, off,
				   SECTOR), 0);
	ck_assert_int_eq(pread(fd, got, SECTOR, off), SECTOR);
	ck_assert(is_zero(got, SECTOR));
	rig_close(&rig);
}
END_TEST

/* Discard and write-zeroes */

/* Return true when the file system of @fd supports @mode; keep the contents. */
static bool can_fallocate(int fd, int mode, const char *what)
{
	int probe = reopen(fd, O_RDWR);
	off_t size = size_of(fd);
	int ret = fallocate(probe, mode | FALLOC_FL_KEEP_SIZE, size + MIB,
			    BLOCK);

	if (ret)
		skipped(what);
	close(probe);
	return !ret;
}

static bool can_punch(int fd)
{
	return can_fallocate(fd, FALLOC_FL_PUNCH_HOLE,
			     "this file system punches no holes");
}

static void check_punched(int fd, uint64_t before)
{
	check_hole(fd, MIB, 256 * KIB, 512 * KIB);
	ck_assert_uint_le(blocks_of(fd), before - 512 * KIB / SECTOR);
	ck_assert_int_eq(lseek(fd, 0, SEEK_HOLE), 256 * KIB);
	ck_assert_int_eq(lseek(fd, 256 * KIB, SEEK_DATA), 768 * KIB);
	ck_assert_int_eq(size_of(fd), MIB);
}

START_TEST(discard_punches_a_hole)
{
	int fd = filled_file(MIB);
	uint64_t before = blocks_of(fd);
	struct rig rig = rig_open(fd, way_mode(_i));

	if (can_punch(fd)) {
		ck_assert_int_eq(range_way(&rig, _i, LKL_BLK_OP_DISCARD, 0,
					   256 * KIB, 512 * KIB), 0);
		check_punched(fd, before);
	}
	rig_close(&rig);
}
END_TEST

START_TEST(write_zeroes_punches_a_hole_when_it_may)
{
	int fd = filled_file(MIB);
	uint64_t before = blocks_of(fd);
	struct rig rig = rig_open(fd, way_mode(_i));

	if (can_punch(fd)) {
		ck_assert_int_eq(range_way(&rig, _i, LKL_BLK_OP_WRITE_ZEROES,
					   LKL_BLK_UNMAP, 256 * KIB, 512 * KIB), 0);
		check_punched(fd, before);
	}
	rig_close(&rig);
}
END_TEST

START_TEST(write_zeroes_keeps_the_blocks_when_it_must)
{
	int fd = filled_file(MIB);
	uint64_t before = blocks_of(fd);
	struct rig rig = rig_open(fd, way_mode(_i));

	ck_assert_int_eq(range_way(&rig, _i, LKL_BLK_OP_WRITE_ZEROES, 0,
				   256 * KIB, 512 * KIB), 0);
	check_hole(fd, MIB, 256 * KIB, 512 * KIB);
	ck_assert_uint_ge(blocks_of(fd), before);
	rig_close(&rig);
}
END_TEST

static const struct { uint32_t op, flags; } zeroing[] = {
	{ LKL_BLK_OP_DISCARD, 0 },
	{ LKL_BLK_OP_WRITE_ZEROES, 0 },
	{ LKL_BLK_OP_WRITE_ZEROES, LKL_BLK_UNMAP },
};

static const struct { uint64_t off, len; } misaligned[] = {
	{ 512, 512 }, { 512, 7 * 512 }, { 3584, 512 }, { 3584, 1024 },
	{ 512, 64 * KIB }, { 64 * KIB - 512, 64 * KIB + 1024 },
	{ 0, 512 }, { MIB - 512, 512 }, { 12800, 300 * KIB + 512 },
	{ 100 * KIB, 200 * KIB }, { 0, MIB },
};

/* Zero misaligned ranges of @disk: of @fd, or of the same file opened again. */
static void zero_misaligned(int fd, int disk, enum way way, size_t z)
{
	struct rig rig = rig_open(disk, way_mode(way));
	char *buf = malloc(MIB);
	size_t i;

	fill(buf, MIB, 0);
	for (i = 0; i < ARRAY_SIZE(misaligned); i++) {
		ck_assert_int_eq(pwrite(fd, buf, MIB, 0), MIB);
		ck_assert_int_eq(range_way(&rig, way, zeroing[z].op,
					   zeroing[z].flags, misaligned[i].off,
					   misaligned[i].len), 0);
		check_hole(fd, MIB, misaligned[i].off, misaligned[i].len);
		ck_assert_int_eq(size_of(fd), MIB);
	}
	rig_close(&rig);
	free(buf);
}

START_TEST(bytes_beside_a_zeroed_range_stay)
{
	size_t z = _i % ARRAY_SIZE(zeroing);
	int fd = filled_file(MIB);

	if (zeroing[z].op != LKL_BLK_OP_DISCARD || can_punch(fd))
		zero_misaligned(fd, fd, _i / ARRAY_SIZE(zeroing), z);
}
END_TEST

START_TEST(the_last_incomplete_sector_can_be_zeroed)
{
	size_t z = _i % ARRAY_SIZE(zeroing), way = _i / ARRAY_SIZE(zeroing);
	int fd = filled_file(BLOCK + 100);
	struct rig rig = rig_open(fd, way_mode(way));
	char buf[BLOCK + SECTOR];

	if (zeroing[z].op == LKL_BLK_OP_DISCARD && !can_punch(fd))
		return;
	ck_assert_int_eq(range_way(&rig, way, zeroing[z].op, zeroing[z].flags,
				   BLOCK, SECTOR), 0);
	ck_assert_int_eq(rw(&rig, LKL_BLK_OP_READ, buf, sizeof(buf), 0), 0);
	ck_assert(is_filled(buf, BLOCK, 0));
	ck_assert(is_zero(buf + BLOCK, SECTOR));
	rig_close(&rig);
}
END_TEST

/* A memfd can have holes, but cannot zero a range and keep the memory. */
START_TEST(zeroes_are_written_where_a_file_system_cannot)
{
	int fd = memfd_create("disk", MFD_CLOEXEC);

	ck_assert_int_eq(ftruncate(fd, MIB), 0);
	ck_assert_int_ne(fallocate(fd, FALLOC_FL_ZERO_RANGE |
				   FALLOC_FL_KEEP_SIZE, 0, BLOCK), 0);
	ck_assert_int_eq(errno, EOPNOTSUPP);
	zero_misaligned(fd, fd, _i, 1);
}
END_TEST

START_TEST(zeroes_are_written_where_fallocate_is_refused)
{
	size_t way = _i / 2, z;
	int fd = filled_file(MIB), direct;

	if (!calls_fail_with(SYS_fallocate, _i % 2 ? ENOSYS : EOPNOTSUPP))
		return;
	ck_assert_int_ne(fallocate(fd, 0, 0, BLOCK), 0);
	for (z = 1; z < ARRAY_SIZE(zeroing); z++)
		zero_misaligned(fd, fd, way, z);
	if (!has_direct(fd))
		return;
	direct = reopen(fd, O_RDWR | O_DIRECT);
	if (disk_info(direct).logical_block_size == SECTOR)
		zero_misaligned(fd, direct, way, 1);
	else
		skipped("this file system has no O_DIRECT of sectors");
}
END_TEST

START_TEST(a_refused_discard_fails_and_changes_nothing)
{
	int fd = filled_file(MIB);
	struct rig rig = rig_open(fd, way_mode(_i / 2));

	if (!calls_fail_with(SYS_fallocate, _i % 2 ? ENOSYS : EOPNOTSUPP))
		return;
	ck_assert_int_eq(range_way(&rig, _i / 2, LKL_BLK_OP_DISCARD, 0,
				   256 * KIB, 512 * KIB), -LKL_EOPNOTSUPP);
	check_hole(fd, MIB, 0, 0);
	rig_close(&rig);
}
END_TEST

START_TEST(an_unknown_request_is_refused)
{
	struct rig rig = rig_open(temp_file(MIB), way_mode(_i));

	ck_assert_int_eq(range_way(&rig, _i, LKL_BLK_OP_WRITE_ZEROES + 1, 0, 0,
				   BLOCK), -LKL_EOPNOTSUPP);
	rig_close(&rig);
}
END_TEST

/* Failures */

START_TEST(reads_beyond_a_truncated_end_fail)
{
	int fd = filled_file(64 * KIB);
	struct rig rig = rig_open(fd, way_mode(_i));
	char buf[64 * KIB];

	ck_assert_int_eq(ftruncate(fd, 10000), 0);
	ck_assert_int_eq(rw_way(&rig, _i, LKL_BLK_OP_READ, buf, 8192, 0), 0);
	ck_assert(is_filled(buf, 8192, 0));
	/* A range that ends behind the file, one behind the file, the last sector. */
	ck_assert_int_eq(rw_way(&rig, _i, LKL_BLK_OP_READ, buf, 4096, 8192),
			 -LKL_EIO);
	ck_assert_int_eq(rw_way(&rig, _i, LKL_BLK_OP_READ, buf, SECTOR, 12288),
			 -LKL_EIO);
	ck_assert_int_eq(rw_way(&rig, _i, LKL_BLK_OP_READ, buf, SECTOR,
				64 * KIB - SECTOR), -LKL_EIO);
	ck_assert_int_eq(rw_way(&rig, _i, LKL_BLK_OP_READ, buf, 64 * KIB, 0),
			 -LKL_EIO);
	/* The reads did not make the file longer. */
	ck_assert_int_eq(size_of(fd), 10000);
	rig_close(&rig);
}
END_TEST

static bool truncating;

static void *truncate_and_extend(void *arg)
{
	int fd = *(int *)arg;

	while (__atomic_load_n(&truncating, __ATOMIC_ACQUIRE)) {
		/* If this failed, the file would keep its size, and the test fail. */
		(void)!ftruncate(fd, 0);
		(void)!ftruncate(fd, MIB);
	}
	return NULL;
}

START_TEST(a_file_that_changes_its_size_hangs_nothing)
{
	static char buf[32][32 * KIB];
	static struct iovec iov[32];
	static struct req reqs[32];
	int fd = temp_file(MIB), round, i;
	struct rig rig = rig_open(fd, _i);
	pthread_t thread;

	truncating = true;
	pthread_create(&thread, NULL, truncate_and_extend, &fd);
	for (round = 0; round < 100; round++) {
		for (i = 0; i < 32; i++) {
			iov[i].iov_base = buf[i];
			iov[i].iov_len = sizeof(buf[i]);
			memset(buf[i], 1, sizeof(buf[i]));
			req_vector(&reqs[i], LKL_BLK_OP_READ, &iov[i], 1,
				   i * sizeof(buf[i]));
		}
		run(&rig, reqs, 32);
		for (i = 0; i < 32; i++) {
			if (reqs[i].result)
				ck_assert_int_eq(reqs[i].result, -LKL_EIO);
			else
				ck_assert(is_zero(buf[i], sizeof(buf[i])));
		}
	}
	__atomic_store_n(&truncating, false, __ATOMIC_RELEASE);
	pthread_join(thread, NULL);
	rig_close(&rig);
}
END_TEST

/* Check a disk whose file may not grow beyond 500 KiB: the disk stays usable. */
static void expect_full_at_500_kib(struct rig *rig, int way)
{
	char *buf = malloc(64 * KIB);

	fill(buf, 64 * KIB, 0);
	ck_assert_int_eq(rw_way(rig, way, LKL_BLK_OP_WRITE, buf, 64 * KIB,
				64 * KIB), 0);
	/* Up to the limit */
	ck_assert_int_eq(rw_way(rig, way, LKL_BLK_OP_WRITE, buf, 64 * KIB,
				436 * KIB), 0);
	/* Half of the request would fit. */
	ck_assert_int_eq(rw_way(rig, way, LKL_BLK_OP_WRITE, buf, 64 * KIB,
				468 * KIB), -LKL_ENOSPC);
	ck_assert_int_eq(rw_way(rig, way, LKL_BLK_OP_WRITE, buf, 64 * KIB,
				512 * KIB), -LKL_ENOSPC);
	ck_assert_int_eq(rw_way(rig, way, LKL_BLK_OP_READ, buf, 64 * KIB,
				64 * KIB), 0);
	ck_assert(is_filled(buf, 64 * KIB, 0));
	free(buf);
}

START_TEST(a_file_that_may_not_grow_is_a_full_disk)
{
	int fd = temp_file(MIB);
	struct rig rig = rig_open(fd, way_mode(_i));
	struct rlimit limit;

	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &limit);
	limit.rlim_cur = 500 * KIB;
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	expect_full_at_500_kib(&rig, _i);
	rig_close(&rig);
}
END_TEST

/* The signal of the host is not ignored: it would end the test. */
START_TEST(a_limit_for_file_sizes_does_not_end_the_process)
{
	struct rlimit limit = { 500 * KIB, RLIM_INFINITY };
	int fd = temp_file(MIB);
	struct rig rig;

	setrlimit(RLIMIT_FSIZE, &limit);
	rig = rig_open(fd, way_mode(_i));
	expect_full_at_500_kib(&rig, _i);
	rig_close(&rig);
}
END_TEST

static void write_id_map(const char *path, unsigned int id)
{
	int fd = open(path, O_WRONLY);

	dprintf(fd, "0 %u 1", id);
	close(fd);
}

/* Enter a mount namespace of our own, as root or in a user namespace. */
static bool own_mounts(void)
{
	unsigned int uid = getuid(), gid = getgid();
	int fd;

	if (unshare(CLONE_NEWNS)) {
		if (unshare(CLONE_NEWUSER | CLONE_NEWNS))
			return false;
		fd = open("/proc/self/setgroups", O_WRONLY);
		(void)!write(fd, "deny", 4);
		close(fd);
		write_id_map("/proc/self/uid_map", uid);
		write_id_map("/proc/self/gid_map", gid);
	}
	return !mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
}

/* Return a file of @size bytes on a file system of 1 MiB, or -1. */
static int file_on_small_tmpfs(uint64_t size)
{
	int fd;

	if (!own_mounts() || mount("none", "/mnt", "tmpfs", 0, "size=1M"))
		return -1;
	fd = open("/mnt/disk", O_RDWR | O_CREAT, 0600);
	if (fd >= 0)
		ck_assert_int_eq(ftruncate(fd, size), 0);
	return fd;
}

START_TEST(a_full_file_system_is_a_full_disk)
{
	int fd = file_on_small_tmpfs(4 * MIB);
	char *buf = malloc(2 * MIB);
	struct rig rig;

	if (fd < 0) {
		skipped("a tmpfs of 1 MiB cannot be mounted here");
		return;
	}
	fill(buf, 2 * MIB, 0);
	rig = rig_open(fd, way_mode(_i));
	ck_assert_int_eq(rw_way(&rig, _i, LKL_BLK_OP_WRITE, buf, 512 * KIB, 0),
			 0);
	/* A part of the request fits. */
	ck_assert_int_eq(rw_way(&rig, _i, LKL_BLK_OP_WRITE, buf, 2 * MIB,
				MIB), -LKL_ENOSPC);
	ck_assert_int_eq(rw_way(&rig, _i, LKL_BLK_OP_WRITE, buf, SECTOR,
				3 * MIB + 512 * KIB), -LKL_ENOSPC);
	ck_assert_int_eq(range_way(&rig, _i, LKL_BLK_OP_WRITE_ZEROES, 0,
				   3 * MIB, MIB), -LKL_ENOSPC);
	/* There is room again. */
	ck_assert_int_eq(range_way(&rig, _i, LKL_BLK_OP_DISCARD, 0, MIB,
				   3 * MIB), 0);
	ck_assert_int_eq(rw_way(&rig, _i, LKL_BLK_OP_WRITE, buf, 256 * KIB,
				2 * MIB), 0);
	memset(buf, 0, MIB);
	ck_assert_int_eq(rw_way(&rig, _i, LKL_BLK_OP_READ, buf, 512 * KIB, 0),
			 0);
	ck_assert(is_filled(buf, 512 * KIB, 0));
	rig_close(&rig);
	free(buf);
}
END_TEST

START_TEST(what_a_sealed_file_refuses_is_an_io_error)
{
	int fd = memfd_create("disk", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	char buf[BLOCK];
	struct rig rig;

	fill(buf, BLOCK, 0);
	ck_assert_int_eq(pwrite(fd, buf, BLOCK, 0), BLOCK);
	ck_assert_int_eq(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), 0);
	rig = rig_open(fd, way_mode(_i));
	ck_assert_int_eq(rw_way(&rig, _i, LKL_BLK_OP_WRITE, buf, SECTOR, 0),
			 -LKL_EIO);
	ck_assert_int_eq(range_way(&rig, _i, LKL_BLK_OP_DISCARD, 0, 0, BLOCK),
			 -LKL_EIO);
	ck_assert_int_eq(range_way(&rig, _i, LKL_BLK_OP_WRITE_ZEROES,
				   LKL_BLK_UNMAP, 0, BLOCK), -LKL_EIO);
	memset(buf, 0, BLOCK);
	ck_assert_int_eq(rw_way(&rig, _i, LKL_BLK_OP_READ, buf, BLOCK, 0), 0);
	ck_assert(is_filled(buf, BLOCK, 0));
	rig_close(&rig);
}
END_TEST

START_TEST(writes_to_a_read_only_fd_are_io_errors)
{
	int fd = filled_file(BLOCK);
	struct rig rig = rig_open(reopen(fd, O_RDONLY), way_mode(_i));
	char buf[SECTOR] = "";

	ck_assert_int_eq(rw_way(&rig, _i, LKL_BLK_OP_WRITE, buf, SECTOR, 0),
			 -LKL_EIO);
	ck_assert_int_eq(range_way(&rig, _i, LKL_BLK_OP_DISCARD, 0, 0, BLOCK),
			 -LKL_EIO);
	ck_assert_int_eq(range_way(&rig, _i, LKL_BLK_OP_WRITE_ZEROES, 0, 0,
				   BLOCK), -LKL_EIO);
	check_hole(fd, BLOCK, 0, 0);
	rig_close(&rig);
}
END_TEST

/* Errors of a host and what done() reports for them */
static const struct { int host, lkl; } errors[] = {
	{ EIO, LKL_EIO }, { ENOSPC, LKL_ENOSPC }, { EDQUOT, LKL_ENOSPC },
	{ EFBIG, LKL_ENOSPC }, { EOPNOTSUPP, LKL_EOPNOTSUPP },
	{ ENOSYS, LKL_EOPNOTSUPP }, { EPERM, LKL_EIO }, { EROFS, LKL_EIO },
	{ ENOMEM, LKL_EIO }, { ENODEV, LKL_EIO }, { EINVAL, LKL_EIO },
	{ ESTALE, LKL_EIO }, { ETIMEDOUT, LKL_EIO }, { EREMOTEIO, LKL_EIO },
};

START_TEST(host_errors_become_documented_errors)
{
	int expected = -errors[_i].lkl;
	struct rig rig = rig_open(filled_file(MIB), WITHOUT_RING);
	char buf[BLOCK];
	struct iovec iov = { buf, BLOCK };
	struct req req;

	if (!calls_fail_with(SYS_preadv, errors[_i].host) ||
	    !calls_fail_with(SYS_pwritev, errors[_i].host) ||
	    !calls_fail_with(SYS_fdatasync, errors[_i].host) ||
	    !calls_fail_with(SYS_fallocate, errors[_i].host))
		return;
	req_vector(&req, LKL_BLK_OP_READ, &iov, 1, 0);
	ck_assert_int_eq(run_one(&rig, &req), expected);
	req_vector(&req, LKL_BLK_OP_WRITE, &iov, 1, 0);
	ck_assert_int_eq(run_one(&rig, &req), expected);
	req_range(&req, LKL_BLK_OP_FLUSH, 0, 0, 0);
	ck_assert_int_eq(run_one(&rig, &req), expected);
	req_range(&req, LKL_BLK_OP_DISCARD, 0, 0, BLOCK);
	ck_assert_int_eq(run_one(&rig, &req), expected);
	rig_close(&rig);
}
END_TEST

/* Flush */

START_TEST(nothing_is_dirty_after_a_flush)
{
	int fd = temp_file(4 * MIB);
	struct rig rig = rig_open(fd, way_mode(_i));
	char *buf = malloc(4 * MIB);

	fill(buf, 4 * MIB, 0);
	ck_assert_int_eq(rw_way(&rig, _i, LKL_BLK_OP_WRITE, buf, 4 * MIB, 0),
			 0);
	ck_assert_int_eq(range_way(&rig, _i, LKL_BLK_OP_FLUSH, 0, 0, 0), 0);
	expect_clean(fd, 0);
	rig_close(&rig);
	free(buf);
}
END_TEST

/* Loop devices: block devices whose medium is a file of the test */

#define LOOP_SIZE	(4 * MIB)

static int loop_device(int backing, uint32_t block_size, uint32_t flags)
{
	int control = open("/dev/loop-control", O_RDWR), tries, fd = -1, n;
	struct loop_config config = {
		.fd = backing,
		.block_size = block_size,
		.info.lo_flags = LO_FLAGS_AUTOCLEAR | flags,
	};
	char path[32];

	for (tries = 0; control >= 0 && fd < 0 && tries < 100; tries++) {
		n = ioctl(control, LOOP_CTL_GET_FREE);
		if (n < 0)
			break;
		snprintf(path, sizeof(path), "/dev/loop%d", n);
		fd = open(path, flags & LO_FLAGS_READ_ONLY ? O_RDONLY : O_RDWR);
		if (fd < 0)
			break;
		if (ioctl(fd, LOOP_CONFIGURE, &config)) {
			/* Another process may have taken the device. */
			close(fd);
			fd = -1;
			if (errno != EBUSY)
				break;
		}
	}
	if (control >= 0)
		close(control);
	if (fd < 0)
		skipped("there are no loop devices here");
	return fd;
}

START_TEST(a_block_device_reports_its_properties)
{
	uint32_t bs = _i ? 4096 : 512;
	int backing = filled_file(LOOP_SIZE), fd, one = 1, zero = 0;
	struct lkl_blk_info info;

	fd = loop_device(backing, bs, 0);
	if (fd < 0)
		return;
	info = disk_info(fd);
	ck_assert_uint_eq(info.size_bytes, LOOP_SIZE);
	ck_assert_uint_eq(info.logical_block_size, bs);
	ck_assert_uint_ge(info.physical_block_size, bs);
	ck_assert_uint_eq(info.flags, LKL_BLK_DISCARD | LKL_BLK_WRITE_ZEROES);
	/* The device can be read-only where the fd is not. */
	ck_assert_int_eq(ioctl(fd, BLKROSET, &one), 0);
	info = disk_info(fd);
	/* The next user of the device must not find it read-only. */
	ck_assert_int_eq(ioctl(fd, BLKROSET, &zero), 0);
	ck_assert(info.flags & LKL_BLK_READ_ONLY);
	close(fd);

	fd = loop_device(backing, bs, LO_FLAGS_READ_ONLY);
	ck_assert_int_ge(fd, 0);
	ck_assert(disk_info(fd).flags & LKL_BLK_READ_ONLY);
	close(fd);
}
END_TEST

START_TEST(a_block_device_keeps_flushed_data)
{
	int backing = temp_file(LOOP_SIZE), fd = loop_device(backing, 512, 0);
	struct rig rig;
	char *buf;

	if (fd < 0)
		return;
	buf = malloc(LOOP_SIZE);
	rig = rig_open(fd, way_mode(_i));
	fill(buf, LOOP_SIZE, 0);
	ck_assert_int_eq(rw_way(&rig, _i, LKL_BLK_OP_WRITE, buf, LOOP_SIZE, 0),
			 0);
	ck_assert_int_eq(range_way(&rig, _i, LKL_BLK_OP_FLUSH, 0, 0, 0), 0);
	check_hole(backing, LOOP_SIZE, 0, 0);
	memset(buf, 0, LOOP_SIZE);
	ck_assert_int_eq(rw_way(&rig, _i, LKL_BLK_OP_READ, buf, LOOP_SIZE, 0),
			 0);
	ck_assert(is_filled(buf, LOOP_SIZE, 0));
	free(buf);
	rig_close(&rig);
}
END_TEST

START_TEST(discard_of_a_block_device_reaches_its_medium)
{
	size_t z = _i % ARRAY_SIZE(zeroing), way = _i / ARRAY_SIZE(zeroing);
	int backing = filled_file(LOOP_SIZE), fd;
	uint64_t before = blocks_of(backing);
	struct rig rig;

	fd = loop_device(backing, 4096, 0);
	if (fd < 0 || !can_punch(backing))
		return;
	rig = rig_open(fd, way_mode(way));
	ck_assert_int_eq(range_way(&rig, way, zeroing[z].op, zeroing[z].flags,
				   MIB + 4096, 2 * MIB), 0);
	ck_assert_int_eq(range_way(&rig, way, LKL_BLK_OP_FLUSH, 0, 0, 0), 0);
	check_hole(backing, LOOP_SIZE, MIB + 4096, 2 * MIB);
	if (zeroing[z].flags || zeroing[z].op == LKL_BLK_OP_DISCARD)
		ck_assert_uint_le(blocks_of(backing),
				  before - 2 * MIB / SECTOR);
	rig_close(&rig);
}
END_TEST

START_TEST(blocks_of_4_kib_with_o_direct_take_any_memory)
{
	int backing = temp_file(LOOP_SIZE), fd = loop_device(backing, 4096, 0);

	if (fd < 0)
		return;
	ck_assert_uint_eq(disk_info(fd).logical_block_size, 4096);
	/* Only shapes whose sum is a multiple of the block size */
	if (shapes[_i].len % BLOCK == 0)
		transfer_everything(fd, O_DIRECT, _i);
}
END_TEST

START_TEST(errors_of_the_medium_are_io_errors)
{
	int backing = filled_file(LOOP_SIZE), fd, way;
	char buf[BLOCK];

	fd = loop_device(backing, 512, 0);
	if (fd < 0)
		return;
	ck_assert_int_eq(ftruncate(backing, MIB), 0);
	for (way = 0; way < WAYS; way++) {
		struct rig rig = rig_open(fd, way_mode(way));

		ck_assert_int_eq(rw_way(&rig, way, LKL_BLK_OP_READ, buf, BLOCK,
					2 * MIB), -LKL_EIO);
		ck_assert_int_eq(rw_way(&rig, way, LKL_BLK_OP_READ, buf, BLOCK,
					0), 0);
		ck_assert(is_filled(buf, BLOCK, 0));
		rig_close(&rig);
	}
}
END_TEST

/* The writes are accepted; only the flush can report that they were lost. */
START_TEST(a_flush_reports_lost_writes)
{
	int backing = file_on_small_tmpfs(LOOP_SIZE), fd = -1, result;
	struct rig rig;
	char *buf;

	if (backing >= 0)
		fd = loop_device(backing, 512, 0);
	if (fd < 0)
		return;
	buf = malloc(LOOP_SIZE);
	rig = rig_open(fd, way_mode(_i));
	fill(buf, LOOP_SIZE, 0);
	ck_assert_int_eq(rw_way(&rig, _i, LKL_BLK_OP_WRITE, buf, LOOP_SIZE, 0),
			 0);
	result = range_way(&rig, _i, LKL_BLK_OP_FLUSH, 0, 0, 0);
	ck_assert(result == -LKL_EIO || result == -LKL_ENOSPC);
	free(buf);
	rig_close(&rig);
}
END_TEST

static void add_io_tests(TCase *tc)
{
	int n = ARRAY_SIZE(shapes), zn = ARRAY_SIZE(zeroing) * WAYS;

	tcase_add_test(tc, a_file_is_as_large_as_its_sectors);
	tcase_add_test(tc, a_read_only_fd_is_a_read_only_disk);
	tcase_add_test(tc, only_files_and_block_devices_are_disks);
	tcase_add_loop_test(tc, bytes_come_back_from_every_vector, 0, n);
	tcase_add_loop_test(tc, with_o_direct_bytes_come_back_from_every_vector,
			    0, n);
	tcase_add_test(tc, o_direct_reports_the_block_size_it_needs);
	tcase_add_loop_test(tc,
			    the_missing_end_of_the_last_sector_reads_as_zeros,
			    0, WAYS);
	tcase_add_loop_test(tc, the_last_sector_can_be_written_as_a_whole, 0,
			    WAYS);
	tcase_add_loop_test(tc, offsets_beyond_4_gib_are_kept, 0, WAYS);
	tcase_add_loop_test(tc, discard_punches_a_hole, 0, WAYS);
	tcase_add_loop_test(tc, write_zeroes_punches_a_hole_when_it_may, 0,
			    WAYS);
	tcase_add_loop_test(tc, write_zeroes_keeps_the_blocks_when_it_must, 0,
			    WAYS);
	tcase_add_loop_test(tc, bytes_beside_a_zeroed_range_stay, 0, zn);
	tcase_add_loop_test(tc, the_last_incomplete_sector_can_be_zeroed, 0,
			    zn);
	tcase_add_loop_test(tc, zeroes_are_written_where_a_file_system_cannot,
			    0, WAYS);
	tcase_add_loop_test(tc, zeroes_are_written_where_fallocate_is_refused,
			    0, 2 * WAYS);
	tcase_add_loop_test(tc, a_refused_discard_fails_and_changes_nothing,
			    0, 2 * WAYS);
	tcase_add_loop_test(tc, an_unknown_request_is_refused, 0, WAYS);
	tcase_add_loop_test(tc, nothing_is_dirty_after_a_flush, 0, WAYS);
}

static void add_failure_tests(TCase *tc)
{
	tcase_add_loop_test(tc, reads_beyond_a_truncated_end_fail, 0, WAYS);
	tcase_add_loop_test(tc,
			    a_file_that_changes_its_size_hangs_nothing,
			    0, POLLER_MODES);
	tcase_add_loop_test(tc, a_file_that_may_not_grow_is_a_full_disk, 0,
			    WAYS);
	tcase_add_loop_test(tc, a_limit_for_file_sizes_does_not_end_the_process,
			    0, WAYS);
	tcase_add_loop_test(tc, a_full_file_system_is_a_full_disk, 0, WAYS);
	tcase_add_loop_test(tc, what_a_sealed_file_refuses_is_an_io_error,
			    0, WAYS);
	tcase_add_loop_test(tc, writes_to_a_read_only_fd_are_io_errors, 0,
			    WAYS);
	tcase_add_loop_test(tc, host_errors_become_documented_errors,
			    0, ARRAY_SIZE(errors));
}

static void add_device_tests(TCase *tc)
{
	tcase_add_loop_test(tc, a_block_device_reports_its_properties, 0, 2);
	tcase_add_loop_test(tc,
			    a_block_device_keeps_flushed_data,
			    0, WAYS);
	tcase_add_loop_test(tc, discard_of_a_block_device_reaches_its_medium,
			    0, ARRAY_SIZE(zeroing) * WAYS);
	tcase_add_loop_test(tc, blocks_of_4_kib_with_o_direct_take_any_memory,
			    0, ARRAY_SIZE(shapes));
	tcase_add_test(tc, errors_of_the_medium_are_io_errors);
	tcase_add_loop_test(tc, a_flush_reports_lost_writes, 0, WAYS);
}

int main(void)
{
	TCase *tc = tcase_create("blk");

	tcase_set_timeout(tc, 30);
	add_io_tests(tc);
	add_failure_tests(tc);
	add_device_tests(tc);
	return run_case(tc, CK_FORK);
}
