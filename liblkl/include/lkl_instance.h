/* SPDX-License-Identifier: GPL-2.0 */
/*
 * lkl_instance.h - several kernels in one process
 *
 * Included by <lkl.h>.
 *
 * An instance is a kernel with its devices.  lkl_init() makes the default
 * instance, and lkl_instance_create() makes further ones.  The kernels share
 * nothing: each has its own memory, files, processes, disks, network devices and
 * background thread.  Threads that are bound to different instances run at the
 * same time.  In a statically linked program, only one instance can run at a time.
 *
 * All functions without an argument for the instance, such as lkl_sys_openat(),
 * lkl_disk_add(), lkl_mount_dev() and lkl_sys_halt(), act on the instance to which
 * the calling thread is bound.  Each thread begins bound to the default instance.
 * lkl_init() and lkl_cleanup() always act on the default instance.  A program that
 * uses only instances made by lkl_instance_create() need not call lkl_init() and
 * lkl_cleanup().  For a thread that is bound to such an instance, read "after
 * lkl_init()" in other descriptions as "after lkl_instance_create()".
 *
 *	struct lkl_instance *inst;
 *
 *	lkl_instance_create(&lkl_host_ops, &inst);
 *	lkl_instance_bind(inst);
 *	lkl_disk_add(&disk);
 *	lkl_start_kernel("quiet");
 *	...
 *	lkl_sys_halt();
 *	lkl_instance_destroy(inst);
 */
#ifndef LKL_INSTANCE_H
#define LKL_INSTANCE_H

#include <lkl_base.h>

#ifdef __cplusplus
extern "C" {
#endif

struct lkl_host_operations;
struct lkl_instance;

/**
 * lkl_instance_create - make an instance, whose kernel does not run yet
 * @ops: table of the host, normally &lkl_host_ops of <lkl_host.h>.  The table
 *	still belongs to the caller, and must exist until lkl_instance_destroy().
 *	Instances may share a table, or have copies with different members @print,
 *	@log, @panic and @flags
 * @inst: on success, the function stores the instance here
 *
 * Context: any thread.
 * Return: 0; -LKL_EINVAL for an incomplete table, or when @inst is NULL;
 * -LKL_EOPNOTSUPP when the host library is too old for several instances;
 * -LKL_ENOMEM.
 * Since: 1.0
 */
LKL_API int lkl_instance_create(struct lkl_host_operations *ops,
				struct lkl_instance **inst);

/**
 * lkl_instance_start - boot the kernel of an instance
 * @inst: the instance, not NULL
 * @fmt: format of the kernel's command line, as for lkl_start_kernel()
 *
 * The function does the same as lkl_start_kernel() in a thread that is bound to
 * @inst.  The binding of the calling thread stays.
 *
 * Context: any thread, but not at the same time as another boot or halt of the
 * same instance.  Different instances may boot at the same time.
 * Return: as lkl_start_kernel(); -LKL_EINVAL when @inst is NULL.
 * Since: 1.0
 */
LKL_API int lkl_instance_start(struct lkl_instance *inst, const char *fmt, ...)
	LKL_PRINTF(2, 3);

/**
 * lkl_instance_bind - let calls of the calling thread go to another instance
 * @inst: the instance, or NULL for the default instance
 *
 * The thread keeps its kernel task on the previous instance: when the thread is
 * bound to that instance again, the task is still there.  All these tasks end when
 * the thread ends.
 *
 * A descriptor, a struct lkl_dir, a disk number and a network device belong to one
 * instance.  Use them only in threads that are bound to this instance.
 *
 * Context: any thread, but neither a signal handler nor a function that liblkl
 * calls.
 * Return: 0; -LKL_ENOMEM, then the binding is unchanged.  A thread can always be
 * bound again to an instance to which the thread was bound before.
 * Since: 1.0
 */
LKL_API int lkl_instance_bind(struct lkl_instance *inst);

/**
 * lkl_instance_bound - get the instance to which the calling thread is bound
 *
 * In a function that liblkl calls, such as @print or @panic of the host's table,
 * the result is the instance that calls.
 *
 * Context: any thread, and signal handlers.
 * Return: the instance; NULL for the default instance.
 * Since: 1.0
 */
LKL_API struct lkl_instance *lkl_instance_bound(void);

/**
 * lkl_instance_halt - shut the kernel of an instance down in an orderly way
 * @inst: the instance, not NULL
 *
 * The function does the same as lkl_sys_halt() in a thread that is bound to @inst.
 * The binding of the calling thread stays.  The kernel can be booted again.
 *
 * Context: any thread.
 * Return: as lkl_sys_halt(); -LKL_EINVAL when @inst is NULL; -LKL_ENOMEM.
 * Since: 1.0
 */
LKL_API long lkl_instance_halt(struct lkl_instance *inst);

/**
 * lkl_instance_destroy - release an instance
 * @inst: the instance; NULL: the function does nothing
 *
 * If the kernel runs, the function halts the kernel first, and ignores errors of
 * the halt.  The function forgets disks and network devices that are still
 * registered, as lkl_cleanup() does.
 *
 * If the calling thread is bound to @inst, the thread is bound to the default
 * instance afterwards.  Another thread that is bound to @inst stays so: its system
 * calls return -LKL_ENODEV until the thread is bound to another instance.
 *
 * Context: any thread.  No other function may be called with the argument @inst
 * during this call or after it.  During this call, threads that are bound to @inst
 * must not be in lkl_disk_add(), lkl_netdev_add() or lkl_sys_halt(); other system
 * calls may be in progress.
 * Return: 0; -LKL_ENOMEM when the kernel runs and there is no memory to halt the
 * kernel: then the instance stays.
 * Since: 1.0
 */
LKL_API int lkl_instance_destroy(struct lkl_instance *inst);

#ifdef __cplusplus
}
#endif

#endif /* LKL_INSTANCE_H */
