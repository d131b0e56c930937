/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ASM_LKL_IRQFLAGS_H
#define _ASM_LKL_IRQFLAGS_H

#include <linux/compiler.h>
#include <linux/types.h>
#include <lkl/abi.h>

/*
 * Interrupts are bits that other threads set, and are only ever taken where
 * the kernel allows them.  So "interrupts off" is a plain variable.
 *
 * @enabled:	interrupts may be taken
 * @countdown:	the clock is looked at each time this reaches zero, so that a
 *		long system call gets its ticks without a host timer
 * @patience:	so many more calls of cond_resched() before the current task may
 *		be waiting for another one, or for a disk
 */
struct lkl_irq_state {
	unsigned long enabled;
	int countdown;
	int patience;
};

#define LKL_TICK_POLL		256
#define LKL_PATIENCE		64

extern struct lkl_irq_state lkl_irq_state;
extern struct lkl_cpu lkl_cpu0;

void lkl_take_irqs(void);
void lkl_lose_patience(void);

static __always_inline unsigned long arch_local_save_flags(void)
{
	return READ_ONCE(lkl_irq_state.enabled);
}

static __always_inline void arch_local_irq_restore(unsigned long flags)
{
	barrier();
	WRITE_ONCE(lkl_irq_state.enabled, flags);
	if (flags && (unlikely(READ_ONCE(lkl_cpu0.irq_pending)) ||
		      unlikely(--lkl_irq_state.countdown < 0)))
		lkl_take_irqs();
}

/* Interrupts are on: take what has come in. */
static __always_inline void lkl_poll_irqs(void)
{
	if (unlikely(READ_ONCE(lkl_cpu0.irq_pending)) ||
	    unlikely(lkl_irq_state.countdown < 0))
		lkl_take_irqs();
}

#define ARCH_IRQ_DISABLED	0
#define ARCH_IRQ_ENABLED	1

#include <asm-generic/irqflags.h>

#endif /* _ASM_LKL_IRQFLAGS_H */
