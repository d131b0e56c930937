/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ASM_LKL_PROCESSOR_H
#define _ASM_LKL_PROCESSOR_H

#include <linux/types.h>
#include <vdso/bits.h>
#include <asm/ptrace.h>

/* The limit of the software address space of process 1, which is never used. */
#define TASK_SIZE		BIT(38)
/* A user pointer is a pointer of the host program: any address. */
#define TASK_SIZE_MAX		BIT(63)
#define TASK_UNMAPPED_BASE	PAGE_ALIGN(TASK_SIZE / 3)
#define STACK_TOP		TASK_SIZE
#define STACK_TOP_MAX		STACK_TOP

struct lkl_host_thread;

/**
 * struct thread_struct - the context of a task that does not run
 * @sp:		stack pointer; the address to continue at is on the stack
 * @stack:	initial stack pointer, from lkl_stack_alloc()
 * @fn:		function that a new task calls
 * @arg:	argument of @fn
 * @host:	host thread that the task serves, NULL for a kernel thread
 */
struct thread_struct {
	unsigned long sp;
	unsigned long stack;
	int (*fn)(void *arg);
	void *arg;
	struct lkl_host_thread *host;
};

#define INIT_THREAD		{ }

/* Not called, as elf_check_arch() is false. */
#define start_thread(regs, ip, sp) \
	((void)(regs), (void)(ip), (void)(sp))

#define task_pt_regs(tsk)	((void)(tsk), (struct pt_regs *)NULL)
#define KSTK_EIP(tsk)		((void)(tsk), 0UL)
#define KSTK_ESP(tsk)		((void)(tsk), 0UL)

struct task_struct;

extern const struct seq_operations cpuinfo_op;
unsigned long __get_wchan(struct task_struct *p);
void lkl_cpu_relax(void);

#define cpu_relax()		lkl_cpu_relax()

#endif /* _ASM_LKL_PROCESSOR_H */
