/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ASM_LKL_PREEMPT_H
#define _ASM_LKL_PREEMPT_H

#include <linux/thread_info.h>
#include <asm/irqflags.h>

/*
 * The kernel is never preempted (ARCH_NO_PREEMPT), and interrupts are taken in
 * function calls only, so the count is an ordinary variable.  Apart from this
 * and should_resched(), all is as in <asm-generic/preempt.h>.
 */
#define PREEMPT_ENABLED		0

static __always_inline int preempt_count(void)
{
	return READ_ONCE(current_thread_info()->preempt_count);
}

static __always_inline void preempt_count_set(int pc)
{
	current_thread_info()->preempt_count = pc;
}

/* These are macros because struct task_struct is not defined here. */
#define init_task_preempt_count(p) \
	(task_thread_info(p)->preempt_count = FORK_PREEMPT_COUNT)
#define init_idle_preempt_count(p, cpu) \
	((void)(cpu), task_thread_info(p)->preempt_count = PREEMPT_DISABLED)

static __always_inline void set_preempt_need_resched(void)
{
}

static __always_inline void clear_preempt_need_resched(void)
{
}

static __always_inline bool test_preempt_need_resched(void)
{
	return false;
}

static __always_inline void __preempt_count_add(int val)
{
	current_thread_info()->preempt_count += val;
}

static __always_inline void __preempt_count_sub(int val)
{
	current_thread_info()->preempt_count -= val;
}

static __always_inline bool __preempt_count_dec_and_test(void)
{
	return !--current_thread_info()->preempt_count && tif_need_resched();
}

/*
 * Return whether cond_resched() has to call the scheduler.
 *
 * On real hardware, timer ticks and other CPUs make sure that a loop of
 * cond_resched() ends.  Here nothing happens asynchronously, so every
 * LKL_RESCHED_POLL-th call takes interrupts and polls the devices.
 */
static __always_inline bool should_resched(int preempt_offset)
{
	if (preempt_count() != preempt_offset)
		return false;
	if (unlikely(--lkl_irq_state.resched_countdown < 0))
		lkl_resched_poll();
	return unlikely(tif_need_resched());
}

#endif /* _ASM_LKL_PREEMPT_H */
