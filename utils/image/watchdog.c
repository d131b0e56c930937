// SPDX-License-Identifier: GPL-2.0
/*
 * Ends a tool whose kernel has stopped making progress.  Progress is whatever
 * moves the counter: a file, a buffer, a request to the disk.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "common/report.h"
#include "image/watchdog.h"

/* How many looks make up the time. */
#define LOOKS	4

static const volatile uint64_t *counter;
static uint64_t last;
static unsigned int still;

static void say(const char *s)
{
	ssize_t n = write(STDERR_FILENO, s, strlen(s));

	(void)n;
}

static void look(int sig)
{
	uint64_t now = *counter;

	(void)sig;
	still = now == last ? still + 1 : 0;
	last = now;
	if (still < LOOKS)
		return;
	say(report_program());
	say(": the kernel makes no progress, giving up (is the image damaged?)\n");
	_exit(WATCHDOG_STATUS);
}

int watchdog_start(const volatile uint64_t *steps, unsigned int seconds)
{
	struct sigaction sa = {
		.sa_handler = look,
		.sa_flags = SA_RESTART | SA_ONSTACK,
	};
	struct itimerval every = { };

	counter = steps;
	every.it_interval.tv_sec = (seconds + LOOKS - 1) / LOOKS;
	every.it_value = every.it_interval;
	if (sigaction(SIGALRM, &sa, NULL))
		return -1;
	return setitimer(ITIMER_REAL, &every, NULL);
}
