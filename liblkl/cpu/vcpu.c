// SPDX-License-Identifier: GPL-2.0
/*
 * The virtual CPU: which thread runs the kernel, and how the others wait.
 *
 * One thread at a time is inside the kernel: the owner of the CPU, which holds
 * the lock.  The owner leaves when its request is finished, or when nothing is
 * runnable.  In the latter case it becomes
 * - a worker, if a single disk request is queued: the thread performs the request
 *   synchronously and comes back, see vcpu-worker.c; or
 * - the leader, who waits in the poller for the next event that wakes the
 *   kernel; or
 * - if there is a leader, a follower, who sleeps on a futex of its own.
 *
 * This is the pattern Leader/Followers: D. C. Schmidt, C. O'Ryan, M. Kircher,
 * I. Pyarali, F. Buschmann, "Leader/Followers: A Design Pattern for Efficient
 * Multi-threaded Event Demultiplexing and Dispatching", PLoP 2000, and
 * "Pattern-Oriented Software Architecture", volume 2.  As there, the thread
 * that takes an event promotes a follower.  The handles are all in one poller,
 * and only the owner processes events, as there is one CPU.
 *
 * A thread that calls while another thread is the owner contends for the CPU, see
 * vcpu-contend.c.
 *
 * The background thread has no requests.  It leads when no other thread does;
 * when it would be in the way of threads that wait for packets, it parks, see
 * vcpu-park.c.
 *
 * No event may be forgotten.  The rules that guarantee this:
 *
 * 1. A thread that leaves checks whether there is work left, or no leader while
 *    threads wait, and wakes one thread for it (lkl_vcpu_leave()).
 * 2. A thread that could not take the lock reports that (@incoming, @contended)
 *    and tries once more.  The owner looks for such reports after it has given
 *    the lock back.  One of the two sees the other, as both write before they
 *    read.
 * 3. Lists and leader change under the lock only.  A thread enters the followers
 *    before the kernel can see its request, or enters a list while it has the
 *    lock; it is taken off by the thread that finishes the request, or by itself
 *    when it becomes the owner.  So no thread is on a list when its call returns.
 *
 * tests/unit/liblkl compiles the vcpu*.c files a second time, for the test
 * "schedules": explore.h makes each __atomic_*() builtin a point where another
 * thread may run.  So the files use no other means to share data without the
 * lock, and a builtin that they do not use yet must be added to explore.h.
 */
#include <stddef.h>

#include "cpu/vcpu-internal.h"

/* Entries that look for completions after a device was given work */
#define REAP_BUDGET	64
/* Calls of a thread that do not contend for the CPU after a call that slept */
#define SUBMITS_AFTER_SLEEP	16

/* Give threads that are late a CPU to look at that does not change. */
static void vcpu_detach_cpu(struct lkl_vcpu *v)
{
	v->no_cpu = (struct lkl_cpu) { .deadline = INT64_MAX };
	v->cpu = &v->no_cpu;
}

/* Forget the threads that use a kernel that is gone, and what they asked for. */
static void vcpu_forget_threads(struct lkl_vcpu *v)
{
	v->contended = 0;
	v->poll_requested = 0;
	v->reap_budget = 0;
	v->followers = NULL;
	v->tail = &v->followers;
	v->leader = NULL;
	v->workers = NULL;
	v->returned = 0;
	v->parked = NULL;
	v->caller_led = false;
	v->leader_deadline = INT64_MAX;
}

/* With the lock held, as a thread that began its call long ago may be here too. */
void lkl_vcpu_start(struct lkl_vcpu *v, struct lkl_cpu *cpu)
{
	vcpu_lock(v);
	vcpu_forget_threads(v);
	v->poller_free = 0;
	v->cpu = cpu;
	__atomic_store_n(&v->generation, v->generation + 1, __ATOMIC_RELEASE);
	__atomic_store_n(&v->state, LKL_VCPU_RUNNING, __ATOMIC_RELEASE);
	vcpu_unlock(v);
}

/* The other threads are not in this process. */
void lkl_vcpu_forked(struct lkl_vcpu *v)
{
	vcpu_detach_cpu(v);
	vcpu_forget_threads(v);
	v->lock = 0;
	v->incoming = NULL;
	v->submitters = 0;
	v->spinners = 0;
	v->working = 0;
	v->has_contender = 0;
	v->claimant = NULL;
	v->standby = 0;
	v->standby_called = 0;
	v->overdue = 0;
	v->state = LKL_VCPU_FORKED;
}

void lkl_vcpu_kick(struct lkl_vcpu *v)
{
	v->host->poller_kick(v->poller);
}

/* @t sleeps on its word or in the poller; only the lock could tell which. */
void lkl_vcpu_wake(struct lkl_vcpu *v, struct lkl_thread *t)
{
	if (lkl_vcpu_mark_promoted(t) == LKL_WAIT_SLEEPING)
		v->host->word_wake(&t->word);
	lkl_vcpu_kick(v);
}

void lkl_vcpu_irq(struct lkl_vcpu *v, unsigned int irq)
{
	/* See vcpu_submit(). */
	__atomic_fetch_add(&v->submitters, 1, __ATOMIC_SEQ_CST);
	if (!vcpu_error(v)) {
		lkl_vcpu_irq_local(v, irq);
		lkl_vcpu_kick(v);
	}
	__atomic_fetch_sub(&v->submitters, 1, __ATOMIC_SEQ_CST);
}

void lkl_vcpu_interrupt(struct lkl_vcpu *v, struct lkl_thread *t)
{
	__atomic_store_n(&t->k.interrupt, 1, __ATOMIC_SEQ_CST);
	lkl_vcpu_irq(v, LKL_IRQ_INTERRUPT);
}

void lkl_vcpu_expect_io(struct lkl_vcpu *v)
{
	v->reap_budget = REAP_BUDGET;
}

void lkl_vcpu_poll(struct lkl_vcpu *v)
{
	v->host->poller_submit(v->poller);
	v->host->poller_reap(v->poller);
}

void lkl_vcpu_lock(struct lkl_vcpu *v)
{
	vcpu_lock(v);
}

void lkl_vcpu_unlock(struct lkl_vcpu *v)
{
	lkl_vcpu_leave(v);
}

void lkl_vcpu_quiesce(struct lkl_vcpu *v)
{
	bool in_poller, submitters;

	do {
		vcpu_lock(v);
		/* First: a thread that is not counted is on the stack. */
		submitters = __atomic_load_n(&v->submitters, __ATOMIC_SEQ_CST);
		lkl_vcpu_release_all(v);
		__atomic_store_n(&v->poller_free, 0, __ATOMIC_SEQ_CST);
		in_poller = v->leader ||
			    __atomic_load_n(&v->working, __ATOMIC_SEQ_CST);
		if (!in_poller && !submitters)
			vcpu_detach_cpu(v);
		lkl_vcpu_leave(v);
		if (in_poller)
			v->host->word_wait(&v->poller_free, 0);
		else if (submitters)
			vcpu_relax();
	} while (in_poller || submitters);
}

/* Note that the kernel is gone, if @why says so; return the error for calls. */
static int vcpu_check_stop(struct lkl_vcpu *v, int32_t why)
{
	uint32_t state;

	if (why == LKL_RUN_HALTED)
		state = LKL_VCPU_HALTED;
	else if (why == LKL_RUN_DEAD)
		state = LKL_VCPU_DEAD;
	else
		return 0;
	/* Calls that begin read it without the lock. */
	__atomic_store_n(&v->state, state, __ATOMIC_RELEASE);
	lkl_vcpu_release_all(v);
	return vcpu_error(v);
}

/* Look for completions where the kernel does not become idle for long. */
static void vcpu_reap(struct lkl_vcpu *v)
{
	v->reap_budget--;
	if (v->host->poller_reap(v->poller))
		v->reap_budget = REAP_BUDGET;
}

/*
 * Get the CPU for a call, or let another thread execute the call: the owner can
 * begin a call that sleeps without this thread, so that only the end of the call
 * wakes this thread.  A call is expected to sleep if an earlier one did.
 */
static bool vcpu_contend_or_submit(struct lkl_vcpu *v, struct lkl_thread *t)
{
	/* A disk answers late: not worth spinning. */
	bool spin = !t->used_disk;

	if (t->submits)
		t->submits--;
	else if (lkl_vcpu_contend(v, t))
		return true;
	return lkl_vcpu_submit_and_wait(v, t, spin);
}

int64_t lkl_vcpu_call(struct lkl_vcpu *v, struct lkl_thread *t)
{
	int32_t why;
	int err = vcpu_error_for(v, t);

	if (err)
		return err;
	__atomic_store_n(&t->word, LKL_WAIT_NONE, __ATOMIC_RELAXED);
	if (!vcpu_trylock(v) && !vcpu_contend_or_submit(v, t))
		goto out;

	while (!(err = vcpu_error_for(v, t))) {
		if (v->reap_budget)
			vcpu_reap(v);
		why = v->run(&t->k);
		if (vcpu_is_finished(t))
			break;
		if (vcpu_check_stop(v, why))
			continue;
		/* Idle, unless a request has completed meanwhile. */
		if (v->host->poller_reap(v->poller))
			continue;
		t->submits = SUBMITS_AFTER_SLEEP;
		t->used_disk = v->reap_budget;
		if (!lkl_vcpu_wait_idle(v, t, INT64_MAX))
			goto out;
	}
	/* Disk requests that no thread waits for must be on their way as well. */
	if (!err && v->reap_budget)
		v->host->poller_submit(v->poller);
	lkl_vcpu_leave_after_call(v);
	return err ? err : t->k.ret;
out:
	/* Another thread finished the request, or the kernel is gone. */
	if (vcpu_is_finished(t))
		return t->k.ret;
	err = vcpu_error_for(v, t);
	return err ? err : -LKL_ENODEV;
}

/* Return whether there is a reason to enter the kernel.  The lock is held. */
static bool vcpu_should_run(struct lkl_vcpu *v)
{
	int64_t deadline = v->cpu->deadline;

	v->host->poller_reap(v->poller);
	return vcpu_has_work(v) ||
	       (deadline != INT64_MAX && (int64_t)v->time() >= deadline);
}

int lkl_vcpu_run(struct lkl_vcpu *v, struct lkl_thread *t, int64_t deadline,
		 const bool *stop)
{
	int err;

	__atomic_store_n(&t->word, LKL_WAIT_NONE, __ATOMIC_RELAXED);
	t->k.request = LKL_REQ_NONE;
	t->generation = __atomic_load_n(&v->generation, __ATOMIC_ACQUIRE);
	if (!vcpu_trylock(v) && !lkl_vcpu_submit_and_wait(v, t, true))
		return vcpu_error(v);

	while (!(err = vcpu_error_for(v, t))) {
		if (vcpu_should_run(v)) {
			uint32_t done = v->done_for_others;
			int32_t why = v->run(NULL);

			/* The event that woke this thread is another thread's. */
			v->caller_led |= t->background &&
					 v->done_for_others != done;
			if (vcpu_check_stop(v, why) || why == LKL_RUN_DONE)
				continue;
			v->host->poller_submit(v->poller);
			continue;
		}
		if (__atomic_load_n(stop, __ATOMIC_ACQUIRE) ||
		    (deadline != INT64_MAX && (int64_t)v->time() >= deadline))
			break;
		if (!lkl_vcpu_wait_idle(v, t, deadline))
			return vcpu_error(v);
	}
	lkl_vcpu_leave(v);
	return err;
}
