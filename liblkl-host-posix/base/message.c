// SPDX-License-Identifier: GPL-2.0
/*
 * What this library has to say goes where the kernel's messages go.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/host-posix.h"
#include "net/backend.h"

#define LEVEL_ERR	3

void lkl_posix_log(const char *fmt, ...)
{
	const struct lkl_host_operations *ops = lkl_default_host_ops();
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
	if (ops->log)
		ops->log(LEVEL_ERR, line, len);
	else if (ops->print)
		ops->print(line, len);
}

void net_complain(const char *what, const char *which, int host_errno)
{
	lkl_posix_log("lkl: %s %s: %s\n", what, which ? which : "(no name)",
		      strerror(host_errno));
}
