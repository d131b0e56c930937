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
 * lkl_strerror - get the text of an error number
 * @err: error number, positive or negative
 *
 * Context: any thread.
 * Return: a constant string.
 * Since: 1.0
 */
LKL_API const char *lkl_strerror(int err);

/**
 * lkl_perror - print a message and the text of an error number
 * @msg: what failed
 * @err: error number, positive or negative
 *
 * Context: any thread.
 * Since: 1.0
 */
LKL_API void lkl_perror(char *msg, int err);

/**
 * lkl_printf - print by the host's print function
 * @fmt: as for printf()
 *
 * Context: any thread, after lkl_init().
 * Return: number of bytes.
 * Since: 1.0
 */
LKL_API int lkl_printf(const char *fmt, ...) LKL_PRINTF(1, 2);

/**
 * lkl_bug - report a bug of the program, and call the host's panic function
 * @fmt: as for printf()
 *
 * Context: any thread, after lkl_init().
 * Since: 1.0
 */
LKL_API void lkl_bug(const char *fmt, ...) LKL_PRINTF(1, 2);

/**
 * lkl_register_dbg_handler - print the kernel's tasks on request
 *
 * From now on until lkl_cleanup(), a request of the user makes a thread print a
 * list of the kernel's tasks, with their states and the functions that they
 * wait in, by the host's print function.  On POSIX hosts the request is SIGTSTP
 * (Ctrl-Z), which does not stop the program any more.  The thread mounts /proc
 * if necessary.  On a host that has no such requests, a message says so.
 *
 * Context: one thread, after lkl_init().
 * Since: 1.0
 */
LKL_API void lkl_register_dbg_handler(void);

#ifdef __cplusplus
}
#endif

#endif /* LKL_MESSAGE_H */
