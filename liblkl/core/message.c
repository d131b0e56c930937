// SPDX-License-Identifier: GPL-2.0
/*
 * Error numbers of the kernel as text, and messages by way of the host.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/instance.h"
#include "core/message.h"

static const struct {
	int number;
	const char *name;
	const char *text;
} errors[] = {
#include <lkl_errno_table.h>
};

const char *lkl_strerror(int err)
{
	size_t i;

	if (err < 0)
		err = -err;
	if (!err)
		return "Success";
	for (i = 0; i < ARRAY_SIZE(errors); i++)
		if (errors[i].number == err)
			return errors[i].text;
	return "Unknown error";
}

void lkl_log(const struct lkl_host_operations *host, int level,
	     const char *text, int len)
{
	if (host->log)
		host->log(level, text, len);
	else if (host->print)
		host->print(text, len);
}

void lkl_print(const char *text, int len)
{
	struct lkl_instance *inst = lkl_this_instance();

	if (inst && inst->host->print)
		inst->host->print(text, len);
}

static int message_vprint(const char *fmt, va_list ap)
{
	char buf[1024];
	int len = vsnprintf(buf, sizeof(buf), fmt, ap);

	if (len >= (int)sizeof(buf))
		len = sizeof(buf) - 1;
	if (len > 0)
		lkl_print(buf, len);
	return len;
}

int lkl_printf(const char *fmt, ...)
{
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = message_vprint(fmt, ap);
	va_end(ap);
	return len;
}

void lkl_perror(char *msg, int err)
{
	lkl_printf("%s: %s\n", msg, lkl_strerror(err));
}

void lkl_bug(const char *fmt, ...)
{
	struct lkl_instance *inst = lkl_this_instance();
	va_list ap;

	va_start(ap, fmt);
	message_vprint(fmt, ap);
	va_end(ap);
	if (inst && inst->host->panic)
		inst->host->panic();
}
