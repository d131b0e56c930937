// SPDX-License-Identifier: GPL-2.0
/*
 * Many disk requests at the same time: threads read and write a block device,
 * whose requests overlap on the host.
 *
 * usage: windows-depth [bench]
 *
 * With "bench", print how many requests per second threads perform, with and
 * without overlapped requests.
 */
#include <windows.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lkl_host.h>
#include <lkl/linux/fadvise.h>
#include <lkl/linux/filter.h>

#include "support/check-main.h"

#define THREADS		32
#define BLOCK		4096
/* Blocks of one thread, which writes to no others */
#define BLOCKS		64
/* Blocks that are written together */
#define GROUP		4
#define ROUNDS		100
#define BENCH_MS	2000
/* The file ends within a sector. */
#define TAIL		100
#define DISK_SIZE	((uint64_t)THREADS * BLOCKS * BLOCK + TAIL)
#define FILE_NAME	L"windows-depth.img"
#define DEVICE		"/disk"

static struct lkl_host_operations ops;
static struct lkl_host_vm_ops vm;
static char text[4096];
static struct lkl_disk disk;
static int device;

static void keep_text(int level, const char *str, int len)
{
	if (strlen(text) + len < sizeof(text))
		strncat(text, str, len);
}

static void open_file(DWORD share, DWORD flags)
{
	LARGE_INTEGER size = { .QuadPart = DISK_SIZE };

	disk.handle = CreateFileW(FILE_NAME, GENERIC_READ | GENERIC_WRITE,
				  share, NULL, CREATE_ALWAYS,
				  FILE_FLAG_DELETE_ON_CLOSE | flags, NULL);
	ck_assert_ptr_ne(disk.handle, INVALID_HANDLE_VALUE);
	ck_assert(SetFilePointerEx(disk.handle, size, NULL, FILE_BEGIN));
	ck_assert(SetEndOfFile(disk.handle));
}

static void boot(const char *overlapped, DWORD share, DWORD flags)
{
	char setting[32];
	uint32_t dev;

	snprintf(setting, sizeof(setting), "LKL_OVERLAPPED=%s", overlapped);
	_putenv(setting);
	ops = lkl_host_ops;
	vm = *ops.vm;
	ops.vm = &vm;
	ops.log = keep_text;
	lkl_host_ops.log = keep_text;
	text[0] = 0;
	open_file(share, flags);
	ck_assert_int_eq(lkl_init(&ops), 0);
	ck_assert_int_eq(lkl_disk_add(&disk), 0);
	ck_assert_int_eq(lkl_start_kernel("quiet loglevel=1"), 0);
	ck_assert_int_eq(lkl_get_virtio_blkdev(0, 0, &dev), 0);
	ck_assert_int_eq(lkl_sys_mknod(DEVICE, LKL_S_IFBLK | 0600, dev), 0);
	device = lkl_sys_open(DEVICE, LKL_O_RDWR, 0);
	ck_assert_int_ge(device, 0);
	/* Read single blocks. */
	ck_assert_int_eq(lkl_sys_fadvise64(device, 0, 0,
					   LKL_POSIX_FADV_RANDOM), 0);
}

static void halt(void)
{
	ck_assert_int_eq(lkl_sys_halt(), 0);
	lkl_cleanup();
	CloseHandle(disk.handle);
}

/* Run @fn in @n threads, whose numbers are its argument. */
static void run_threads(int n, void (*fn)(void *arg))
{
	lkl_thread_t threads[THREADS];
	intptr_t i;

	for (i = 0; i < n; i++) {
		threads[i] = ops.thread_create(fn, (void *)i);
		ck_assert(threads[i]);
	}
	for (i = 0; i < n; i++)
		ck_assert_int_eq(ops.thread_join(threads[i]), 0);
}

/* Number of errors and of blocks with wrong data */
static uint32_t failures;

static void note_failure(bool wrong)
{
	if (wrong)
		__atomic_fetch_add(&failures, 1, __ATOMIC_RELAXED);
}

/* Note an error or a short transfer. */
static void expect_transfer(int64_t ret, int64_t len)
{
	if (ret != len && !__atomic_fetch_add(&failures, 1, __ATOMIC_RELAXED))
		printf("# a transfer of %lld bytes returned %lld\n",
		       (long long)len, (long long)ret);
}

/* Write to the disk what was written to [@off, @off + @len), and forget it. */
static void forget_range(int64_t off, int64_t len)
{
	expect_transfer(lkl_sys_sync_file_range(device, off, len,
			LKL_SYNC_FILE_RANGE_WAIT_BEFORE |
			LKL_SYNC_FILE_RANGE_WRITE |
			LKL_SYNC_FILE_RANGE_WAIT_AFTER), 0);
	expect_transfer(lkl_sys_fadvise64(device, off, len,
					  LKL_POSIX_FADV_DONTNEED), 0);
}

/* Read a block from the disk, not from memory. */
static int64_t read_block(char *buf, int64_t off)
{
	lkl_sys_fadvise64(device, off, BLOCK, LKL_POSIX_FADV_DONTNEED);
	return lkl_sys_pread64(device, buf, BLOCK, off);
}

static bool is_filled(const char *buf, char byte)
{
	int i;

	for (i = 0; i < BLOCK; i++)
		if (buf[i] != byte)
			return false;
	return true;
}

/* Each of the blocks of a transfer has its page. */
static void write_and_check(void *arg)
{
	int number = (intptr_t)arg, i, k;
	int64_t start = (int64_t)number * BLOCKS * BLOCK, off;
	char last[BLOCKS] = "", *buf = malloc(BLOCK);

	for (i = 0; i < ROUNDS; i++) {
		int first = i * 29 % (BLOCKS / GROUP) * GROUP;

		for (k = first; k < first + GROUP; k++) {
			last[k] = 'a' + (number + i + k) % 26;
			memset(buf, last[k], BLOCK);
			off = start + k * BLOCK;
			expect_transfer(lkl_sys_pwrite64(device, buf, BLOCK,
							 off), BLOCK);
		}
		forget_range(start + first * BLOCK, GROUP * BLOCK);
		k = i * 13 % BLOCKS;
		expect_transfer(read_block(buf, start + k * BLOCK), BLOCK);
		note_failure(!is_filled(buf, last[k]));
		if (i % 20 == 19)
			expect_transfer(lkl_sys_fdatasync(device), 0);
	}
	free(buf);
}

/* The end of the file is within the last sector. */
static void read_last_sector(void *arg)
{
	char buf[BLOCK];
	int i;

	for (i = 0; i < ROUNDS; i++) {
		memset(buf, 'x', BLOCK);
		expect_transfer(read_block(buf, DISK_SIZE - TAIL), 512);
		note_failure(buf[0] || buf[511]);
	}
}

static void use_disk(void)
{
	failures = 0;
	run_threads(THREADS, write_and_check);
	run_threads(THREADS, read_last_sector);
	ck_assert_uint_eq(failures, 0);
}

static bool says_no_overlap(void)
{
	return strstr(text, "disk requests do not overlap");
}

START_TEST(requests_of_a_shared_file_overlap)
{
	boot("1", FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, 0);
	ck_assert(!says_no_overlap());
	use_disk();
	halt();
}
END_TEST

START_TEST(requests_of_an_overlapped_handle_overlap)
{
	boot("1", 0, FILE_FLAG_OVERLAPPED);
	ck_assert(!says_no_overlap());
	use_disk();
	halt();
}
END_TEST

START_TEST(without_overlap_there_is_a_message_and_no_error)
{
	/* The system does not open the file again. */
	boot("1", 0, 0);
	ck_assert(strstr(text, "cannot open the file again"));
	use_disk();
	halt();
	boot("0", FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, 0);
	ck_assert(says_no_overlap());
	use_disk();
	halt();
}
END_TEST

static uint32_t io_errors;

static void read_until_error(void *arg)
{
	int64_t off = ((intptr_t)arg + 1) * BLOCKS * BLOCK - BLOCK, ret;
	char buf[BLOCK];

	do {
		ret = read_block(buf, off);
	} while (ret == BLOCK);
	if (ret == -LKL_EIO)
		__atomic_fetch_add(&io_errors, 1, __ATOMIC_RELAXED);
}

static lkl_thread_t reader_threads[THREADS];

static void start_readers(void)
{
	intptr_t i;

	io_errors = 0;
	for (i = 0; i < THREADS; i++) {
		reader_threads[i] = ops.thread_create(read_until_error,
						      (void *)i);
		ck_assert(reader_threads[i]);
	}
}

static void join_readers(void)
{
	int i;

	for (i = 0; i < THREADS; i++)
		ck_assert_int_eq(ops.thread_join(reader_threads[i]), 0);
}

static void expect_errors_of_readers(void)
{
	join_readers();
	ck_assert_uint_eq(io_errors, THREADS);
}

START_TEST(a_file_that_became_shorter_is_an_error)
{
	LARGE_INTEGER size = { .QuadPart = BLOCK };

	boot("1", FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, 0);
	start_readers();
	ck_assert(SetFilePointerEx(disk.handle, size, NULL, FILE_BEGIN));
	ck_assert(SetEndOfFile(disk.handle));
	expect_errors_of_readers();
	halt();
}
END_TEST

START_TEST(a_disk_is_removed_while_requests_are_in_flight)
{
	boot("1", FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, 0);
	start_readers();
	ck_assert_int_eq(lkl_disk_remove(disk), 0);
	/* Reads find an error, or the end of the device. */
	join_readers();
	halt();
}
END_TEST

START_TEST(a_halt_while_requests_are_in_flight_ends_them)
{
	boot("1", FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, 0);
	start_readers();
	halt();
	join_readers();
}
END_TEST

static int lying_alias(struct lkl_ram *ram, void *va, uint64_t off,
		       uint64_t len)
{
	return 0;
}

START_TEST(a_panic_with_requests_in_flight_ends_them)
{
	/* The kernel allocates a socket filter with vmalloc(). */
	struct lkl_sock_filter insn = { .code = LKL_BPF_RET | LKL_BPF_K };
	struct lkl_sock_fprog prog = { .len = 1, .filter = &insn };
	int fd;

	boot("1", FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, 0);
	start_readers();
	fd = lkl_sys_socket(LKL_AF_INET, LKL_SOCK_DGRAM, 0);
	ck_assert_int_ge(fd, 0);
	vm.ram_alias = lying_alias;
	ck_assert_int_eq(lkl_sys_setsockopt(fd, LKL_SOL_SOCKET,
					    LKL_SO_ATTACH_FILTER,
					    (void *)&prog, sizeof(prog)),
			 -LKL_EIO);
	expect_errors_of_readers();
	ck_assert_int_eq(lkl_sys_halt(), -LKL_EIO);
	lkl_cleanup();
	CloseHandle(disk.handle);

	boot("1", FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, 0);
	use_disk();
	halt();
}
END_TEST

static uint32_t bench_end;
static uint64_t bench_count;

static void count_reads(void *arg)
{
	uint32_t where = 12345 * ((intptr_t)arg + 1), n = 0;
	char buf[BLOCK];

	while (!__atomic_load_n(&bench_end, __ATOMIC_RELAXED)) {
		where = where * 1664525 + 1013904223;
		expect_transfer(read_block(buf, (int64_t)(where >> 8) %
					   (THREADS * BLOCKS) * BLOCK),
				BLOCK);
		n++;
	}
	__atomic_fetch_add(&bench_count, n, __ATOMIC_RELAXED);
}

static void end_bench(void *arg)
{
	Sleep(BENCH_MS);
	__atomic_store_n(&bench_end, 1, __ATOMIC_RELAXED);
}

START_TEST(bench)
{
	static const int depths[] = { 1, 4, THREADS };
	lkl_thread_t timer;
	int overlapped, i;

	for (overlapped = 0; overlapped < 2; overlapped++) {
		boot(overlapped ? "1" : "0", FILE_SHARE_READ |
		     FILE_SHARE_WRITE | FILE_SHARE_DELETE, 0);
		run_threads(THREADS, write_and_check);
		for (i = 0; i < 3; i++) {
			bench_end = 0;
			bench_count = 0;
			timer = ops.thread_create(end_bench, NULL);
			run_threads(depths[i], count_reads);
			ops.thread_join(timer);
			printf("%s requests, %2d threads: %6llu reads/s\n",
			       overlapped ? "overlapped " : "synchronous",
			       depths[i], (unsigned long long)bench_count *
			       1000 / BENCH_MS);
		}
		halt();
	}
	ck_assert_uint_eq(failures, 0);
}
END_TEST

int main(int argc, char **argv)
{
	TCase *tc = tcase_create("windows-depth");

	if (argc > 1) {
		tcase_add_test(tc, bench);
		return run_case(tc, CK_NOFORK);
	}
	tcase_add_test(tc, requests_of_a_shared_file_overlap);
	tcase_add_test(tc, requests_of_an_overlapped_handle_overlap);
	tcase_add_test(tc, without_overlap_there_is_a_message_and_no_error);
	tcase_add_test(tc, a_file_that_became_shorter_is_an_error);
	tcase_add_test(tc, a_disk_is_removed_while_requests_are_in_flight);
	tcase_add_test(tc, a_halt_while_requests_are_in_flight_ends_them);
	tcase_add_test(tc, a_panic_with_requests_in_flight_ends_them);
	return run_case(tc, CK_NOFORK);
}
