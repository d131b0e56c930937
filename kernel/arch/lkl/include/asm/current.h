/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ASM_LKL_CURRENT_H
#define _ASM_LKL_CURRENT_H

#ifndef __ASSEMBLY__

#include <linux/compiler.h>
#include <asm/kstack.h>

struct task_struct;

/*
 * The last word of a kernel stack points to its task.  A task keeps its stack
 * for life, so the compiler may keep the value over a context switch.
 */
static __always_inline __attribute_const__
struct task_struct *get_current(void)
{
	return *kstack_task(current_stack_pointer);
}

#define current get_current()

#endif /* __ASSEMBLY__ */

#endif /* _ASM_LKL_CURRENT_H */
