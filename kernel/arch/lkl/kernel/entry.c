// SPDX-License-Identifier: GPL-2.0
/*
 * Entering and leaving the kernel.
 *
 * One host thread at a time is inside, liblkl sees to that; it is the driver.
 * It enters with lkl_run(), which switches to the kernel stack that was left
 * last, and comes back through lkl_leave(): its request is done, or nothing
 * is runnable.  A task whose request is done stays the current task, so that
 * the next system call of the same thread needs no scheduling.
 *
 * Each host thread has a task that serves it.  Process 1 creates them, so
 * that they are all threads of process 1.
 */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/resume_user_mode.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/stat.h>
#include <linux/sched/task.h>
#include <linux/reboot.h>
#include <linux/start_kernel.h>
#include <linux/syscalls.h>
#include <asm/cpu_switch.h>
#include <asm/kstack.h>
#include <asm/host.h>
#include <asm/irq.h>
#include <asm/sections.h>
#include <asm/time.h>

/* The stack that lkl_run() was called on; asm uses it too. */
unsigned long lkl_host_sp;
/* Where the kernel was left. */
unsigned long lkl_kernel_sp;
/* The host thread inside, NULL for one that only lends its time. */
static struct lkl_host_thread *driver;

/* Host threads that have no task yet, and process 1, which makes them. */
static struct lkl_host_thread *newcomers;
static struct task_struct *spawner;

static __always_inline void leave(int reason)
{
	/* Idle is left with nothing to run; a task counts itself. */
	lkl_cpu0.runnable = reason == LKL_RUN_DONE && !single_task_running();
	cpu_switch_stack(&lkl_kernel_sp, lkl_host_sp, reason);
}

void lkl_leave(int reason)
{
	leave(reason);
}

void lkl_leave_for_good(int reason)
{
	local_irq_disable();
	for (;;)
		lkl_leave(reason);
}

/* Hands a request to the task that serves its thread. */
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
	t->next = (u64)newcomers;
	newcomers = t;
	if (spawner)
		wake_up_process(spawner);
}

/* Interrupt: other threads posted requests while the kernel was busy. */
void lkl_drain_inbox(void)
{
	u64 head = __atomic_exchange_n(&lkl_cpu0.inbox, 0, __ATOMIC_ACQUIRE);
	struct lkl_host_thread *t;

	while (head) {
		t = (struct lkl_host_thread *)head;
		head = t->next;
		lkl_accept(t);
	}
}

/* Makes tasks return from their blocking calls; @all or those that asked. */
static long interrupt_tasks(bool all)
{
	struct task_struct *p;

	if (!spawner)
		return 0;
	rcu_read_lock();
	for_each_thread(spawner, p) {
		struct lkl_host_thread *t = p->thread.host;

		if (!t || !(all || t->interrupt))
			continue;
		/* It is on its way here: lkl_handle() looks at it. */
		if (!t->accepted)
			continue;
		t->interrupt = 0;
		if (!(all && p == current))
			set_notify_signal(p);
	}
	rcu_read_unlock();
	return 0;
}

/* Interrupt: some tasks are to leave their blocking calls. */
void lkl_interrupt_tasks(void)
{
	interrupt_tasks(false);
}

/*
 * A host thread came in.  The inbox goes first: the driver's own request may
 * be in there, and must not be linked twice.
 */
void lkl_resumed(void)
{
	if (unlikely(READ_ONCE(lkl_cpu0.inbox)))
		lkl_drain_inbox();
	if (driver)
		lkl_accept(driver);
	else
		/* Nobody's request: it is the clock that brought it here. */
		lkl_irq_state.countdown = -1;
}

/* What user mode is owed when a system call returns. */
static void lkl_exit_to_user(void)
{
	unsigned long work = read_thread_flags();

	while (work & _TIF_WORK_MASK) {
		if (work & _TIF_NEED_RESCHED)
			schedule();
		if (work & _TIF_NOTIFY_SIGNAL)
			clear_notify_signal();
		/* There are no handlers, and nobody to kill but the host. */
		if (work & _TIF_SIGPENDING)
			flush_signals(current);
		if (work & _TIF_NOTIFY_RESUME)
			resume_user_mode_work(NULL);
		else if (task_work_pending(current))
			task_work_run();
		work = read_thread_flags();
	}
}

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
		return interrupt_tasks(true);
	case LKL_REQ_HALT:
		/* "Power down" is an emergency only on a machine. */
		if (console_loglevel < CONSOLE_LOGLEVEL_DEFAULT)
			console_loglevel = CONSOLE_LOGLEVEL_SILENT;
		kernel_power_off();
		break;
	}
	return -EINVAL;
}

/* The request is finished: @t belongs to its host thread again. */
static void lkl_complete(struct lkl_host_thread *t, long ret)
{
	t->ret = ret;
	t->accepted = 0;
	/* The host's thread reads the result when it sees this. */
	smp_store_release(&t->request, LKL_REQ_NONE);
	if (driver != t)
		host_done(t);
}

static void lkl_wait_for_request(struct lkl_host_thread *t)
{
	while (!READ_ONCE(t->accepted)) {
		if (driver == t) {
			/* Stay the current task: it will call again soon. */
			leave(LKL_RUN_DONE);
			lkl_resumed();
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
 * Others go first: it costs less than to wake another host thread for them.
 * The scheduler may take one yield for none.
 */
static void lkl_let_others_go(void)
{
	int tries = 3;

	while (unlikely(!single_task_running()) && tries--)
		yield();
}

/* A task that serves a host thread until that ends. */
static int lkl_serve(void *arg)
{
	struct lkl_host_thread *t = arg;

	current->thread.host = t;
	t->task = (u64)current;
	while (t->request != LKL_REQ_EXIT) {
		long ret = lkl_handle(t);

		lkl_exit_to_user();
		/* What a device has done at once: nobody else is there for it. */
		lkl_poll_irqs();
		if (unlikely(lkl_ram_low()))
			lkl_ram_grow();
		lkl_complete(t, ret);
		lkl_let_others_go();
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
 * lkl_user_mode - what process 1 does once it is "in user mode"
 *
 * Boot is over when it gets here for the first time: it creates the tasks of
 * host threads.
 */
void lkl_user_mode(void)
{
	struct lkl_host_thread *t;

	lkl_exit_to_user();
	lkl_first_tick();
	lkl_console_booted();
	spawner = current;
	lkl_leave(LKL_RUN_DONE);
	lkl_resumed();
	for (;;) {
		while ((t = newcomers)) {
			newcomers = (struct lkl_host_thread *)t->next;
			lkl_spawn(t);
		}
		lkl_poll_irqs();
		set_current_state(TASK_IDLE);
		if (!newcomers)
			schedule();
		__set_current_state(TASK_RUNNING);
	}
}

static void __ref boot_fiber(unsigned long unused)
{
	start_kernel();
}

static s32 LKL_ABI lkl_run(struct lkl_host_thread *t)
{
	driver = t;
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
	fiber_init(args->stacks, args->stacks_size);
	/* The stack is allocated by a call that needs a host stack to go to. */
	lkl_host_sp = (unsigned long)__builtin_frame_address(0) - 4096;
	stack = fiber_alloc(&init_task);
	if (!stack)
		return -ENOMEM;
	init_task.thread.stack = stack;
	lkl_kernel_sp = cpu_prepare_stack(stack, boot_fiber);
	return lkl_run(NULL);
}

void lkl_fault_entry(u64 ip, u64 addr);

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

/* The ELF entry point. */
__visible __attribute__((visibility("default")))
const struct lkl_entry_table *LKL_ABI lkl_kernel_entry(void);

const struct lkl_entry_table *LKL_ABI lkl_kernel_entry(void)
{
	return &entry_table;
}
