// SPDX-License-Identifier: GPL-2.0
/*
 * Measure boots and null calls on any host, for the benchmark compare-hosts.  Print
 * one figure per line: a name, and a number.
 */
#include <stdio.h>
#include <stdlib.h>

#include <lkl_host.h>

#define RUNS	15
#define CALLS	200000

static int bench_compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double bench_median(double *v)
{
	qsort(v, RUNS, sizeof(*v), bench_compare);
	return v[RUNS / 2];
}

static void bench_must(long ret, const char *what)
{
	if (!ret)
		return;
	fprintf(stderr, "boot-and-call: %s: %s\n", what, lkl_strerror(ret));
	exit(1);
}

static void bench_boot(void)
{
	double boots[RUNS], halts[RUNS], start;
	int i;

	for (i = 0; i < RUNS; i++) {
		bench_must(lkl_init(&lkl_host_ops), "init");
		start = lkl_host_ops.time();
		bench_must(lkl_start_kernel("quiet"), "boot");
		boots[i] = (lkl_host_ops.time() - start) / 1e6;
		start = lkl_host_ops.time();
		bench_must(lkl_sys_halt(), "halt");
		halts[i] = (lkl_host_ops.time() - start) / 1e6;
		lkl_cleanup();
	}
	printf("boot-ms %.2f\nhalt-ms %.2f\n", bench_median(boots),
	       bench_median(halts));
}

static void bench_null(const char *name)
{
	double calls[RUNS], start;
	int i, j;

	bench_must(lkl_init(&lkl_host_ops), "init");
	bench_must(lkl_start_kernel("quiet"), "boot");
	for (i = 0; i < RUNS; i++) {
		start = lkl_host_ops.time();
		for (j = 0; j < CALLS; j++)
			lkl_sys_getppid();
		calls[i] = (lkl_host_ops.time() - start) / CALLS;
	}
	bench_must(lkl_sys_halt(), "halt");
	lkl_cleanup();
	printf("%s %.0f\n", name, bench_median(calls));
}

int main(void)
{
	lkl_host_ops.print = NULL;
	bench_boot();
	bench_null("null-call-ns");
	lkl_host_ops.flags |= LKL_HOST_NO_DRIVER;
	bench_null("null-call-without-background-thread-ns");
	return 0;
}
