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
 * lkl_init - register the host of the default instance
 * @ops: table of the host, normally &lkl_host_ops of <lkl_host.h>.  The table
 *	still belongs to the caller, and must exist until lkl_cleanup()
 *
 * Context: one thread, before other threads call liblkl.
 * Return: 0; -LKL_EINVAL for an incomplete table; -LKL_EBUSY when a host is
 * registered already; -LKL_ENOMEM.
 * Since: 1.0
 */
LKL_API int lkl_init(struct lkl_host_operations *ops);

/**
 * lkl_start_kernel - boot the kernel
 * @fmt: format of the kernel's command line, as for printf(); the command line
 *	has at most 4095 bytes
 *
 * When the function returns, the kernel has all disks and network devices that
 * the program added before the call.
 *
 * Context: any thread, but not at the same time as another boot or halt of the
 * same instance (see lkl_instance.h).
 * Return: 0 when system calls work; -LKL_EINVAL before lkl_init(); -LKL_EBUSY
 * when the kernel of this instance runs already or, in a statically linked
 * program, when the kernel of any instance runs; -LKL_ENOENT when the kernel image
 * is missing;
 * -LKL_ENOEXEC when the kernel image belongs to another version of LKL or is
 * damaged; -LKL_ELIBBAD when the kernel image is for another processor, or when
 * the calling program is a 32-bit program but the kernel image is for 64-bit
 * programs; -LKL_ENOMEM; -LKL_E2BIG when the command line is too long; -LKL_EIO
 * when the kernel could not boot, after messages with the reason; or the error
 * of a device that could not be opened.
 * Since: 1.0
 */
LKL_API int lkl_start_kernel(const char *fmt, ...) LKL_PRINTF(1, 2);

/**
 * lkl_is_running - check whether a kernel runs
 *
 * Context: any thread.
 * Return: 1 when a kernel has booted and takes system calls; 0 when no kernel
 * runs, the kernel halts, or the kernel has died.
 * Since: 1.0
 */
LKL_API int lkl_is_running(void);

/**
 * lkl_sys_halt - shut the kernel down in an orderly way
 *
 * The function closes all files, unmounts all file systems, writes all data,
 * stops the kernel, and gives back everything that the kernel held on the host.
 * Disks and network devices stay registered for the next boot.  System calls of
 * other threads return with an error.
 *
 * The function waits for all requests that a block device has accepted.  A
 * device-mapper device that is suspended completes no requests: resume such a
 * device first.
 *
 * Context: any thread.
 * Return: 0; the first error of unmounting or writing; -LKL_EIO when the kernel
 * had died, or when a write or flush of a disk failed since boot, even if an
 * earlier call reported the failure; -LKL_ENODEV when the kernel does not run,
 * or another thread is halting the kernel.
 * Since: 1.0
 */
LKL_API long lkl_sys_halt(void);

/**
 * lkl_cleanup - undo lkl_init()
 *
 * If a kernel runs, the function halts the kernel first, and ignores errors of
 * the halt: call lkl_sys_halt() to get these errors.  The function forgets
 * disks and network devices that are still registered.  The program must close
 * the descriptors of these disks, and free the back ends of these network
 * devices.
 *
 * Context: one thread, after the last call of all other threads.
 * Since: 1.0
 */
LKL_API void lkl_cleanup(void);

/**
 * lkl_poll - run the kernel's background work on the calling thread
 * @timeout_ms: time to run and to wait for further work, in milliseconds; 0:
 *	return as soon as no work is left; negative: run until the kernel halts
 *
 * Background work is everything that the kernel does outside of system calls,
 * such as timers, writeback and the processing of packets.  In programs that
 * set LKL_HOST_NO_DRIVER (see struct lkl_host_operations), this work is done
 * only during calls, including calls of this function.  In other programs, a
 * background thread does this work.
 *
 * Context: any thread.
 * Return: 0; -LKL_ENODEV when no kernel runs; -LKL_EIO when the kernel has
 * died; -LKL_ENOMEM.
 * Since: 1.0
 */
LKL_API int lkl_poll(int timeout_ms);

#ifdef __cplusplus
}
#endif

#endif /* LKL_LIFE_H */
