// SPDX-License-Identifier: GPL-2.0
/*
 * Messages to the user, on POSIX hosts.
 */
#define _GNU_SOURCE
#include <errno.h>

#include "common/report.h"

const char *report_program(void)
{
	return program_invocation_short_name;
}
