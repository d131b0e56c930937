// SPDX-License-Identifier: GPL-2.0
/*
 * The watchdog on POSIX hosts: a timer whose signal interrupts the main thread.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "process/watchdog-host.h"

static void (*watchdog_host_check)(void);

static void watchdog_host_on_signal(int sig)
{
	(void)sig;
	watchdog_host_check();
}

int watchdog_host_start(void (*check)(void), unsigned int seconds)
{
	struct sigaction sa = {
		.sa_handler = watchdog_host_on_signal,
		.sa_flags = SA_RESTART | SA_ONSTACK,
	};
	struct itimerval every = { };

	watchdog_host_check = check;
	every.it_interval.tv_sec = seconds;
	every.it_value = every.it_interval;
	if (sigaction(SIGALRM, &sa, NULL) ||
	    setitimer(ITIMER_REAL, &every, NULL))
		return -errno;
	return 0;
}

void watchdog_host_write(const char *s)
{
	ssize_t n = write(STDERR_FILENO, s, strlen(s));

	(void)n;
}

void watchdog_host_exit(int status)
{
	_exit(status);
}
