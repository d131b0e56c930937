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
 * @err: LKL error number, positive or negative
 *
 * Context: any thread, also before lkl_init().
 * Return: a constant string, never NULL; "Unknown error" if @err is no LKL error
 *	number.
 * Since: 1.0
 */
LKL_API const char *lkl_strerror(int err);

/**
 * lkl_perror - print a message and the text of an error number
 * @msg: what failed
 * @err: LKL error number, positive or negative
 *
 * The function prints "MSG: TEXT" as lkl_printf() does.
 *
 * Context: any thread, after lkl_init().
 * Since: 1.0
 */
LKL_API void lkl_perror(char *msg, int err);

/**
 * lkl_printf - print by the host's print function
 * @fmt: format, as for printf()
 *
 * The function prints at most 1023 bytes, and cuts off the rest.  It prints
 * nothing before lkl_init(), or if the host's print function is NULL.
 *
 * Context: any thread, after lkl_init().
 * Return: length of the text in bytes, at most 1023; a negative number when the
 * format is invalid.
 * Since: 1.0
 */
LKL_API int lkl_printf(const char *fmt, ...) LKL_PRINTF(1, 2);

/**
 * lkl_bug - report a bug of the program, and call the host's panic function
 * @fmt: format of the message, as for lkl_printf()
 *
 * The function returns if the host's panic function is NULL or returns.
 *
 * Context: any thread, after lkl_init().
 * Since: 1.0
 */
LKL_API void lkl_bug(const char *fmt, ...) LKL_PRINTF(1, 2);

/**
 * lkl_register_dbg_handler - let the user request a list of the kernel's tasks
 *
 * From the call until lkl_cleanup() or lkl_instance_destroy(), the user can request
 * the list.  On POSIX hosts, SIGTSTP (Ctrl-Z) is the request, and does not stop the program any
 * more.  On Windows, Ctrl-Break is the request, and does not end the program.
 * A thread of the host library prints the list by the host's print
 * function: the state of each task, and the function in which the task waits.
 * The thread mounts /proc if necessary.  On a host without such requests,
 * or if another instance has called this function already, the function prints
 * a message.
 *
 * Context: one thread, after lkl_init().
 * Since: 1.0
 */
LKL_API void lkl_register_dbg_handler(void);

#ifdef __cplusplus
}
#endif

#endif /* LKL_MESSAGE_H */
