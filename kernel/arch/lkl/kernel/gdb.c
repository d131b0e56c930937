// SPDX-License-Identifier: GPL-2.0
/*
 * Offsets that a debugger needs to find the tasks of a kernel that was built
 * without debugging information.  Read by the gdb script of the LKL project.
 */
#include <linux/compiler.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/stddef.h>
#include <asm/entry.h>
#include <asm/kstack.h>

/**
 * struct lkl_gdb_layout - offsets of members of struct task_struct
 * @version:	version of this struct
 * @stack_size:	size and alignment of a kernel stack's slot
 * @tasks:	link in the list of processes
 * @signal:	pointer to the process's struct signal_struct
 * @thread_head: list of threads, in struct signal_struct
 * @thread_node: link in that list
 * @pid:	id of the thread
 * @comm:	name
 * @state:	__state
 * @sp:		stack pointer of a task that does not run
 * @init_task:	address of the first process
 * @left_sp:	address of the stack pointer of the task that was current when
 *		a host thread last left the kernel
 */
struct lkl_gdb_layout {
	u32 version;
	u32 stack_size;
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
	.stack_size = KSTACK_SIZE,
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
