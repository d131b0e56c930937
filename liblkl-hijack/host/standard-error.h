/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Messages to the user, written by system calls of the host.
 */
#ifndef LKL_HIJACK_STANDARD_ERROR_H
#define LKL_HIJACK_STANDARD_ERROR_H

#include <stddef.h>

/* Write "lkl-hijack: ", the message and a newline to standard error. */
void report(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Write text to standard error as it is. */
void report_text(const char *text, size_t len);

#endif /* LKL_HIJACK_STANDARD_ERROR_H */
