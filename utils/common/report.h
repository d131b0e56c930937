/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Messages to the user, on standard error.  Each message starts with the name
 * of the program.
 */
#ifndef COMMON_REPORT_H
#define COMMON_REPORT_H

#define REPORT_FORMAT	__attribute__((format(printf, 1, 2)))

/* Return the name under which the program was started, without directories. */
const char *report_program(void);

/* Print "PROGRAM: " and the message. */
REPORT_FORMAT void report_error(const char *format, ...);
/* Print "PROGRAM: warning: " and the message. */
REPORT_FORMAT void report_warning(const char *format, ...);
/* Print "PROGRAM: cannot WHAT 'OBJECT': WHY"; return -1. */
int report_cannot(const char *what, const char *object, const char *why);

#endif /* COMMON_REPORT_H */
