// SPDX-License-Identifier: GPL-2.0
/*
 * Text for standard output and standard error, on POSIX hosts.
 */
#include "common/host/host-console.h"

void host_console_write(FILE *f, const char *text)
{
	fputs(text, f);
}
