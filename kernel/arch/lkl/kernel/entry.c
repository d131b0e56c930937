// SPDX-License-Identifier: GPL-2.0
/*
 * Entering and leaving the kernel.
 *
 * One host thread at a time is inside, which liblkl ensures: the owner of the
 * virtual CPU.  The owner enters with lkl_run(), which switches to the kernel
 * stack that was left last, and returns through lkl_leave() when its request is
 * done or nothing is runnable.  A task whose request is done stays the current
 * task, so that the next system call of the same thread needs no scheduling.
 *
 * Each host thread has a task that serves it.  Process 1 creates these tasks, so
 * that all of them are threads of process 1.
 */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>
#include <linux/reboot.h>
#include <linux/resume_user_mode.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/stat.h>
#include <linux/sched/task.h>
#include <linux/start_kernel.h>
#include <linux/task_work.h>
#include <asm/cpu_switch.h>
#include <asm/drivers.h>
#include <asm/entry.h>
#include <asm/host.h>
#include <asm/kstack.h>
#include <asm/ram.h>
#include <asm/sections.h>
#include <asm/setup.h>
#include <asm/time.h>

/* Also used by x86/switch.S. */
unsigned long lkl_host_sp;
unsigned long lkl_kernel_sp;

/* The host thread inside; NULL for a thread that has no request. */
static struct lkl_host_thread *owner;

/* Host threads without a task, and process 1, which creates their tasks. */
static struct lkl_host_thread *new_threads;
static struct task_struct *spawner;

static __always_inline void __lkl_leave(int reason)
{
	/* Idle is left with nothing runnable; a task counts itself. */
	lkl_cpu0.runnable = reason == LKL_RUN_DONE && !single_task_running();
	cpu_switch_stack(&lkl_kernel_sp, lkl_host_sp, reason);
}

/* Return @reason from lkl_run(), and return here in the next lkl_run(). */
void lkl_leave(int reason)
{
	__lkl_leave(reason);
}

/* Leave the kernel forever. */
void lkl_stop(int reason)
{
	local_irq_disable();
	for (;;)
		lkl_leave(reason);
}

/* Hand a request to the task that serves its thread. */
static void lkl_accept(struct lkl_host_thread *t)
{
	if (t->accepted || t->request == LKL_REQ_NONE)
		return;
	t->accepted = 1;
	if (t->task) {
		if (t->task != (u64)current)
			wake_up_process((struct task_struct *)t->task);
		return;
	}
	t->next = (u64)new_threads;
	new_threads = t;
	if (spawner)
		wake_up_process(spawner);
}

/*
 * Accept the requests that other threads posted while the kernel was busy
 * (LKL_IRQ_INBOX).
 */
void lkl_drain_inbox(void)
{
	u64 head = lkl_host_xchg(&lkl_cpu0.inbox, 0);
	struct lkl_host_thread *t;

	while (head) {
		t = (struct lkl_host_thread *)head;
		head = t->next;
		lkl_accept(t);
	}
}

/*
 * Make tasks return from blocking calls: all but the current task, or those
 * whose thread asked for it.
 */
static long __lkl_interrupt_tasks(bool all)
{
	struct task_struct *p;

	if (!spawner)
		return 0;
	rcu_read_lock();
	for_each_thread(spawner, p) {
		struct lkl_host_thread *t = p->thread.host;

		if (!t || !(all || t->interrupt))
			continue;
		/* The request arrives later: lkl_handle() tests @interrupt. */
		if (!t->accepted)
			continue;
		t->interrupt = 0;
		if (!(all && p == current))
			set_notify_signal(p);
	}
	rcu_read_unlock();
	return 0;
}

/* Interrupt the tasks whose thread asked for it (LKL_IRQ_INTERRUPT). */
void lkl_interrupt_tasks(void)
{
	__lkl_interrupt_tasks(false);
}

/*
 * Begin to work for the host thread that has just entered.  The inbox goes
 * first: the owner's own request may be in it, and must not be linked twice.
 */
void lkl_entered(void)
{
	if (unlikely(READ_ONCE(lkl_cpu0.inbox)))
		lkl_drain_inbox();
	if (owner)
		lkl_accept(owner);
	else
		/* A thread without a request enters for timers or devices. */
		lkl_irq_state.clock_countdown = -1;
}

/* Do the work that is due when a system call returns. */
static void lkl_exit_to_user(void)
{
	unsigned long work = read_thread_flags();

	while (work & _TIF_WORK_MASK) {
		if (work & _TIF_NEED_RESCHED)
			schedule();
		if (work & _TIF_NOTIFY_SIGNAL)
			clear_notify_signal();
		/* A signal has no handler, and the program is not killed. */
		if (work & _TIF_SIGPENDING)
			flush_signals(current);
		if (work & _TIF_NOTIFY_RESUME)
			resume_user_mode_work(NULL);
		else if (task_work_pending(current))
			task_work_run();
		work = read_thread_flags();
	}
}

/* Turn the results that ask for a restart of the call into -EINTR. */
static long lkl_restart_is_eintr(long ret)
{
	switch (ret) {
	case -ERESTARTSYS:
	case -ERESTARTNOINTR:
	case -ERESTARTNOHAND:
	case -ERESTART_RESTARTBLOCK:
		return -EINTR;
	}
	return ret;
}

static void lkl_halt(void)
{
	/* Do not print the emergency message "Power down" for a library. */
	if (console_loglevel < CONSOLE_LOGLEVEL_DEFAULT)
		console_loglevel = CONSOLE_LOGLEVEL_SILENT;
	kernel_power_off();
}

static long lkl_handle(struct lkl_host_thread *t)
{
	const s64 *params = (const s64 *)t->params;

	switch (t->request) {
	case LKL_REQ_SYSCALL:
		if (unlikely(READ_ONCE(t->interrupt))) {
			t->interrupt = 0;
			set_notify_signal(current);
		}
		return lkl_restart_is_eintr(lkl_do_syscall(t->nr, params));
	case LKL_REQ_MMIO_ADD:
		return lkl_mmio_add(params);
	case LKL_REQ_MMIO_REMOVE:
		return lkl_mmio_remove(params);
	case LKL_REQ_HOSTFD:
		return lkl_hostfd_create(params);
	case LKL_REQ_INTERRUPT_ALL:
		return __lkl_interrupt_tasks(true);
	case LKL_REQ_HALT:
		lkl_halt();
		break;
	}
	return -EINVAL;
}

/* Finish a request: @t belongs to its host thread again. */
static void lkl_complete(struct lkl_host_thread *t, long ret)
{
	t->ret = ret;
	t->accepted = 0;
	/* The host thread reads the result when it sees this store. */
	smp_store_release(&t->request, LKL_REQ_NONE);
	if (owner != t)
		lkl_host_done(t);
}

static void lkl_wait_for_request(struct lkl_host_thread *t)
{
	while (!READ_ONCE(t->accepted)) {
		if (owner == t) {
			/* Stay the current task: the thread calls again soon. */
			__lkl_leave(LKL_RUN_DONE);
			lkl_entered();
			lkl_poll_irqs();
			continue;
		}
		set_current_state(TASK_IDLE);
		if (!READ_ONCE(t->accepted))
			schedule();
		__set_current_state(TASK_RUNNING);
	}
}

/*
 * Let other tasks run before the owner leaves, which costs less than waking
 * another host thread for them.  The scheduler may ignore a single yield.
 */
static void lkl_yield(void)
{
	int tries = 3;

	while (unlikely(!single_task_running()) && tries--)
		yield();
}

/* Serve a host thread until the thread ends. */
static int lkl_serve(void *arg)
{
	struct lkl_host_thread *t = arg;

	current->thread.host = t;
	t->task = (u64)current;
	while (t->request != LKL_REQ_EXIT) {
		long ret = lkl_handle(t);

		lkl_exit_to_user();
		/* A device may be done already; take its interrupt now. */
		lkl_poll_irqs();
		if (unlikely(lkl_ram_low()))
			lkl_ram_grow();
		lkl_complete(t, ret);
		lkl_yield();
		lkl_wait_for_request(t);
	}
	current->thread.host = NULL;
	t->task = 0;
	lkl_complete(t, 0);
	do_exit(0);
}

static void lkl_spawn(struct lkl_host_thread *t)
{
	pid_t pid = user_mode_thread(lkl_serve, t, CLONE_VM | CLONE_FS |
				     CLONE_FILES | CLONE_SIGHAND |
				     CLONE_THREAD | CLONE_SYSVSEM);

	if (pid < 0)
		lkl_complete(t, pid);
}

/**
 * lkl_user_mode - run process 1 "in user mode"
 *
 * End the boot, then create the tasks that serve host threads.
 */
void lkl_user_mode(void)
{
	struct lkl_host_thread *t;

	lkl_exit_to_user();
	lkl_first_tick();
	lkl_console_booted();
	spawner = current;
	lkl_leave(LKL_RUN_DONE);
	lkl_entered();
	for (;;) {
		while ((t = new_threads)) {
			new_threads = (struct lkl_host_thread *)t->next;
			lkl_spawn(t);
		}
		lkl_poll_irqs();
		set_current_state(TASK_IDLE);
		if (!new_threads)
			schedule();
		__set_current_state(TASK_RUNNING);
	}
}

static void __ref lkl_boot_context(unsigned long unused)
{
	start_kernel();
}

static s32 LKL_ABI lkl_run(struct lkl_host_thread *t)
{
	owner = t;
	return cpu_switch_stack(&lkl_host_sp, lkl_kernel_sp, 0);
}

static s32 LKL_ABI __ref lkl_boot(const struct lkl_boot_args *args)
{
	const struct lkl_callbacks *cb = (const void *)args->callbacks;
	unsigned long stack;

	if (args->version != LKL_ABI_VERSION || args->size < sizeof(*args) ||
	    cb->version != LKL_ABI_VERSION || cb->size < sizeof(*cb))
		return -EINVAL;
	lkl_boot_args = *args;
	lkl_host = *cb;
	lkl_stack_init(args->stacks, args->stacks_size);
	/* lkl_stack_alloc() calls the host, which needs a stack to run on. */
	lkl_host_sp = (unsigned long)__builtin_frame_address(0) - 4096;
	stack = lkl_stack_alloc(&init_task);
	if (!stack)
		return -ENOMEM;
	init_task.thread.stack = stack;
	lkl_kernel_sp = cpu_prepare_stack(stack, lkl_boot_context);
	return lkl_run(NULL);
}

static const struct lkl_entry_table entry_table = {
	.size = sizeof(entry_table),
	.version = LKL_ABI_VERSION,
	.boot = lkl_boot,
	.run = lkl_run,
	.fixup = lkl_fixup,
	.fault = lkl_fault_entry,
	.cpu = (u64)&lkl_cpu0,
	.text_start = (u64)_stext,
	.text_end = (u64)_etext,
	.data_start = (u64)_sdata,
	.data_end = (u64)_edata,
	.bss_start = (u64)__bss_start,
	.bss_end = (u64)__bss_stop,
};

const struct lkl_entry_table *LKL_ABI lkl_kernel_entry(void)
{
	return &entry_table;
}
