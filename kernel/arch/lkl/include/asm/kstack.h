/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ASM_LKL_KSTACK_H
#define _ASM_LKL_KSTACK_H

#include <vdso/bits.h>

/*
 * Kernel stacks.  Each stack has a slot of its own in the address space that
 * the host reserved for stacks: a guard page, the stack, and at the top the
 * word that points to its task.  Only pages that were touched use memory.
 */
#define KSTACK_SHIFT		16
#define KSTACK_SIZE		BIT(KSTACK_SHIFT)

#ifndef __ASSEMBLY__

#include <asm/cpu_stack.h>

struct task_struct;

/* Return the word of the stack at @sp that points to its task. */
static __always_inline struct task_struct **kstack_task(unsigned long sp)
{
	return (struct task_struct **)((sp | (KSTACK_SIZE - 1)) + 1) - 1;
}

void lkl_stack_init(unsigned long start, unsigned long size);
unsigned long lkl_stack_alloc(struct task_struct *task);
void lkl_stack_free(unsigned long sp);

#endif /* __ASSEMBLY__ */

#endif /* _ASM_LKL_KSTACK_H */
