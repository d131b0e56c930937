/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ASM_LKL_PROCESSOR_H
#define _ASM_LKL_PROCESSOR_H

#include <linux/types.h>
#include <vdso/bits.h>
#include <asm/ptrace.h>

/* Bounds the software address space of init, which is the host's business. */
#define TASK_SIZE		BIT(38)
/* A user pointer is a host pointer: any. */
#define TASK_SIZE_MAX		BIT(63)
#define TASK_UNMAPPED_BASE	PAGE_ALIGN(TASK_SIZE / 3)
#define STACK_TOP		TASK_SIZE
#define STACK_TOP_MAX		STACK_TOP

struct lkl_host_thread;

/**
 * struct thread_struct - a kernel task is a fiber
 * @sp:		where it goes on; callee-saved registers lie there
 * @stack:	what fiber_alloc() returned
 * @fn:		what a new task runs
 * @arg:	its argument
 * @host:	the host thread that this task serves, if any
 */
struct thread_struct {
	unsigned long sp;
	unsigned long stack;
	int (*fn)(void *arg);
	void *arg;
	struct lkl_host_thread *host;
};

#define INIT_THREAD		{ }

#define task_pt_regs(tsk)	((void)(tsk), (struct pt_regs *)NULL)
#define KSTK_EIP(tsk)		((void)(tsk), 0UL)
#define KSTK_ESP(tsk)		((void)(tsk), 0UL)

struct task_struct;

extern const struct seq_operations cpuinfo_op;
unsigned long __get_wchan(struct task_struct *p);
void lkl_cpu_relax(void);

#define cpu_relax()		lkl_cpu_relax()

#endif /* _ASM_LKL_PROCESSOR_H */
