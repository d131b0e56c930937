// SPDX-License-Identifier: GPL-2.0
/*
 * Messages of this library go to print or log of lkl_host_ops, also when the
 * program gave lkl_init() another table.
 */
#include <windows.h>
#include <stdarg.h>
#include <stdio.h>

#include <lkl_host.h>

#include "base/host-report.h"

#define REPORT_LEVEL_ERR	3
#define REPORT_LEVEL_DEBUG	7
#define REPORT_MAX		512

static const struct lkl_host_operations *report_table;

void lkl_host_win32_report_set_table(const struct lkl_host_operations *table)
{
	/* Mostly the same table again: do not write to a shared cache line. */
	if (__atomic_load_n(&report_table, __ATOMIC_ACQUIRE) != table)
		__atomic_store_n(&report_table, table, __ATOMIC_RELEASE);
}

void lkl_host_win32_print(const char *str, int len)
{
	HANDLE err = GetStdHandle(STD_ERROR_HANDLE);
	DWORD n;

	while (len > 0 && WriteFile(err, str, len, &n, NULL) && n) {
		str += n;
		len -= n;
	}
}

/* Format a message into @line.  Return the length. */
static int report_format(char *line, int size, const char *fmt, va_list ap)
{
	int len = vsnprintf(line, size, fmt, ap);

	if (len < 0 || len >= size) {
		len = size - 1;
		line[len - 1] = '\n';
	}
	return len;
}

void lkl_host_win32_report(const char *fmt, ...)
{
	const struct lkl_host_operations *table =
		__atomic_load_n(&report_table, __ATOMIC_ACQUIRE);
	char line[REPORT_MAX];
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = report_format(line, sizeof(line), fmt, ap);
	va_end(ap);
	if (!table)
		lkl_host_win32_print(line, len);
	else if (table->log)
		table->log(REPORT_LEVEL_ERR, line, len);
	else if (table->print)
		table->print(line, len);
}

void lkl_host_win32_report_debug(const char *fmt, ...)
{
	const struct lkl_host_operations *table =
		__atomic_load_n(&report_table, __ATOMIC_ACQUIRE);
	char line[REPORT_MAX];
	va_list ap;
	int len;

	/* @print has no levels: it would show the message to everyone. */
	if (!table || !table->log)
		return;
	va_start(ap, fmt);
	len = report_format(line, sizeof(line), fmt, ap);
	va_end(ap);
	table->log(REPORT_LEVEL_DEBUG, line, len);
}
