/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ASM_LKL_FIBER_H
#define _ASM_LKL_FIBER_H

#include <vdso/bits.h>

/*
 * Kernel stacks.  Each lies in a slot of its own of the window that the host
 * reserved: a guard page, the stack, and on top the word that names the task.
 * Only what is touched costs memory.
 */
#define FIBER_SHIFT		16
#define FIBER_SIZE		BIT(FIBER_SHIFT)

#ifndef __ASSEMBLY__

#include <asm/cpu_stack.h>

struct task_struct;

static __always_inline struct task_struct **fiber_task_slot(unsigned long sp)
{
	return (struct task_struct **)((sp | (FIBER_SIZE - 1)) + 1) - 1;
}

/* x86/switch.S: the stack that a fault is reported on */
extern unsigned long lkl_fault_sp;

void fiber_init(unsigned long window, unsigned long size);
/* Returns the initial stack pointer of a new stack, 0 if there is none. */
unsigned long fiber_alloc(struct task_struct *task);
void fiber_free(unsigned long sp);

#endif /* __ASSEMBLY__ */

#endif /* _ASM_LKL_FIBER_H */
