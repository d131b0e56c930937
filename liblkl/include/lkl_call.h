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
 * lkl_syscall - a system call by number
 * @no: __lkl__NR_*
 * @params: six parameters
 *
 * Context: any thread; the first call of a thread creates its kernel task.
 * Return: the kernel's result; -LKL_ENODEV when none runs, -LKL_EIO when it
 * has died.
 * Since: 1.0
 */
LKL_API lkl_long_t lkl_syscall(lkl_long_t no, lkl_long_t *params);

/**
 * lkl_syscall_unless - lkl_syscall(), unless something happened before
 * @no: __lkl__NR_*
 * @params: six parameters
 * @stop: read once lkl_thread_interrupt() can no longer come too early
 *
 * For signal handlers that set *@stop and then call lkl_thread_interrupt() for
 * the thread that they run on: wherever they come, the call does not block.
 *
 * Context: any thread.
 * Return: as lkl_syscall(); -LKL_ERESTART when *@stop is set, then the call was
 * not made.
 * Since: 1.0
 */
LKL_API lkl_long_t lkl_syscall_unless(lkl_long_t no, lkl_long_t *params,
				      const volatile bool *stop);

/* Threads */

struct lkl_thread;

/**
 * lkl_thread_self - the calling thread, for lkl_thread_interrupt()
 *
 * Context: any thread, after lkl_init().
 * Return: a handle that is good until the thread ends or lkl_cleanup(); NULL
 * when there is no memory for it or no lkl_init().
 * Since: 1.0
 */
LKL_API struct lkl_thread *lkl_thread_self(void);

/**
 * lkl_thread_interrupt - make a blocked call return
 * @thread: from lkl_thread_self()
 *
 * The system call that @thread is in, if it blocks or is going to, ends as by
 * a signal, with -LKL_EINTR or with what it has done so far.  A thread that is
 * in no call is not affected, nor is its next call.
 *
 * Context: any thread, and signal handlers.
 * Since: 1.0
 */
LKL_API void lkl_thread_interrupt(struct lkl_thread *thread);

#ifdef __cplusplus
}
#endif

#endif /* LKL_CALL_H */
