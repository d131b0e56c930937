/* SPDX-License-Identifier: GPL-2.0 */
/*
 * lkl_message.h - error numbers as text, and messages
 *
 * Included by <lkl.h>.
 */
#ifndef LKL_MESSAGE_H
#define LKL_MESSAGE_H

#include <lkl_base.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * lkl_strerror - text of an error number
 * @err: error number, of either sign
 *
 * Context: any thread.
 * Return: a constant string.
 * Since: 1.0
 */
LKL_API const char *lkl_strerror(int err);

/**
 * lkl_perror - print a message and the text of an error number
 * @msg: what failed
 * @err: error number, of either sign
 *
 * Context: any thread.
 * Since: 1.0
 */
LKL_API void lkl_perror(char *msg, int err);

/**
 * lkl_printf - print to the host's print
 * @fmt: as for printf()
 *
 * Context: any thread, after lkl_init().
 * Return: number of bytes.
 * Since: 1.0
 */
LKL_API int lkl_printf(const char *fmt, ...) LKL_PRINTF(1, 2);

/**
 * lkl_bug - report that the program is wrong, and call the host's panic
 * @fmt: as for printf()
 *
 * Context: any thread, after lkl_init().
 * Since: 1.0
 */
LKL_API void lkl_bug(const char *fmt, ...) LKL_PRINTF(1, 2);

/**
 * lkl_register_dbg_handler - tell the user what the kernel does when asked
 *
 * From now on until lkl_cleanup(), a request by the host's means (SIGTSTP, that
 * is Ctrl-Z, on POSIX hosts, which does not stop the program any more) makes a
 * thread of its own print a list of the kernel's tasks, with their states and
 * where they wait, by the host's print.  It mounts /proc when it is not there.
 * Where the host has no means, a message says so.
 *
 * Context: one thread, after lkl_init().
 * Since: 1.0
 */
LKL_API void lkl_register_dbg_handler(void);

#ifdef __cplusplus
}
#endif

#endif /* LKL_MESSAGE_H */
