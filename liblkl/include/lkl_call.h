/* SPDX-License-Identifier: GPL-2.0 */
/*
 * lkl_call.h - system calls, and threads that make them
 *
 * Included by <lkl.h>.
 */
#ifndef LKL_CALL_H
#define LKL_CALL_H

#include <lkl_base.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * lkl_syscall - make a system call by number
 * @no: number of the system call, __lkl__NR_*
 * @params: array of six parameters
 *
 * Context: any thread; the first call of a thread creates its kernel task.
 * Return: the result of the kernel; -LKL_ENODEV when no kernel runs in this
 * process; -LKL_ENOMEM when there is no memory for the kernel task; -LKL_EIO
 * when the kernel has died.
 * Since: 1.0
 */
LKL_API lkl_long_t lkl_syscall(lkl_long_t no, lkl_long_t *params);

/**
 * lkl_syscall_unless - make a system call unless a flag is set
 * @no: number of the system call, __lkl__NR_*
 * @params: array of six parameters
 * @stop: flag; the function makes no call when *@stop is true
 *
 * The function closes a race with signal handlers: a signal may arrive after
 * the program has decided to make a blocking call, and before the call begins.
 * A handler sets *@stop, and then calls lkl_thread_interrupt() with the handle
 * of the thread that the handler interrupted.  If the handler runs before the
 * function reads *@stop, the function makes no call.  If the handler runs
 * later, lkl_thread_interrupt() makes the call return.
 *
 * Context: any thread.
 * Return: as lkl_syscall(); -LKL_ERESTART when *@stop was true and no call was
 * made.
 * Since: 1.0
 */
LKL_API lkl_long_t lkl_syscall_unless(lkl_long_t no, lkl_long_t *params,
				      const volatile bool *stop);

struct lkl_thread;

/**
 * lkl_thread_self - get a handle of the calling thread
 *
 * Another thread, or a signal handler, can pass the handle to
 * lkl_thread_interrupt().  A thread has a handle for each instance; the function
 * returns the handle for the instance to which the thread is bound during this call.
 *
 * Context: any thread, after lkl_init().
 * Return: a handle, which belongs to liblkl and is valid until the thread ends or
 * the instance ends (by lkl_cleanup() or lkl_instance_destroy()); NULL when there is
 * no memory, or before lkl_init().
 * Since: 1.0
 */
LKL_API struct lkl_thread *lkl_thread_self(void);

/**
 * lkl_thread_interrupt - make a blocked call return
 * @thread: handle from lkl_thread_self() of a thread that has not ended, or
 *	NULL
 *
 * If the thread makes a system call to the instance of the handle, and this call
 * blocks or is about to block, the call ends as if a signal had arrived: the call
 * returns -LKL_EINTR, or the part of the work that is done, such as the number of
 * bytes.  If @thread is not in a system call, or is NULL, the function does nothing;
 * the next call of @thread is not affected.
 *
 * Context: any thread, and signal handlers.
 * Since: 1.0
 */
LKL_API void lkl_thread_interrupt(struct lkl_thread *thread);

#ifdef __cplusplus
}
#endif

#endif /* LKL_CALL_H */
