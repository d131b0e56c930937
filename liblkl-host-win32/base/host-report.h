/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Messages of this library to the user.
 */
#ifndef LKL_WIN32_HOST_REPORT_H
#define LKL_WIN32_HOST_REPORT_H

struct lkl_host_operations;

/*
 * From now on, send messages to the @log or @print member of @table, as the
 * program has set them.  Before the first call, messages go to stderr.
 */
void lkl_host_win32_report_set_table(const struct lkl_host_operations *table);

/* Write @len bytes at @str to stderr: the default of the table's @print. */
void lkl_host_win32_print(const char *str, int len);

/*
 * Report an error that no function returns, printf-style.  The message starts
 * with "lkl: " and ends with a newline.
 */
void lkl_host_win32_report(const char *fmt, ...)
	__attribute__((format(printf, 1, 2)));

/* Report how the library works on this system, if the program wants such details. */
void lkl_host_win32_report_debug(const char *fmt, ...)
	__attribute__((format(printf, 1, 2)));

#endif /* LKL_WIN32_HOST_REPORT_H */
