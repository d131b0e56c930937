// SPDX-License-Identifier: GPL-2.0
/*
 * Messages to the user, on POSIX hosts.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>

#include "common/report.h"
#include "common/report-host.h"

const char *report_program(void)
{
	return program_invocation_short_name;
}

void report_lock(void)
{
	flockfile(stderr);
}

void report_unlock(void)
{
	funlockfile(stderr);
}
