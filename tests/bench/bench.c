// SPDX-License-Identifier: GPL-2.0
/*
 * Measure the library, and print each figure beside the native one of the same run.
 *
 * usage: bench IMAGE DATA FILE: IMAGE is an ext4 image, DATA a file from which blocks
 * are read, FILE a file that is made on the host's file system.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <lkl_host.h>
#include <lkl/linux/fadvise.h>

#include "shared/clock.h"
#include "shared/macros.h"

#define RUNS	15

static int bench_compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double bench_median(double *v, int n)
{
	qsort(v, n, sizeof(*v), bench_compare);
	return v[n / 2];
}

static void bench_must(long ret, const char *what)
{
	if (ret >= 0)
		return;
	fprintf(stderr, "bench: %s: %s\n", what, lkl_strerror(ret));
	exit(1);
}

/* One pair of figures: ours, the host's. */
struct pair {
	const char *name;
	void (*ours)(void);
	void (*native)(void);
	int count;
};

static char buf[4096];
static char path[256];
static const char *host_path;
static int fd, host_fd;

static void our_null(void) { lkl_sys_getppid(); }
static void native_null(void) { syscall(SYS_getppid); }
static void our_pread(void) { lkl_sys_pread64(fd, buf, sizeof(buf), 0); }
static void native_pread(void)
{
	bench_must(pread(host_fd, buf, sizeof(buf), 0), "pread");
}
static void our_pwrite(void) { lkl_sys_pwrite64(fd, buf, sizeof(buf), 0); }
static void native_pwrite(void)
{
	bench_must(pwrite(host_fd, buf, sizeof(buf), 0), "pwrite");
}

static void our_stat(void)
{
	struct lkl_stat st;

	lkl_sys_stat(path, &st);
}

static void native_stat(void)
{
	struct stat st;

	bench_must(stat(host_path, &st), "stat");
}

static void our_open(void) { lkl_sys_close(lkl_sys_open(path, LKL_O_RDONLY, 0)); }
static void native_open(void) { close(open(host_path, O_RDONLY)); }

static void our_create(void)
{
	static int n;
	char name[300];
	long f;

	snprintf(name, sizeof(name), "%s-%d", path, n++);
	f = lkl_sys_open(name, LKL_O_CREAT | LKL_O_WRONLY, 0644);
	bench_must(f, "create");
	lkl_sys_write(f, buf, 70);
	lkl_sys_close(f);
}

static void native_create(void)
{
	static int n;
	char name[300];
	int f;

	snprintf(name, sizeof(name), "%s-%d", host_path, n++);
	f = open(name, O_CREAT | O_WRONLY, 0644);
	bench_must(write(f, buf, 70), "write");
	close(f);
}

static double time_each(void (*fn)(void), int count)
{
	double start = now_ns();
	int i;

	for (i = 0; i < count; i++)
		fn();
	return (now_ns() - start) / count;
}

static void run_pair(const struct pair *p)
{
	double ours[RUNS], native[RUNS];
	int i;

	for (i = 0; i < RUNS; i++) {
		ours[i] = time_each(p->ours, p->count);
		native[i] = time_each(p->native, p->count);
	}
	printf("%-28s %10.0f ns %10.0f ns   ratio %.3f\n", p->name,
	       bench_median(ours, RUNS), bench_median(native, RUNS),
	       bench_median(ours, RUNS) / bench_median(native, RUNS));
}

static const struct pair pairs[] = {
	{ "null call", our_null, native_null, 200000 },
	{ "pread 4 KiB, cached", our_pread, native_pread, 50000 },
	{ "pwrite 4 KiB, cached", our_pwrite, native_pwrite, 20000 },
	{ "stat", our_stat, native_stat, 50000 },
	{ "open + close", our_open, native_open, 50000 },
	{ "create, write 70 bytes, close", our_create, native_create, 200 },
};

/* Ping-pong of two threads through pipes */

#define ROUNDS	2000

static int pipes[2][2];
static int host_pipes[2][2];

static void *our_pong(void *arg)
{
	char c;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		lkl_sys_read(pipes[0][0], &c, 1);
		lkl_sys_write(pipes[1][1], &c, 1);
	}
	return arg;
}

static void *native_pong(void *arg)
{
	char c;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		bench_must(read(host_pipes[0][0], &c, 1), "read");
		bench_must(write(host_pipes[1][1], &c, 1), "write");
	}
	return arg;
}

static double bench_ping(int native)
{
	pthread_t thread;
	double start;
	char c = 0;
	int i;

	pthread_create(&thread, NULL, native ? native_pong : our_pong, NULL);
	start = now_ns();
	for (i = 0; i < ROUNDS; i++) {
		if (native) {
			bench_must(write(host_pipes[0][1], &c, 1), "write");
			bench_must(read(host_pipes[1][0], &c, 1), "read");
		} else {
			lkl_sys_write(pipes[0][1], &c, 1);
			lkl_sys_read(pipes[1][0], &c, 1);
		}
	}
	start = (now_ns() - start) / ROUNDS;
	pthread_join(thread, NULL);
	return start;
}

static void bench_pipes(void)
{
	double ours[RUNS], native[RUNS];
	int i;

	for (i = 0; i < 2; i++) {
		bench_must(lkl_sys_pipe(pipes[i]), "pipe");
		bench_must(pipe(host_pipes[i]), "pipe");
	}
	for (i = 0; i < RUNS; i++) {
		ours[i] = bench_ping(0);
		native[i] = bench_ping(1);
	}
	printf("%-28s %10.0f ns %10.0f ns   ratio %.3f\n", "pipe ping-pong",
	       bench_median(ours, RUNS), bench_median(native, RUNS),
	       bench_median(ours, RUNS) / bench_median(native, RUNS));
}

static long rss_kib(void)
{
	FILE *f = fopen("/proc/self/status", "r");
	char line[128];
	long kib = 0;

	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "VmRSS: %ld", &kib) == 1)
			break;
	fclose(f);
	return kib;
}

static void bench_boot(const char *cmdline)
{
	double boots[RUNS], halts[RUNS];
	long before = rss_kib(), after = 0;
	int i;

	for (i = 0; i < RUNS; i++) {
		double start;

		bench_must(lkl_init(&lkl_host_ops), "init");
		start = now_ns();
		bench_must(lkl_start_kernel("quiet %s", cmdline), "boot");
		boots[i] = (now_ns() - start) / 1e6;
		if (i == 0)
			after = rss_kib();
		start = now_ns();
		bench_must(lkl_sys_halt(), "halt");
		halts[i] = (now_ns() - start) / 1e6;
		lkl_cleanup();
	}
	printf("boot %-23s %10.2f ms, halt %.2f ms, RSS + %ld KiB\n", cmdline,
	       bench_median(boots, RUNS), bench_median(halts, RUNS),
	       after - before);
}

/* Reads that are not in the cache of the kernel inside, nor in the host's. */

#define COLD_BATCH	100
#define MAX_DEPTH	32

static int direct_fd;
static long disk_fd;
static off_t cold_blocks;

static void cold_read(int native, unsigned int *seed, void *page)
{
	off_t pos = rand_r(seed) % cold_blocks * 4096L;

	if (native)
		bench_must(pread(direct_fd, page, 4096, pos), "pread");
	else
		bench_must(lkl_sys_pread64(disk_fd, page, 4096, pos), "pread");
}

struct cold {
	int native;
	unsigned int seed;
};

static void *cold_loop(void *arg)
{
	struct cold *c = arg;
	void *page;
	int i;

	if (posix_memalign(&page, 4096, 4096))
		exit(1);
	for (i = 0; i < COLD_BATCH; i++)
		cold_read(c->native, &c->seed, page);
	free(page);
	return NULL;
}

/* ns for each read, with @depth of them under way at a time. */
static double cold_batch(int native, int depth)
{
	static unsigned int seed;
	pthread_t threads[MAX_DEPTH];
	struct cold c[MAX_DEPTH];
	double start = now_ns();
	int i;

	for (i = 0; i < depth; i++)
		c[i] = (struct cold) { native, ++seed };
	for (i = 1; i < depth; i++)
		pthread_create(&threads[i], NULL, cold_loop, &c[i]);
	cold_loop(&c[0]);
	for (i = 1; i < depth; i++)
		pthread_join(threads[i], NULL);
	return (now_ns() - start) / COLD_BATCH / depth;
}

static void bench_cold(const char *data, uint32_t dev)
{
	static const int depths[] = { 1, MAX_DEPTH };
	double ours[RUNS], native[RUNS], o, n;
	size_t d;
	int i;

	direct_fd = open(data, O_RDONLY | O_DIRECT);
	bench_must(direct_fd, "open data");
	cold_blocks = lseek(direct_fd, 0, SEEK_END) / 4096;
	bench_must(lkl_sys_mknod("/disk", LKL_S_IFBLK | 0600, dev), "mknod");
	disk_fd = lkl_sys_open("/disk", LKL_O_RDONLY, 0);
	bench_must(disk_fd, "open disk");
	/* No read-ahead. */
	lkl_sys_fadvise64(disk_fd, 0, 0, LKL_POSIX_FADV_RANDOM);
	for (d = 0; d < 2; d++) {
		for (i = 0; i < RUNS; i++) {
			ours[i] = cold_batch(0, depths[d]);
			native[i] = cold_batch(1, depths[d]);
		}
		o = bench_median(ours, RUNS);
		n = bench_median(native, RUNS);
		printf("cold read 4 KiB, depth %-5d %10.0f ns %10.0f ns   "
		       "ratio %.3f, native + %.1f us\n",
		       depths[d], o, n, o / n, (o - n) / 1000);
	}
	lkl_sys_close(disk_fd);
	close(direct_fd);
}

/* A file of 128 MiB in pieces of 1 MiB, through the file system to the disk. */

#define SEQ_SIZE	(128 << 20)
#define SEQ_PIECE	(1 << 20)

static char *piece;

static void our_seq_write(void)
{
	long f = lkl_sys_open(path, LKL_O_CREAT | LKL_O_RDWR | LKL_O_TRUNC, 0644);
	long done;

	for (done = 0; done < SEQ_SIZE; done += SEQ_PIECE)
		bench_must(lkl_sys_write(f, piece, SEQ_PIECE), "write");
	bench_must(lkl_sys_fsync(f), "fsync");
	lkl_sys_fadvise64(f, 0, 0, LKL_POSIX_FADV_DONTNEED);
	lkl_sys_close(f);
}

static void native_seq_write(void)
{
	int f = open(host_path, O_CREAT | O_RDWR | O_TRUNC, 0644);
	long done;

	for (done = 0; done < SEQ_SIZE; done += SEQ_PIECE)
		bench_must(write(f, piece, SEQ_PIECE), "write");
	bench_must(fsync(f), "fsync");
	posix_fadvise(f, 0, 0, POSIX_FADV_DONTNEED);
	close(f);
}

static void our_seq_read(void)
{
	long f = lkl_sys_open(path, LKL_O_RDONLY, 0), done;

	for (done = 0; done < SEQ_SIZE; done += SEQ_PIECE)
		bench_must(lkl_sys_read(f, piece, SEQ_PIECE), "read");
	lkl_sys_fadvise64(f, 0, 0, LKL_POSIX_FADV_DONTNEED);
	lkl_sys_close(f);
}

static void native_seq_read(void)
{
	int f = open(host_path, O_RDONLY);
	long done;

	for (done = 0; done < SEQ_SIZE; done += SEQ_PIECE)
		bench_must(read(f, piece, SEQ_PIECE), "read");
	posix_fadvise(f, 0, 0, POSIX_FADV_DONTNEED);
	close(f);
}

static const struct pair sequential[] = {
	{ "write 128 MiB, fsync", our_seq_write, native_seq_write, 1 },
	{ "read 128 MiB, cold", our_seq_read, native_seq_read, 1 },
};

static void run_pairs(const struct pair *p, size_t n)
{
	for (; n; n--, p++)
		run_pair(p);
}

static void bench_calls(const char *image, const char *data)
{
	struct lkl_disk image_disk = { }, data_disk = { };
	int image_id, data_id;
	char mnt[64];
	uint32_t dev;

	host_fd = open(host_path, O_RDWR | O_CREAT | O_TRUNC, 0644);
	bench_must(write(host_fd, buf, sizeof(buf)), "write");
	bench_must(lkl_init(&lkl_host_ops), "init");
	/* The host's cache is not what is measured. */
	image_disk.fd = open(image, O_RDWR | O_DIRECT);
	image_id = lkl_disk_add(&image_disk);
	data_disk.fd = open(data, O_RDONLY | O_DIRECT);
	data_id = lkl_disk_add(&data_disk);
	bench_must(lkl_start_kernel("quiet"), "boot");
	bench_must(lkl_get_virtio_blkdev(data_id, 0, &dev), "disk");
	printf("%-28s %13s %13s\n", "", "LKL", "native");
	bench_cold(data, dev);
	bench_must(
		lkl_mount_dev(image_id, 0, "ext4", 0, NULL, mnt, sizeof(mnt)),
		"mount");
	snprintf(path, sizeof(path), "%s/file", mnt);
	run_pairs(sequential, ARRAY_SIZE(sequential));
	fd = lkl_sys_open(path, LKL_O_CREAT | LKL_O_RDWR, 0644);
	bench_must(fd, "open");
	run_pairs(pairs, ARRAY_SIZE(pairs));
	bench_pipes();
	lkl_sys_close(fd);
	bench_must(lkl_sys_halt(), "halt");
	lkl_cleanup();
	close(host_fd);
	close(image_disk.fd);
	close(data_disk.fd);
}

int main(int argc, char **argv)
{
	if (argc != 4) {
		fprintf(stderr, "usage: bench IMAGE DATA FILE\n");
		return 2;
	}
	host_path = argv[3];
	lkl_host_ops.print = NULL;
	if (posix_memalign((void **)&piece, 4096, SEQ_PIECE))
		return 1;
	memset(piece, 'x', SEQ_PIECE);
	bench_boot("mem=64M");
	bench_boot("mem=1G");
	bench_boot("");
	printf("\nwith the background thread\n");
	bench_calls(argv[1], argv[2]);
	printf("\nwithout\n");
	lkl_host_ops.flags |= LKL_HOST_NO_DRIVER;
	bench_calls(argv[1], argv[2]);
	return 0;
}
