// SPDX-License-Identifier: GPL-2.0
/*
 * Messages of this library go to print or log of lkl_host_ops, also when the
 * program gave lkl_init() another table.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <lkl_host.h>

#include "base/host-report.h"
#include "base/nocancel.h"

#define REPORT_LEVEL_ERR	3

static const struct lkl_host_operations *report_table;

void lkl_posix_report_set_table(const struct lkl_host_operations *table)
{
	/* Mostly the same table again: do not write to a shared cache line. */
	if (__atomic_load_n(&report_table, __ATOMIC_ACQUIRE) != table)
		__atomic_store_n(&report_table, table, __ATOMIC_RELEASE);
}

void lkl_posix_print(const char *str, int len)
{
	while (len > 0) {
		ssize_t n = nocancel_write(STDERR_FILENO, str, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		str += n;
		len -= n;
	}
}

void lkl_posix_report(const char *fmt, ...)
{
	const struct lkl_host_operations *table =
		__atomic_load_n(&report_table, __ATOMIC_ACQUIRE);
	char line[512];
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	if (len >= (int)sizeof(line)) {
		len = sizeof(line) - 1;
		line[len - 1] = '\n';
	}
	if (!table)
		lkl_posix_print(line, len);
	else if (table->log)
		table->log(REPORT_LEVEL_ERR, line, len);
	else if (table->print)
		table->print(line, len);
}

void lkl_posix_report_open_error(const char *type, const char *name,
				 int host_errno)
{
	lkl_posix_report("lkl: cannot open the %s %s: %s\n", type,
			 name ? name : "(no name)", strerror(host_errno));
}
