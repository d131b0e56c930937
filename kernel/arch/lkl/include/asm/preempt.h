/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ASM_LKL_PREEMPT_H
#define _ASM_LKL_PREEMPT_H

#define should_resched generic_should_resched
#include <asm-generic/preempt.h>
#undef should_resched

#include <asm/irqflags.h>

/*
 * This is how cond_resched() asks.  On a machine, ticks and other CPUs see to it
 * that a loop of cond_resched() ends; here nothing happens but what the loop
 * itself looks for, so once in a while it looks for everything.
 */
static __always_inline bool should_resched(int preempt_offset)
{
	if (preempt_count() != preempt_offset)
		return false;
	if (unlikely(--lkl_irq_state.patience < 0))
		lkl_lose_patience();
	return unlikely(tif_need_resched());
}

#endif /* _ASM_LKL_PREEMPT_H */
