// SPDX-License-Identifier: GPL-2.0
/*
 * When the kernel itself is wrong: faults, panic, and walking its stacks.
 *
 * A kernel that has hit a bug is not run any further: the process that it is
 * a part of decides what to do.
 */
#include <linux/init.h>
#include <linux/kallsyms.h>
#include <linux/panic_notifier.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/sched/debug.h>
#include <linux/sched/task_stack.h>
#include <linux/stacktrace.h>
#include <asm/kstack.h>
#include <asm/host.h>
#include <asm/ptrace.h>

unsigned long lkl_fault_sp;

static bool on_stack_of(unsigned long frame, unsigned long sp)
{
	return (frame | (FIBER_SIZE - 1)) == (sp | (FIBER_SIZE - 1)) &&
	       IS_ALIGNED(frame, sizeof(long));
}

/* The return addresses that the chain of frame pointers leads to. */
static void walk_frames(unsigned long fp, unsigned long sp,
			stack_trace_consume_fn consume, void *cookie)
{
	while (fp && on_stack_of(fp, sp)) {
		unsigned long *frame = (unsigned long *)fp;

		if (!__kernel_text_address(frame[1]) ||
		    !consume(cookie, frame[1]) || frame[0] <= fp)
			break;
		fp = frame[0];
	}
}

noinline void arch_stack_walk(stack_trace_consume_fn consume, void *cookie,
			      struct task_struct *task, struct pt_regs *regs)
{
	unsigned long fp;

	/* What is in the registers after a fault may be anything. */
	if (regs) {
		walk_frames(regs->fp, regs->sp, consume, cookie);
		return;
	}
	if (!task || task == current)
		fp = (unsigned long)__builtin_frame_address(0);
	else
		fp = task->thread.sp;
	walk_frames(fp, fp, consume, cookie);
}

static bool print_address(void *loglvl, unsigned long addr)
{
	printk("%s %pS\n", (const char *)loglvl, (void *)addr);
	return true;
}

void show_stack(struct task_struct *task, unsigned long *sp,
		const char *loglvl)
{
	printk("%sCall Trace:\n", loglvl);
	arch_stack_walk(print_address, (void *)loglvl, task, NULL);
}

void show_regs(struct pt_regs *regs)
{
	show_regs_print_info(KERN_DEFAULT);
	if (regs)
		printk(KERN_DEFAULT "ip %pS sp %016lx\n", (void *)regs->ip,
		       regs->sp);
}

static noinline void __noreturn report_fault(struct pt_regs *regs, u64 addr)
{
	unsigned long guard = ALIGN_DOWN(regs->sp, FIBER_SIZE);

	bust_spinlocks(1);
	if (addr >= guard && addr < guard + PAGE_SIZE)
		pr_emerg("BUG: kernel stack overflow\n");
	else
		pr_emerg("BUG: unable to handle kernel access to %016llx\n",
			 addr);
	show_regs(regs);
	pr_emerg("Call Trace:\n");
	arch_stack_walk(print_address, KERN_EMERG, NULL, regs);
	panic("Fatal exception");
}

void lkl_fault(u64 ip, u64 addr, unsigned long sp, unsigned long fp);

/* Runs on the fault stack, which takes the place of the task's. */
void lkl_fault(u64 ip, u64 addr, unsigned long sp, unsigned long fp)
{
	struct pt_regs regs = { .ip = ip, .sp = sp, .fp = fp };

	*fiber_task_slot(lkl_fault_sp) = *fiber_task_slot(sp);
	report_fault(&regs, addr);
}

static int lkl_panic_event(struct notifier_block *nb, unsigned long event,
			   void *msg)
{
	lkl_console_init();
	/* Otherwise panic() itself has done it. */
	if (!IS_ENABLED(CONFIG_DEBUG_BUGVERBOSE) && !test_taint(TAINT_DIE))
		dump_stack();
	WRITE_ONCE(lkl_cpu0.dead, 1);
	host_panicked();
	lkl_leave_for_good(LKL_RUN_DEAD);
}

/* Last: others may still have something to tell. */
static struct notifier_block lkl_panic_block = {
	.notifier_call = lkl_panic_event,
	.priority = INT_MIN,
};

void __init lkl_fault_init(void)
{
	atomic_notifier_chain_register(&panic_notifier_list, &lkl_panic_block);
	lkl_fault_sp = fiber_alloc(&init_task);
	if (!lkl_fault_sp)
		panic("lkl: no memory for kernel stacks");
}
