// SPDX-License-Identifier: GPL-2.0
/*
 * Messages to the user.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/escape.h"
#include "common/report.h"
#include "common/report-host.h"

/*
 * Print one line, in one piece even when several threads report at once.  The
 * names and the labels in the message may come from an image or an archive, which
 * must not give commands to the terminal.
 */
static void report_line(const char *kind, const char *format, va_list args)
{
	char *text;

	if (vasprintf(&text, format, args) < 0)
		abort();
	report_lock();
	fprintf(stderr, "%s: %s", report_program(), kind);
	escape_print(stderr, text);
	putc('\n', stderr);
	report_unlock();
	free(text);
}

void report_error(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	report_line("", format, args);
	va_end(args);
}

void report_warning(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	report_line("warning: ", format, args);
	va_end(args);
}

int report_cannot(const char *what, const char *object, const char *why)
{
	report_error("cannot %s '%s': %s", what, object, why);
	return -1;
}
