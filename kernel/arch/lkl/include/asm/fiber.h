/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ASM_LKL_FIBER_H
#define _ASM_LKL_FIBER_H

/*
 * Kernel stacks.  Each lies in a slot of its own of the window that the host
 * reserved: a guard page, the stack, and on top the word that names the task.
 * Only what is touched costs memory.
 */
#define FIBER_SHIFT		16
#define FIBER_SIZE		(1UL << FIBER_SHIFT)

#ifndef __ASSEMBLY__

#include <asm/cpu_stack.h>

struct task_struct;

static __always_inline struct task_struct **fiber_task_slot(unsigned long sp)
{
	return (struct task_struct **)((sp | (FIBER_SIZE - 1)) + 1) - 1;
}

void fiber_init(unsigned long window, unsigned long size);
/* Returns the initial stack pointer of a new stack, 0 if there is none. */
unsigned long fiber_alloc(struct task_struct *task);
void fiber_free(unsigned long sp);
unsigned long fiber_deepest(void);

/* cpu: save the callee-saved registers at *save and continue at @sp */
unsigned long lkl_switch_stack(unsigned long *save, unsigned long sp,
			       unsigned long ret);
/* cpu: make a new stack start in @fn when it is switched to */
unsigned long lkl_prepare_stack(unsigned long sp, void (*fn)(unsigned long));

#endif /* __ASSEMBLY__ */

#endif /* _ASM_LKL_FIBER_H */
