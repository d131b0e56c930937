// SPDX-License-Identifier: GPL-2.0
/*
 * Bugs of the kernel: faults, panic, and walking its stacks.
 *
 * A kernel that has hit a bug does not run any further.  The process that it is
 * part of decides what to do.
 */
#include <linux/init.h>
#include <linux/kallsyms.h>
#include <linux/panic_notifier.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/sched/debug.h>
#include <linux/sched/task_stack.h>
#include <linux/stacktrace.h>
#include <asm/drivers.h>
#include <asm/entry.h>
#include <asm/host.h>
#include <asm/kstack.h>
#include <asm/ptrace.h>
#include <asm/setup.h>

unsigned long lkl_fault_sp;

static bool frame_on_stack(unsigned long frame, unsigned long sp)
{
	return (frame | (KSTACK_SIZE - 1)) == (sp | (KSTACK_SIZE - 1)) &&
	       IS_ALIGNED(frame, sizeof(long));
}

/* Report the return addresses of the chain of frame pointers to @consume. */
static void walk_frames(unsigned long fp, unsigned long sp,
			stack_trace_consume_fn consume, void *cookie)
{
	while (fp && frame_on_stack(fp, sp)) {
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

	/* After a fault the registers may hold anything. */
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

static bool trace_print_address(void *loglvl, unsigned long addr)
{
	printk("%s %pS\n", (const char *)loglvl, (void *)addr);
	return true;
}

void show_stack(struct task_struct *task, unsigned long *sp,
		const char *loglvl)
{
	printk("%sCall Trace:\n", loglvl);
	arch_stack_walk(trace_print_address, (void *)loglvl, task, NULL);
}

void show_regs(struct pt_regs *regs)
{
	show_regs_print_info(KERN_DEFAULT);
	if (regs)
		printk(KERN_DEFAULT "ip %pS sp %016lx\n", (void *)regs->ip,
		       regs->sp);
}

static noinline void __noreturn fault_report(struct pt_regs *regs, u64 addr)
{
	unsigned long guard = ALIGN_DOWN(regs->sp, KSTACK_SIZE);

	bust_spinlocks(1);
	if (addr >= guard && addr < guard + PAGE_SIZE)
		pr_emerg("BUG: kernel stack overflow\n");
	else
		pr_emerg("BUG: unable to handle kernel access to %016llx\n",
			 addr);
	show_regs(regs);
	pr_emerg("Call Trace:\n");
	arch_stack_walk(trace_print_address, KERN_EMERG, NULL, regs);
	panic("Fatal exception");
}

/* Report a fault; runs on the fault stack, in the name of the current task. */
void lkl_fault(u64 ip, u64 addr, unsigned long sp, unsigned long fp)
{
	struct pt_regs regs = { .ip = ip, .sp = sp, .fp = fp };

	*kstack_task(lkl_fault_sp) = *kstack_task(sp);
	fault_report(&regs, addr);
}

static int lkl_panic_event(struct notifier_block *nb, unsigned long event,
			   void *msg)
{
	lkl_console_init();
	/* Otherwise panic() has dumped the stack. */
	if (!IS_ENABLED(CONFIG_DEBUG_BUGVERBOSE) && !test_taint(TAINT_DIE))
		dump_stack();
	WRITE_ONCE(lkl_cpu0.dead, 1);
	lkl_host_panicked();
	lkl_stop(LKL_RUN_DEAD);
}

/* The last in the list: other notifiers may print more. */
static struct notifier_block lkl_panic_block = {
	.notifier_call = lkl_panic_event,
	.priority = INT_MIN,
};

void __init lkl_fault_init(void)
{
	atomic_notifier_chain_register(&panic_notifier_list, &lkl_panic_block);
	lkl_fault_sp = lkl_stack_alloc(&init_task);
	if (!lkl_fault_sp)
		panic("lkl: no memory for kernel stacks");
}
