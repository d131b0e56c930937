// SPDX-License-Identifier: GPL-2.0
/*
 * Messages to the user.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/escape.h"
#include "common/host/host-console.h"
#include "common/report.h"

/*
 * Print one line, in one piece even when several threads report at once.  The
 * names and the labels in the message may come from an image or an archive, which
 * must not give commands to the terminal.
 */
static void report_line(const char *kind, const char *format, va_list args)
{
	char *text, *shown, *line;

	if (vasprintf(&text, format, args) < 0)
		abort();
	shown = escape_text(text);
	free(text);
	if (asprintf(&line, "%s: %s%s\n", report_program(), kind, shown) < 0)
		abort();
	free(shown);
	host_console_write(stderr, line);
	free(line);
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
