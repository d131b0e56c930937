// SPDX-License-Identifier: GPL-2.0
/*
 * A watchdog that ends a tool whose kernel makes no progress.  Progress is
 * counted in files, buffers and requests to the disk.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "common/report.h"
#include "process/watchdog.h"

/* Number of checks in the time without progress after which a tool is ended. */
#define CHECKS 4

static const volatile uint64_t *counter;
static uint64_t last;
static unsigned int unchanged;

static void watchdog_write(const char *s)
{
	ssize_t n = write(STDERR_FILENO, s, strlen(s));

	(void)n;
}

static void watchdog_check(int sig)
{
	uint64_t now = *counter;

	(void)sig;
	unchanged = now == last ? unchanged + 1 : 0;
	last = now;
	if (unchanged < CHECKS)
		return;
	watchdog_write(report_program());
	watchdog_write(": the kernel makes no progress, giving up; check whether the image is damaged\n");
	_exit(WATCHDOG_STATUS);
}

int watchdog_start(const volatile uint64_t *steps, unsigned int seconds)
{
	struct sigaction sa = {
		.sa_handler = watchdog_check,
		.sa_flags = SA_RESTART | SA_ONSTACK,
	};
	struct itimerval every = { };

	counter = steps;
	every.it_interval.tv_sec = (seconds + CHECKS - 1) / CHECKS;
	every.it_value = every.it_interval;
	if (sigaction(SIGALRM, &sa, NULL))
		return -1;
	return setitimer(ITIMER_REAL, &every, NULL);
}
