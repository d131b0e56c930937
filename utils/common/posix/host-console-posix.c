// SPDX-License-Identifier: GPL-2.0
/*
 * Text for standard output and standard error, on POSIX hosts.
 */
#include <errno.h>
#include <string.h>

#include "common/host/host-console.h"

/* The first error of stdout; the lock of stdout protects the number. */
static int console_error;

static void host_console_check(FILE *f, int ret)
{
	if (ret == EOF && f == stdout && !console_error)
		console_error = errno;
}

void host_console_write(FILE *f, const char *text)
{
	flockfile(f);
	host_console_check(f, fputs(text, f));
	funlockfile(f);
}

const char *host_console_finish(void)
{
	flockfile(stdout);
	host_console_check(stdout, fflush(stdout));
	funlockfile(stdout);
	return console_error ? strerror(console_error) : NULL;
}
