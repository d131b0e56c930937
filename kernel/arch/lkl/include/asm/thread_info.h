/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ASM_LKL_THREAD_INFO_H
#define _ASM_LKL_THREAD_INFO_H

#include <vdso/bits.h>

/*
 * A task does not run on task->stack, but on a stack that copy_thread() takes
 * from the address space of asm/kstack.h.  The generic code knows two places
 * for stacks of a useful size.  Pages of RAM have no guard page, and without
 * one an overflow damages the program's data instead of ending in a report.
 * With vmalloc space (VMAP_STACK), the host would have to map each page a
 * second time.  Both also touch a stack's last page for the end magic, while a
 * task rarely needs more than its first.  An architecture has no hook for the
 * allocation.
 *
 * THREAD_SIZE is therefore 1 KiB, the unit of NR_KERNEL_STACK_KB.  task->stack
 * holds nothing but the end magic, so options that examine it, as
 * DEBUG_STACK_USAGE, see an empty stack; lkl.deepest_stack (stack.c) examines
 * the stacks that are in use.
 */
#define THREAD_SIZE		1024

#ifndef __ASSEMBLY__

#include <linux/types.h>
#include <asm/page.h>

struct thread_info {
	unsigned long flags;
	int preempt_count;
};

#define INIT_THREAD_INFO(tsk)	{ .preempt_count = INIT_PREEMPT_COUNT }

#endif /* __ASSEMBLY__ */

#define TIF_SIGPENDING		0
#define TIF_NEED_RESCHED	1
#define TIF_NOTIFY_RESUME	2
#define TIF_NOTIFY_SIGNAL	3
#define TIF_MEMDIE		4
#define TIF_RESTORE_SIGMASK	5
#define TIF_SYSCALL_TRACE	6

#define _TIF_SIGPENDING		BIT(TIF_SIGPENDING)
#define _TIF_NEED_RESCHED	BIT(TIF_NEED_RESCHED)
#define _TIF_NOTIFY_RESUME	BIT(TIF_NOTIFY_RESUME)
#define _TIF_NOTIFY_SIGNAL	BIT(TIF_NOTIFY_SIGNAL)

/* Work that is done when a system call returns. */
#define _TIF_WORK_MASK		(_TIF_SIGPENDING | _TIF_NEED_RESCHED | \
				 _TIF_NOTIFY_RESUME | _TIF_NOTIFY_SIGNAL)

#endif /* _ASM_LKL_THREAD_INFO_H */
