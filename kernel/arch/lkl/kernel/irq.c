// SPDX-License-Identifier: GPL-2.0
/*
 * Interrupts are bits of lkl_cpu0.irq_pending, which any host thread sets.  The
 * kernel takes them where it enables interrupts, when it is idle, and when a
 * host thread enters.  The timer is a deadline that is compared with the clock
 * at the same places.
 */
#include <linux/export.h>
#include <linux/hardirq.h>
#include <linux/irq.h>
#include <linux/irqdesc.h>
#include <linux/sched.h>
#include <linux/sched/stat.h>
#include <asm/drivers.h>
#include <asm/entry.h>
#include <asm/host.h>
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

/* Take all that is pending; interrupts are disabled. */
static void lkl_take_pending(void)
{
	static struct pt_regs no_regs;
	struct pt_regs *old = set_irq_regs(&no_regs);
	u64 pending;

	irq_enter();
	pending = lkl_host_xchg(&lkl_cpu0.irq_pending, 0);
	while (pending) {
		lkl_take_one(__ffs64(pending));
		pending &= pending - 1;
	}
	lkl_take_timer();
	irq_exit();
	set_irq_regs(old);
}

/**
 * lkl_take_irqs - take pending interrupts and the timer
 *
 * The clock is read once in LKL_CLOCK_POLL enables of interrupts: reading the
 * clock costs more than most sections with interrupts disabled.
 */
void lkl_take_irqs(void)
{
	bool pending = READ_ONCE(lkl_cpu0.irq_pending);

	if (lkl_irq_state.clock_countdown < 0) {
		lkl_irq_state.clock_countdown = LKL_CLOCK_POLL;
		pending |= lkl_timer_expired();
	}
	if (!pending)
		return;

	lkl_irq_state.enabled = ARCH_IRQ_DISABLED;
	lkl_take_pending();
	lkl_irq_state.enabled = ARCH_IRQ_ENABLED;
}

/* Take interrupts in a loop that waits for time to pass or for a device. */
void lkl_cpu_relax(void)
{
	barrier();
	if (lkl_irq_state.enabled) {
		lkl_irq_state.clock_countdown = -1;
		lkl_take_irqs();
	}
}
EXPORT_SYMBOL(lkl_cpu_relax);

/**
 * lkl_resched_poll - the current task called cond_resched() many times
 *
 * The task may be waiting for another task, and that task for a disk: for
 * example, shrink_dcache_parent() waits for a dentry that is killed elsewhere.
 * Only an idle kernel would submit requests to devices and complete them.
 */
void lkl_resched_poll(void)
{
	lkl_irq_state.resched_countdown = LKL_RESCHED_POLL;
	if (!lkl_irq_state.enabled)
		return;
	lkl_host_poll();
	lkl_irq_state.clock_countdown = -1;
	lkl_take_irqs();
	if (!single_task_running())
		set_tsk_need_resched(current);
}
EXPORT_SYMBOL(lkl_resched_poll);

void __init init_IRQ(void)
{
	unsigned int irq;

	for (irq = 1; irq <= LKL_NR_DEVICES; irq++)
		irq_set_chip_and_handler(irq, &dummy_irq_chip,
					 handle_simple_irq);
}
