// SPDX-License-Identifier: GPL-2.0
/*
 * How fast the library is, each figure beside the native one of the same run.
 *
 * usage: bench IMAGE DATA FILE: IMAGE is an ext4 image, DATA a file to read
 * blocks of, FILE a file to be made on the host's file system.
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

#define RUNS	15

static double now_ns(void)
{
	return lkl_host_ops.time();
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *v, int n)
{
	qsort(v, n, sizeof(*v), compare);
	return v[n / 2];
}

static void must(long ret, const char *what)
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
static void native_pread(void) { must(pread(host_fd, buf, sizeof(buf), 0), "pread"); }
static void our_pwrite(void) { lkl_sys_pwrite64(fd, buf, sizeof(buf), 0); }
static void native_pwrite(void) { must(pwrite(host_fd, buf, sizeof(buf), 0), "pwrite"); }

static void our_stat(void)
{
	struct lkl_stat st;

	lkl_sys_stat(path, &st);
}

static void native_stat(void)
{
	struct stat st;

	must(stat(host_path, &st), "stat");
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
	must(f, "create");
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
	must(write(f, buf, 70), "write");
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
	       median(ours, RUNS), median(native, RUNS),
	       median(ours, RUNS) / median(native, RUNS));
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
		must(read(host_pipes[0][0], &c, 1), "read");
		must(write(host_pipes[1][1], &c, 1), "write");
	}
	return arg;
}

static double ping(int native)
{
	pthread_t thread;
	double start;
	char c = 0;
	int i;

	pthread_create(&thread, NULL, native ? native_pong : our_pong, NULL);
	start = now_ns();
	for (i = 0; i < ROUNDS; i++) {
		if (native) {
			must(write(host_pipes[0][1], &c, 1), "write");
			must(read(host_pipes[1][0], &c, 1), "read");
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
		must(lkl_sys_pipe(pipes[i]), "pipe");
		must(pipe(host_pipes[i]), "pipe");
	}
	for (i = 0; i < RUNS; i++) {
		ours[i] = ping(0);
		native[i] = ping(1);
	}
	printf("%-28s %10.0f ns %10.0f ns   ratio %.3f\n", "pipe ping-pong",
	       median(ours, RUNS), median(native, RUNS),
	       median(ours, RUNS) / median(native, RUNS));
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

		must(lkl_init(&lkl_host_ops), "init");
		start = now_ns();
		must(lkl_start_kernel("quiet %s", cmdline), "boot");
		boots[i] = (now_ns() - start) / 1e6;
		if (i == 0)
			after = rss_kib();
		start = now_ns();
		must(lkl_sys_halt(), "halt");
		halts[i] = (now_ns() - start) / 1e6;
		lkl_cleanup();
	}
	printf("boot %-23s %10.2f ms, halt %.2f ms, RSS + %ld KiB\n", cmdline,
	       median(boots, RUNS), median(halts, RUNS), after - before);
}

/* Reads that are not in the cache of the kernel inside, one at a time. */
static void bench_cold(const char *image, uint32_t dev)
{
	int direct = open(image, O_RDONLY | O_DIRECT), i, n = 2000;
	off_t size = lseek(direct, 0, SEEK_END) & ~4095L;
	double native, ours;
	unsigned int seed = 1;
	void *page;
	long disk;

	if (posix_memalign(&page, 4096, 4096))
		exit(1);
	must(lkl_sys_mknod("/disk", LKL_S_IFBLK | 0600, dev), "mknod");
	disk = lkl_sys_open("/disk", LKL_O_RDONLY, 0);
	must(disk, "open disk");
	/* No read-ahead. */
	lkl_sys_fadvise64(disk, 0, 0, 1 /* POSIX_FADV_RANDOM */);
	native = now_ns();
	for (i = 0; i < n; i++)
		must(pread(direct, page, 4096, rand_r(&seed) % (size / 4096) *
			   4096L), "pread");
	native = (now_ns() - native) / n;
	seed = 1;
	ours = now_ns();
	for (i = 0; i < n; i++)
		must(lkl_sys_pread64(disk, page, 4096, rand_r(&seed) %
				     (size / 4096) * 4096L), "pread");
	ours = (now_ns() - ours) / n;
	printf("%-28s %10.0f ns %10.0f ns   native + %.1f us\n",
	       "cold read 4 KiB, depth 1", ours, native,
	       (ours - native) / 1000);
	lkl_sys_close(disk);
	close(direct);
	free(page);
}

int main(int argc, char **argv)
{
	struct lkl_disk disk = { }, data = { };
	char mnt[64];
	uint32_t dev;
	size_t i;
	int id, data_id;

	if (argc != 4) {
		fprintf(stderr, "usage: bench IMAGE DATA FILE\n");
		return 2;
	}
	lkl_host_ops.print = NULL;
	bench_boot("mem=64M");
	bench_boot("mem=1G");
	bench_boot("");

	host_path = argv[3];
	host_fd = open(host_path, O_RDWR | O_CREAT, 0644);
	must(write(host_fd, buf, sizeof(buf)), "write");
	disk.fd = open(argv[1], O_RDWR);
	must(lkl_init(&lkl_host_ops), "init");
	id = lkl_disk_add(&disk);
	/* The host's cache is not what is measured. */
	data.fd = open(argv[2], O_RDONLY | O_DIRECT);
	data_id = lkl_disk_add(&data);
	must(lkl_start_kernel("quiet"), "boot");
	must(lkl_get_virtio_blkdev(data_id, 0, &dev), "disk");
	printf("%-28s %13s %13s\n", "", "LKL", "native");
	bench_cold(argv[2], dev);
	must(lkl_mount_dev(id, 0, "ext4", 0, NULL, mnt, sizeof(mnt)), "mount");
	snprintf(path, sizeof(path), "%s/file", mnt);
	fd = lkl_sys_open(path, LKL_O_CREAT | LKL_O_RDWR, 0644);
	must(fd, "open");
	lkl_sys_write(fd, buf, sizeof(buf));
	for (i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		run_pair(&pairs[i]);
	bench_pipes();
	must(lkl_sys_halt(), "halt");
	lkl_cleanup();
	return 0;
}
