// SPDX-License-Identifier: GPL-2.0
/*
 * Calls of one thread and of several threads at the same time, into LKL and into the
 * host, in turn.  For the several, print the sum of all threads, as a ratio to one
 * thread; and the calls of the busiest thread for each call of the slowest one.  Then
 * the same for two threads with a kernel each.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <lkl_host.h>

#include "shared/clock.h"
#include "shared/macros.h"

#define RUNS		5
#define RUN_NS		200000000
#define MAX_THREADS	8
#define KERNELS		2
#define BATCH		16
#define BLOCK		4096
#define FILE_BLOCKS	256

struct call {
	const char *name;
	void (*fn)(unsigned int i);
};

struct caller {
	pthread_t thread;
	struct lkl_instance *inst;
	const struct call *call;
	unsigned long count;
};

/* The kernels of the threads; NULL: the default instance */
static struct lkl_instance *kernels[MAX_THREADS];
static int our_fd, host_fd;
static bool go, stop;
static __thread char buf[BLOCK];

static void threads_must(long ret, const char *what)
{
	if (ret >= 0)
		return;
	fprintf(stderr, "bench-threads: %s: %s\n", what, lkl_strerror(ret));
	exit(1);
}

static void our_null(unsigned int i)
{
	(void)i;
	lkl_sys_getppid();
}

static void host_null(unsigned int i)
{
	(void)i;
	syscall(SYS_getppid);
}

static void our_read(unsigned int i)
{
	threads_must(lkl_sys_pread64(our_fd, buf, BLOCK,
				     i % FILE_BLOCKS * BLOCK), "pread");
}

static void host_read(unsigned int i)
{
	threads_must(pread(host_fd, buf, BLOCK, i % FILE_BLOCKS * BLOCK),
		     "pread of the host");
}

static const struct call calls[][2] = {
	{ { "null call", our_null }, { "null call, host", host_null } },
	{ { "pread 4 KiB, cached", our_read },
	  { "pread 4 KiB, cached, host", host_read } },
};

static void *threads_loop(void *arg)
{
	struct caller *c = arg;
	unsigned int i = 0;

	threads_must(lkl_instance_bind(c->inst), "bind");
	c->call->fn(0);
	while (!__atomic_load_n(&go, __ATOMIC_ACQUIRE))
		sched_yield();
	do
		c->call->fn(i++);
	while (i % BATCH || !__atomic_load_n(&stop, __ATOMIC_RELAXED));
	c->count = i;
	return NULL;
}

struct result {
	double rate;	/* calls in a second */
	double spread;	/* the most calls of a thread / the fewest */
};

static struct result threads_run(const struct call *call, unsigned int n)
{
	struct caller callers[MAX_THREADS] = { };
	unsigned long sum = 0, most = 0, least = -1UL;
	const struct timespec pause = { .tv_nsec = RUN_NS };
	unsigned int i;
	int64_t start;

	go = stop = false;
	for (i = 0; i < n; i++) {
		callers[i].call = call;
		callers[i].inst = kernels[i];
		threads_must(-pthread_create(&callers[i].thread, NULL,
					     threads_loop, &callers[i]),
			     "pthread_create");
	}
	start = now_ns();
	__atomic_store_n(&go, true, __ATOMIC_RELEASE);
	nanosleep(&pause, NULL);
	__atomic_store_n(&stop, true, __ATOMIC_RELAXED);
	for (i = 0; i < n; i++) {
		pthread_join(callers[i].thread, NULL);
		sum += callers[i].count;
		most = callers[i].count > most ? callers[i].count : most;
		least = callers[i].count < least ? callers[i].count : least;
	}
	return (struct result) { sum * 1e9 / (now_ns() - start),
				 (double)most / least };
}

static int threads_compare(const void *a, const void *b)
{
	const struct result *x = a, *y = b;

	return (x->rate > y->rate) - (x->rate < y->rate);
}

static struct result threads_median(struct result *results)
{
	qsort(results, RUNS, sizeof(*results), threads_compare);
	return results[RUNS / 2];
}

static void bench_pair(const struct call *pair)
{
	static const unsigned int counts[] = { 1, 2, 4, MAX_THREADS };
	double one[2] = { };
	size_t n;
	int i, side;

	for (n = 0; n < ARRAY_SIZE(counts); n++) {
		struct result runs[2][RUNS];

		for (i = 0; i < RUNS; i++)
			for (side = 0; side < 2; side++)
				runs[side][i] = threads_run(&pair[side],
							    counts[n]);
		for (side = 0; side < 2; side++) {
			struct result r = threads_median(runs[side]);

			if (!n)
				one[side] = r.rate;
			printf("%-28s %u threads %8.2f M/s   ratio to one %.2f"
			       "   most/least %.1f\n", pair[side].name,
			       counts[n], r.rate / 1e6, r.rate / one[side],
			       r.spread);
		}
	}
}

/* One caller and the background thread, on the CPUs that @what says */
static void bench_null(const char *what)
{
	struct rusage before, after;
	struct result runs[RUNS];
	struct result median;
	int64_t start = now_ns();
	int i;

	getrusage(RUSAGE_SELF, &before);
	for (i = 0; i < RUNS; i++)
		runs[i] = threads_run(&calls[0][0], 1);
	getrusage(RUSAGE_SELF, &after);
	start = now_ns() - start;
	median = threads_median(runs);
	printf("null call, %-17s %8.1f ns, slowest run %.1f ns, %.0f context "
	       "switches in a second\n", what, 1e9 / median.rate,
	       1e9 / runs[0].rate,
	       (after.ru_nvcsw - before.ru_nvcsw + after.ru_nivcsw -
		before.ru_nivcsw) * 1e9 / start);
}

static int threads_make_host_file(void)
{
	char path[] = "/tmp/threads.XXXXXX";
	int fd = mkstemp(path), i;

	threads_must(fd, "mkstemp");
	unlink(path);
	for (i = 0; i < FILE_BLOCKS; i++)
		threads_must(write(fd, buf, BLOCK), "write of the host");
	return fd;
}

/* A fresh kernel gives the file the same descriptor as any other one. */
static void threads_make_file(void)
{
	int i;

	threads_must(lkl_sys_mkdir("/tmp", 0700), "mkdir");
	threads_must(lkl_sys_mount("none", "/tmp", "tmpfs", 0, NULL), "mount");
	our_fd = lkl_sys_open("/tmp/file", LKL_O_CREAT | LKL_O_RDWR, 0600);
	threads_must(our_fd, "open");
	for (i = 0; i < FILE_BLOCKS; i++)
		threads_must(lkl_sys_write(our_fd, buf, BLOCK), "write");
}

static void threads_start(const char *what)
{
	printf("\n%s\n", what);
	threads_must(lkl_init(&lkl_host_ops), "init");
	threads_must(lkl_start_kernel("quiet"), "boot");
	threads_make_file();
	host_fd = threads_make_host_file();
}

static void threads_end(void)
{
	close(host_fd);
	threads_must(lkl_sys_halt(), "halt");
	lkl_cleanup();
}

static void bench_threads(const char *what)
{
	size_t i;

	threads_start(what);
	bench_null("any CPU");
	for (i = 0; i < ARRAY_SIZE(calls); i++)
		bench_pair(calls[i]);
	threads_end();
}

static void bench_kernel_pair(const struct call *call)
{
	struct result one[RUNS], all[RUNS], r;
	double base;
	int i;

	for (i = 0; i < RUNS; i++) {
		one[i] = threads_run(call, 1);
		all[i] = threads_run(call, KERNELS);
	}
	base = threads_median(one).rate;
	r = threads_median(all);
	printf("%-28s %u kernels %8.2f M/s   ratio to one %.2f   most/least "
	       "%.1f\n", call->name, KERNELS, r.rate / 1e6, r.rate / base,
	       r.spread);
}

static void bench_kernels(void)
{
	size_t i;

	printf("\na kernel for each thread\n");
	for (i = 0; i < KERNELS; i++) {
		threads_must(lkl_instance_create(&lkl_host_ops, &kernels[i]),
			     "create");
		threads_must(lkl_instance_bind(kernels[i]), "bind");
		threads_must(lkl_start_kernel("quiet"), "boot");
		threads_make_file();
	}
	for (i = 0; i < ARRAY_SIZE(calls); i++)
		bench_kernel_pair(&calls[i][0]);
	for (i = 0; i < KERNELS; i++) {
		threads_must(lkl_instance_halt(kernels[i]), "halt");
		threads_must(lkl_instance_destroy(kernels[i]), "destroy");
		kernels[i] = NULL;
	}
}

static void bench_pinned(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(sched_getcpu(), &set);
	threads_must(sched_setaffinity(0, sizeof(set), &set), "pin");
	threads_start("with the background thread, on one CPU");
	bench_null("one CPU");
	threads_end();
}

int main(void)
{
	lkl_host_ops.print = NULL;
	bench_threads("with the background thread");
	lkl_host_ops.flags |= LKL_HOST_NO_DRIVER;
	bench_threads("without");
	lkl_host_ops.flags &= ~LKL_HOST_NO_DRIVER;
	bench_kernels();
	bench_pinned();
	return 0;
}
