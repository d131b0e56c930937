/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The parts of the program lkl-hijack.
 */
#ifndef LKL_HIJACK_WRAPPER_H
#define LKL_HIJACK_WRAPPER_H

/* Exit statuses of a shell */
#define CANNOT_RUN	126
#define NOT_FOUND	127

/* wrapper-fail.c */

/* Print "lkl-hijack: cannot WHAT 'OBJECT': WHY", and exit with @status. */
void wrapper_fail(int status, const char *what, const char *object,
		  const char *why) __attribute__((noreturn));

/* command.c */

/* Return the path of a command, as execvp() finds it, or NULL. */
char *command_find(const char *name);
/* Fail unless a library can be preloaded into the program @file. */
void command_check(const char *file);

/* preload.c */

/* Set LD_PRELOAD, so that programs load the library of lkl-hijack. */
void preload_library(void);

#endif /* LKL_HIJACK_WRAPPER_H */
