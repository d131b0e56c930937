// SPDX-License-Identifier: GPL-2.0
/*
 * Tasks.  The context of a task is a stack and a stack pointer, and a context
 * switch is a switch of stacks within the host thread that is inside.
 */
#include <linux/cpu.h>
#include <linux/kernel.h>
#include <linux/panic.h>
#include <linux/pm.h>
#include <linux/ptrace.h>
#include <linux/reboot.h>
#include <linux/sched.h>
#include <linux/sched/debug.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/sched/task_stack.h>
#include <linux/seq_file.h>
#include <asm/cpu_switch.h>
#include <asm/entry.h>
#include <asm/kstack.h>
#include <asm/switch_to.h>

struct task_struct *__switch_to(struct task_struct *prev,
				struct task_struct *next)
{
	lkl_irq_state.resched_countdown = LKL_RESCHED_POLL;
	return (struct task_struct *)cpu_switch_stack(&prev->thread.sp,
						      next->thread.sp,
						      (unsigned long)prev);
}

/* Run a new task; @prev is the task that ran before. */
static void task_start(unsigned long prev)
{
	struct task_struct *me = current;

	schedule_tail((struct task_struct *)prev);
	/* The only kernel thread whose function returns is process 1, after exec. */
	me->thread.fn(me->thread.arg);
	lkl_user_mode();
}

/*
 * Copy a task, but not the ownership of its stack: a fork that fails before
 * copy_thread() releases the copy.
 */
int arch_dup_task_struct(struct task_struct *dst, struct task_struct *src)
{
	*dst = *src;
	dst->thread.stack = 0;
	return 0;
}

int copy_thread(struct task_struct *p, const struct kernel_clone_args *args)
{
	memset(&p->thread, 0, sizeof(p->thread));
	/* fork(2) would have to return twice in the host program. */
	if (!args->fn)
		return -EINVAL;

	p->thread.stack = lkl_stack_alloc(p);
	if (!p->thread.stack) {
		/* Boot does not check whether its kernel threads were created. */
		if (system_state < SYSTEM_RUNNING)
			panic("lkl: no memory for kernel stacks");
		return -ENOMEM;
	}
	p->thread.fn = args->fn;
	p->thread.arg = args->fn_arg;
	p->thread.sp = cpu_prepare_stack(p->thread.stack, task_start);
	return 0;
}

void arch_release_task_struct(struct task_struct *p)
{
	lkl_stack_free(p->thread.stack);
	p->thread.stack = 0;
}

void arch_cpu_idle(void)
{
	if (!READ_ONCE(lkl_cpu0.irq_pending))
		lkl_leave(LKL_RUN_IDLE);
	lkl_entered();
	/* Interrupts are disabled here; take those that are pending. */
	lkl_irq_state.clock_countdown = -1;
	raw_local_irq_enable();
	raw_local_irq_disable();
}

void flush_thread(void)
{
}

unsigned long __get_wchan(struct task_struct *p)
{
	unsigned long *frame = (unsigned long *)p->thread.sp;
	unsigned long top = p->thread.stack;

	while ((unsigned long)frame < top - 16) {
		if (!in_sched_functions(frame[1]))
			return frame[1];
		if (frame[0] <= (unsigned long)frame)
			break;
		frame = (unsigned long *)frame[0];
	}
	return 0;
}

void machine_halt(void)
{
	lkl_stop(LKL_RUN_HALTED);
}

void machine_power_off(void)
{
	machine_halt();
}

/* The program starts the kernel again. */
void machine_restart(char *cmd)
{
	machine_halt();
}

void (*pm_power_off)(void);

void ptrace_disable(struct task_struct *child)
{
}

long arch_ptrace(struct task_struct *child, long request, unsigned long addr,
		 unsigned long data)
{
	return -EIO;
}

static int cpuinfo_show(struct seq_file *m, void *v)
{
	seq_puts(m, "processor\t: 0\nmodel name\t: LKL\n");
	return 0;
}

static void *cpuinfo_start(struct seq_file *m, loff_t *pos)
{
	return *pos ? NULL : (void *)1;
}

static void *cpuinfo_next(struct seq_file *m, void *v, loff_t *pos)
{
	++*pos;
	return NULL;
}

static void cpuinfo_stop(struct seq_file *m, void *v)
{
}

const struct seq_operations cpuinfo_op = {
	.start = cpuinfo_start,
	.next = cpuinfo_next,
	.stop = cpuinfo_stop,
	.show = cpuinfo_show,
};
