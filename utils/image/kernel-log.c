// SPDX-License-Identifier: GPL-2.0
/*
 * Errors that the kernel reports in its log only.  Some file systems leave out
 * what they cannot read of a directory, and the call of the reader succeeds.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lkl_host.h>

#include "image/kernel-log.h"

/* Actions of syslog(2), which the kernel's user headers lack. */
#define LOG_READ_ALL	3
#define LOG_CLEAR	5
/* The most urgent messages have level 0. */
#define LOG_LEVEL_ERROR	'3'
#define LOG_LEVEL_WARNING	'4'
#define LOG_SIZE	(256 << 10)

void kernel_log_clear(void)
{
	lkl_sys_syslog(LOG_CLEAR, NULL, 0);
}

/* A line is "<LEVEL>[TIME] TEXT". */
static bool kernel_log_has_level(const char *line, char level)
{
	return line[0] == '<' && line[1] >= '0' && line[1] <= level &&
	       line[2] == '>';
}

static void kernel_log_store(const char *line, char *text, size_t size)
{
	const char *time = strstr(line, "] ");

	snprintf(text, size, "%s", time ? time + 2 : line);
}

/* Return the log, allocated, or NULL. */
static char *kernel_log_read(void)
{
	char *log = malloc(LOG_SIZE);
	int n = log ? lkl_sys_syslog(LOG_READ_ALL, log, LOG_SIZE - 1) : 0;

	if (n > 0) {
		log[n] = 0;
		return log;
	}
	free(log);
	return NULL;
}

/* Return the first line at *@next, and move *@next behind it; NULL at the end. */
static char *kernel_log_next_line(char **next)
{
	char *line = *next;

	*next = line ? strchr(line, '\n') : NULL;
	if (*next)
		*(*next)++ = 0;
	return line;
}

/* UDF tries several sizes of blocks, and complains about each that is wrong. */
static bool kernel_log_is_guess(const char *line)
{
	return strstr(line, "udf_load_vrs: No ");
}

static bool kernel_log_find_level(char level, char *text, size_t size)
{
	char *log = kernel_log_read(), *next = log, *line;
	bool found = false, is_guess = true;

	while (is_guess && (line = kernel_log_next_line(&next))) {
		if (!kernel_log_has_level(line, level) ||
		    (found && kernel_log_is_guess(line)))
			continue;
		kernel_log_store(line, text, size);
		is_guess = kernel_log_is_guess(line);
		found = true;
	}
	free(log);
	return found;
}

bool kernel_log_find(const char *first, const char *second, char *text,
		     size_t size)
{
	char *log = kernel_log_read(), *next = log, *line;
	bool found = false;

	while (!found && (line = kernel_log_next_line(&next))) {
		found = strstr(line, first) && strstr(line, second);
		if (found)
			kernel_log_store(line, text, size);
	}
	free(log);
	return found;
}

bool kernel_log_find_error(char *text, size_t size)
{
	return kernel_log_find_level(LOG_LEVEL_ERROR, text, size);
}

bool kernel_log_find_warning(char *text, size_t size)
{
	return kernel_log_find_level(LOG_LEVEL_WARNING, text, size);
}
