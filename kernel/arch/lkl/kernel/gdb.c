// SPDX-License-Identifier: GPL-2.0
/*
 * What a debugger needs to find the tasks of a kernel that was built without
 * type information: kernel/gdb/lkl-gdb.py of the project reads this.
 */
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/stddef.h>
#include <asm/kstack.h>
#include <asm/host.h>

/**
 * struct lkl_gdb_layout - where things are in struct task_struct
 * @version:	of this struct
 * @fiber_size:	size and alignment of a kernel stack
 * @tasks:	link of the list of processes
 * @signal:	pointer to the struct that the threads of a process share
 * @thread_head: there: list of threads
 * @thread_node: link of that
 * @pid:	thread id
 * @comm:	name
 * @state:	__state
 * @sp:		stack pointer of a task that does not run
 * @init_task:	the first process
 * @left_sp:	stack pointer of the task that was inside when the host's
 *		thread left the kernel
 */
struct lkl_gdb_layout {
	u32 version;
	u32 fiber_size;
	u32 tasks;
	u32 signal;
	u32 thread_head;
	u32 thread_node;
	u32 pid;
	u32 comm;
	u32 state;
	u32 sp;
	struct task_struct *init_task;
	unsigned long *left_sp;
};

static const struct lkl_gdb_layout lkl_gdb_layout __used = {
	.version = 1,
	.fiber_size = FIBER_SIZE,
	.tasks = offsetof(struct task_struct, tasks),
	.signal = offsetof(struct task_struct, signal),
	.thread_head = offsetof(struct signal_struct, thread_head),
	.thread_node = offsetof(struct task_struct, thread_node),
	.pid = offsetof(struct task_struct, pid),
	.comm = offsetof(struct task_struct, comm),
	.state = offsetof(struct task_struct, __state),
	.sp = offsetof(struct task_struct, thread.sp),
	.init_task = &init_task,
	.left_sp = &lkl_kernel_sp,
};
