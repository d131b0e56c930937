/* SPDX-License-Identifier: GPL-2.0 */
/*
 * lkl_life.h - the life of a kernel: init, start, halt, cleanup
 *
 * Included by <lkl.h>.
 */
#ifndef LKL_LIFE_H
#define LKL_LIFE_H

#include <lkl_base.h>

#ifdef __cplusplus
extern "C" {
#endif

struct lkl_host_operations;

/**
 * lkl_init - register the host
 * @ops: the host's table, normally &lkl_host_ops of <lkl_host.h>; borrowed
 *	until lkl_cleanup()
 *
 * Context: one thread, before anything else.
 * Return: 0; -LKL_EINVAL for a table that is not complete, -LKL_EBUSY when
 * there is one already.
 * Since: 1.0
 */
LKL_API int lkl_init(struct lkl_host_operations *ops);

/**
 * lkl_start_kernel - boot
 * @fmt: printf-style kernel command line
 *
 * Disks that were added before are there when it returns.
 *
 * Context: any thread; one at a time with lkl_sys_halt().
 * Return: 0 when system calls work; -LKL_EBUSY when it runs already,
 * -LKL_ENOENT when the kernel image is missing, -LKL_ENOMEM, -LKL_E2BIG for a
 * command line that is too long, -LKL_EIO when the kernel could not boot and
 * has said why.
 * Since: 1.0
 */
LKL_API int lkl_start_kernel(const char *fmt, ...) LKL_PRINTF(1, 2);

/**
 * lkl_is_running - is there a kernel that answers?
 *
 * Context: any thread.
 * Return: 1 or 0.
 * Since: 1.0
 */
LKL_API int lkl_is_running(void);

/**
 * lkl_sys_halt - orderly shutdown
 *
 * Closes all files, unmounts all file systems, writes everything out, stops
 * the kernel and gives back all that it held on the host.  Calls of other
 * threads return with an error.  It waits for what is on its way to a device: a
 * device-mapper device that was suspended must be resumed before.
 *
 * Context: any thread.
 * Return: 0; the first error of unmounting or writing; -LKL_EIO when the
 * kernel had died, or when any write or flush of a disk failed since boot, be
 * it that another call reported it before; -LKL_ENODEV when none runs.
 * Since: 1.0
 */
LKL_API long lkl_sys_halt(void);

/**
 * lkl_cleanup - undo lkl_init(), halting first if necessary
 *
 * Context: one thread, after all others made their last call.
 * Since: 1.0
 */
LKL_API void lkl_cleanup(void);

/**
 * lkl_poll - let the kernel do its background work on the calling thread
 * @timeout_ms: how long to wait for more when there is nothing to do; 0 not
 *	at all, negative for ever
 *
 * For programs with a loop of their own and hosts without threads; others
 * have a thread that does it.
 *
 * Context: any thread.
 * Return: 0, -LKL_ENODEV when no kernel runs, -LKL_EIO when it has died.
 * Since: 1.0
 */
LKL_API int lkl_poll(int timeout_ms);

#ifdef __cplusplus
}
#endif

#endif /* LKL_LIFE_H */
