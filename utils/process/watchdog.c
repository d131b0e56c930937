// SPDX-License-Identifier: GPL-2.0
/*
 * A watchdog that ends a tool whose kernel makes no progress.  Progress is
 * counted in files, buffers and requests to the disk.
 */
#include "common/report.h"
#include "process/watchdog.h"
#include "process/watchdog-host.h"

/* Number of checks in the time without progress after which a tool is ended. */
#define CHECKS 4

static const volatile uint64_t *counter;
static uint64_t last;
static unsigned int unchanged;

static void watchdog_check(void)
{
	uint64_t now = *counter;

	unchanged = now == last ? unchanged + 1 : 0;
	last = now;
	if (unchanged < CHECKS)
		return;
	watchdog_host_write(report_program());
	watchdog_host_write(": the kernel makes no progress, giving up; check whether the image is damaged\n");
	watchdog_host_exit(WATCHDOG_STATUS);
}

int watchdog_start(const volatile uint64_t *steps, unsigned int seconds)
{
	counter = steps;
	return watchdog_host_start(watchdog_check,
				   (seconds + CHECKS - 1) / CHECKS);
}
