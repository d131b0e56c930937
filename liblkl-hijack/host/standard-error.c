// SPDX-License-Identifier: GPL-2.0
/*
 * Messages to the user.  Neither stdio nor memory is used, as messages are also
 * written by signal handlers and at the end of the process.
 */
#include <stdarg.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "host/host-libc.h"
#include "host/standard-error.h"

#define PREFIX	"lkl-hijack: "

void report_text(const char *text, size_t len)
{
	host_syscall(SYS_write, STDERR_FILENO, (long)text, len, 0, 0, 0);
}

void report(const char *fmt, ...)
{
	char line[512] = PREFIX;
	size_t used = sizeof(PREFIX) - 1, room = sizeof(line) - 1 - used;
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(line + used, room, fmt, ap);
	va_end(ap);
	if (len < 0)
		return;
	/* The rest of a long line is cut off. */
	used += (size_t)len < room ? (size_t)len : room - 1;
	line[used++] = '\n';
	report_text(line, used);
}
