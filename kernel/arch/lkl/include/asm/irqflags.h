/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ASM_LKL_IRQFLAGS_H
#define _ASM_LKL_IRQFLAGS_H

#include <linux/compiler.h>
#include <linux/types.h>
#include <lkl/abi.h>

/**
 * struct lkl_irq_state - state of the virtual CPU's interrupts
 * @enabled:	interrupts may be taken
 * @clock_countdown: enables of interrupts until the clock is read again, so
 *		that a long system call gets its ticks without a host timer
 * @resched_countdown: calls of cond_resched() until the devices are polled
 *
 * Interrupts are bits that other host threads set, and are taken only where
 * the kernel enables them.  "Interrupts off" is therefore a plain variable.
 */
struct lkl_irq_state {
	unsigned long enabled;
	int clock_countdown;
	int resched_countdown;
};

#define LKL_CLOCK_POLL		256
#define LKL_RESCHED_POLL	64

extern struct lkl_irq_state lkl_irq_state;
extern struct lkl_cpu lkl_cpu0;

void lkl_take_irqs(void);
void lkl_resched_poll(void);

static __always_inline unsigned long arch_local_save_flags(void)
{
	return READ_ONCE(lkl_irq_state.enabled);
}

static __always_inline void arch_local_irq_restore(unsigned long flags)
{
	barrier();
	WRITE_ONCE(lkl_irq_state.enabled, flags);
	if (flags && (unlikely(READ_ONCE(lkl_cpu0.irq_pending)) ||
		      unlikely(--lkl_irq_state.clock_countdown < 0)))
		lkl_take_irqs();
}

/* Take the interrupts that are pending; interrupts are enabled. */
static __always_inline void lkl_poll_irqs(void)
{
	if (unlikely(READ_ONCE(lkl_cpu0.irq_pending)) ||
	    unlikely(lkl_irq_state.clock_countdown < 0))
		lkl_take_irqs();
}

#define ARCH_IRQ_DISABLED	0
#define ARCH_IRQ_ENABLED	1

#include <asm-generic/irqflags.h>

#endif /* _ASM_LKL_IRQFLAGS_H */
