/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Messages of this library to the user.
 */
#ifndef LKL_POSIX_HOST_REPORT_H
#define LKL_POSIX_HOST_REPORT_H

struct lkl_host_operations;

/*
 * From now on, send messages to the @log or @print member of @table, as the
 * program has set them.  Before the first call, messages go to stderr.
 */
void lkl_posix_report_set_table(const struct lkl_host_operations *table);

/* Write @len bytes at @str to stderr: the default of the table's @print. */
void lkl_posix_print(const char *str, int len);

/*
 * Report an error that no function returns, printf-style.  The message starts
 * with "lkl: " and ends with a newline.
 */
void lkl_posix_report(const char *fmt, ...)
	__attribute__((format(printf, 1, 2)));

/*
 * Report that something failed: "lkl: cannot open the <type> <name>: <reason>".
 * @name may be NULL; the reason is the text of @host_errno.
 */
void lkl_posix_report_open_error(const char *type, const char *name,
				 int host_errno);

#endif /* LKL_POSIX_HOST_REPORT_H */
