// SPDX-License-Identifier: GPL-2.0
/*
 * Interrupts are bits of lkl_cpu0.irq_pending, set by any host thread and
 * taken by the kernel where it enables interrupts, in idle, and when it is
 * entered.  The timer is a deadline that is compared at the same places.
 */
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irqdesc.h>
#include <linux/sched.h>
#include <linux/sched/stat.h>
#include <asm/host.h>
#include <asm/irq.h>
#include <asm/irq_regs.h>
#include <asm/time.h>

struct lkl_irq_state lkl_irq_state;
struct lkl_cpu lkl_cpu0 = { .deadline = S64_MAX };

static void lkl_take_one(unsigned int irq)
{
	switch (irq) {
	case LKL_IRQ_INBOX:
		lkl_drain_inbox();
		break;
	case LKL_IRQ_INTERRUPT:
		lkl_interrupt_tasks();
		break;
	case LKL_IRQ_HOSTFD:
		lkl_hostfd_wake();
		break;
	default:
		generic_handle_irq(irq);
	}
}

/* Interrupts are off. */
static void lkl_take_pending(void)
{
	static struct pt_regs no_regs;
	struct pt_regs *old = set_irq_regs(&no_regs);
	u64 pending;

	irq_enter();
	/* Another thread may set bits at any time. */
	pending = __atomic_exchange_n(&lkl_cpu0.irq_pending, 0,
				      __ATOMIC_ACQUIRE);
	while (pending) {
		lkl_take_one(__ffs64(pending));
		pending &= pending - 1;
	}
	lkl_take_timer();
	irq_exit();
	set_irq_regs(old);
}

/**
 * lkl_take_irqs - interrupts were enabled with something to do
 *
 * The clock is read here each LKL_TICK_POLL times only: reading it costs more
 * than what most sections with interrupts off do.
 */
void lkl_take_irqs(void)
{
	bool pending = READ_ONCE(lkl_cpu0.irq_pending);

	if (lkl_irq_state.countdown < 0) {
		lkl_irq_state.countdown = LKL_TICK_POLL;
		pending |= lkl_timer_expired();
	}
	if (!pending)
		return;

	lkl_irq_state.enabled = ARCH_IRQ_DISABLED;
	lkl_take_pending();
	lkl_irq_state.enabled = ARCH_IRQ_ENABLED;
}

/* A loop that waits for time to pass, or for another task's interrupt. */
void lkl_cpu_relax(void)
{
	barrier();
	if (lkl_irq_state.enabled) {
		lkl_irq_state.countdown = -1;
		lkl_take_irqs();
	}
}
EXPORT_SYMBOL(lkl_cpu_relax);

/**
 * lkl_lose_patience - the current task called cond_resched() many times
 *
 * It may wait for what another task does, which may wait for a disk: as when a
 * dentry is killed elsewhere, see shrink_dcache_parent().  Nobody else submits
 * and completes requests while the kernel is not idle.
 */
void lkl_lose_patience(void)
{
	lkl_irq_state.patience = LKL_PATIENCE;
	if (!lkl_irq_state.enabled)
		return;
	host_poll();
	lkl_irq_state.countdown = -1;
	lkl_take_irqs();
	if (!single_task_running())
		set_tsk_need_resched(current);
}
EXPORT_SYMBOL(lkl_lose_patience);

void __init init_IRQ(void)
{
	unsigned int irq;

	for (irq = 1; irq <= LKL_NR_DEVICES; irq++)
		irq_set_chip_and_handler(irq, &dummy_irq_chip,
					 handle_simple_irq);
}
