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
 * @no: __lkl__NR_*
 * @params: six parameters
 *
 * Context: any thread; the first call of a thread creates its kernel task.
 * Return: the result of the kernel; -LKL_ENODEV when no kernel runs; -LKL_EIO
 * when the kernel has died.
 * Since: 1.0
 */
LKL_API lkl_long_t lkl_syscall(lkl_long_t no, lkl_long_t *params);

/**
 * lkl_syscall_unless - make a system call unless a flag is set
 * @no: __lkl__NR_*
 * @params: six parameters
 * @stop: flag, read at a point after which lkl_thread_interrupt() cannot be
 *	lost
 *
 * The function is for signal handlers that set *@stop and then call
 * lkl_thread_interrupt() for the thread that they run on: at whatever point the
 * signal arrives, the call does not block.
 *
 * Context: any thread.
 * Return: as lkl_syscall(); -LKL_ERESTART when *@stop was set and the call was
 * not made.
 * Since: 1.0
 */
LKL_API lkl_long_t lkl_syscall_unless(lkl_long_t no, lkl_long_t *params,
				      const volatile bool *stop);

struct lkl_thread;

/**
 * lkl_thread_self - get a handle of the calling thread
 *
 * The handle is for lkl_thread_interrupt().
 *
 * Context: any thread, after lkl_init().
 * Return: a handle, valid until the thread ends or lkl_cleanup(); NULL when
 * there is no memory for it, or before lkl_init().
 * Since: 1.0
 */
LKL_API struct lkl_thread *lkl_thread_self(void);

/**
 * lkl_thread_interrupt - make a blocked call return
 * @thread: from lkl_thread_self()
 *
 * The system call that @thread is in, if the call blocks or is about to block,
 * ends as if by a signal: with -LKL_EINTR, or with the part of the work that is
 * done.  If @thread is in no call, the function does nothing, and the next call
 * of @thread is not affected.
 *
 * Context: any thread, and signal handlers.
 * Since: 1.0
 */
LKL_API void lkl_thread_interrupt(struct lkl_thread *thread);

#ifdef __cplusplus
}
#endif

#endif /* LKL_CALL_H */
