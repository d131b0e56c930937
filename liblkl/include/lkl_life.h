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
 * @ops: table of the host, normally &lkl_host_ops of <lkl_host.h>; borrowed
 *	until lkl_cleanup()
 *
 * Context: one thread, before any other call.
 * Return: 0; -LKL_EINVAL for an incomplete table; -LKL_EBUSY when a host is
 * registered already.
 * Since: 1.0
 */
LKL_API int lkl_init(struct lkl_host_operations *ops);

/**
 * lkl_start_kernel - boot the kernel
 * @fmt: printf-style kernel command line
 *
 * Disks that were added before can be used when the function returns.
 *
 * Context: any thread, but not at the same time as another lkl_start_kernel()
 * or lkl_sys_halt().
 * Return: 0 when system calls work; -LKL_EBUSY when a kernel runs already;
 * -LKL_ENOENT when the kernel image is missing; -LKL_ENOMEM; -LKL_E2BIG when
 * the command line is too long; -LKL_EIO when the kernel could not boot, after
 * messages with the reason.
 * Since: 1.0
 */
LKL_API int lkl_start_kernel(const char *fmt, ...) LKL_PRINTF(1, 2);

/**
 * lkl_is_running - check whether a kernel runs and answers
 *
 * Context: any thread.
 * Return: 1 or 0.
 * Since: 1.0
 */
LKL_API int lkl_is_running(void);

/**
 * lkl_sys_halt - shut the kernel down in an orderly way
 *
 * The function closes all files, unmounts all file systems, writes all data
 * out, stops the kernel, and gives everything back that the kernel held on the
 * host.  Calls of other threads return with an error.  Requests that a device
 * has accepted are waited for: resume a suspended device-mapper device first.
 *
 * Context: any thread.
 * Return: 0; the first error of unmounting or writing; -LKL_EIO when the kernel
 * had died, or when a write or flush of a disk failed since boot, even if an
 * earlier call reported the failure; -LKL_ENODEV when no kernel runs.
 * Since: 1.0
 */
LKL_API long lkl_sys_halt(void);

/**
 * lkl_cleanup - undo lkl_init(), and halt the kernel first if necessary
 *
 * Context: one thread, after the last call of all others.
 * Since: 1.0
 */
LKL_API void lkl_cleanup(void);

/**
 * lkl_poll - run the kernel's background work on the calling thread
 * @timeout_ms: time to wait for more work in milliseconds; 0: do not wait;
 *	negative: no limit
 *
 * Background work are timers, writeback and packets.  The function is for
 * programs with an event loop of their own and for hosts without threads; in
 * other programs a background thread does this work.
 *
 * Context: any thread.
 * Return: 0; -LKL_ENODEV when no kernel runs; -LKL_EIO when the kernel has
 * died.
 * Since: 1.0
 */
LKL_API int lkl_poll(int timeout_ms);

#ifdef __cplusplus
}
#endif

#endif /* LKL_LIFE_H */
