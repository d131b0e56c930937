// SPDX-License-Identifier: GPL-2.0
/*
 * Entry and hand-over: who runs the kernel, and how the others wait.
 *
 * One thread at a time is inside the kernel; it holds the lock.  It leaves
 * when its request is finished, or when nothing is runnable.  In the latter
 * case it becomes
 * - the worker, if one disk request is all there is to do: it does that itself
 *   and comes back; or
 * - the leader, who waits in the poller for whatever wakes the kernel next; or
 * - if there is a leader, a follower, who sleeps on a word of its own.
 *
 * The driver, who has no requests, leads when nobody else does.  But a packet
 * that it wakes for is then another thread's, who must be woken too.  When it
 * notices that, it stands by: it leaves the poller to those who wait for
 * packets, and looks now and then whether they still do.  When it cannot get in,
 * as a thread calls again and again without waiting, that one looks for it.
 *
 * Nothing may be forgotten.  The rules that see to that:
 *
 * 1. Whoever leaves looks whether there is work left, or nobody leads while
 *    somebody waits, and wakes one thread for it (lkl_vcpu_leave()).
 * 2. Whoever could not take the lock says so (newcomers, attention) and tries
 *    once more.  Whoever gives the lock back looks for that afterwards.  One
 *    of the two sees the other, as both sides write before they read.
 * 3. Lists, leader and worker change under the lock only.  A thread enters the
 *    list once for each request, before the kernel can see the request; it is
 *    taken off by whoever finishes the request, or by itself when it gets in.
 *    So none is on a list when its call returns.
 */
#include <stddef.h>

#include "core/vcpu.h"

/* So many entries after a device was kicked look for completions. */
#define IO_CREDIT	64
/* So many threads look at their words before they sleep. */
#define MAX_SPINNERS	2
/*
 * How long the driver stands by without looking.  So long a packet may wait when
 * nobody calls; a tick of the kernel.
 */
#define STANDBY_NS	1000000
/* Batches of packets that a thread takes in which could do something else. */
#define MAX_LOOKS	8

static void cpu_relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#else
	__asm__ volatile("" : : : "memory");
#endif
}

static bool trylock(struct lkl_vcpu *v)
{
	return !__atomic_exchange_n(&v->lock, 1, __ATOMIC_SEQ_CST);
}

static void unlock(struct lkl_vcpu *v)
{
	__atomic_exchange_n(&v->lock, 0, __ATOMIC_SEQ_CST);
}

static void lock(struct lkl_vcpu *v)
{
	while (!trylock(v))
		cpu_relax();
}

/* No kernel: what threads look at all the same is not that of the last one. */
static void detach(struct lkl_vcpu *v)
{
	v->no_cpu = (struct lkl_cpu) { .deadline = INT64_MAX };
	v->cpu = &v->no_cpu;
}

/* A thread that began its call long ago may be here too: under the lock. */
void lkl_vcpu_start(struct lkl_vcpu *v, struct lkl_cpu *cpu)
{
	lock(v);
	v->attention = 0;
	v->look = 0;
	v->quiet = 0;
	v->io_credit = 0;
	v->followers = NULL;
	v->last = &v->followers;
	v->fresh = NULL;
	v->leader = NULL;
	v->worker = NULL;
	v->standby = NULL;
	v->led = false;
	v->leader_deadline = INT64_MAX;
	v->cpu = cpu;
	__atomic_store_n(&v->generation, v->generation + 1, __ATOMIC_RELEASE);
	__atomic_store_n(&v->state, LKL_VCPU_RUNNING, __ATOMIC_RELEASE);
	unlock(v);
}

/* The other threads are not in this process. */
void lkl_vcpu_forked(struct lkl_vcpu *v)
{
	detach(v);
	v->lock = 0;
	v->newcomers = NULL;
	v->posting = 0;
	v->spinners = 0;
	v->state = LKL_VCPU_FORKED;
}

static int gone(struct lkl_vcpu *v)
{
	switch (__atomic_load_n(&v->state, __ATOMIC_ACQUIRE)) {
	case LKL_VCPU_RUNNING:
		return 0;
	case LKL_VCPU_DEAD:
		return -LKL_EIO;
	default:
		return -LKL_ENODEV;
	}
}

/* The same for a thread that may have begun its call on the last kernel. */
static int gone_for(struct lkl_vcpu *v, struct lkl_thread *t)
{
	int err = gone(v);

	if (!err && __atomic_load_n(&v->generation, __ATOMIC_ACQUIRE) !=
	    t->generation)
		err = -LKL_ENODEV;
	return err;
}

static bool finished(const struct lkl_thread *t)
{
	return __atomic_load_n(&t->k.request, __ATOMIC_ACQUIRE) == LKL_REQ_NONE;
}

/* Lists; all with the lock held. */

static void followers_add(struct lkl_vcpu *v, struct lkl_thread *t)
{
	t->next = NULL;
	t->listed = true;
	*v->last = t;
	v->last = &t->next;
	v->fresh = t;
}

static void followers_remove(struct lkl_vcpu *v, struct lkl_thread *t)
{
	struct lkl_thread **p = &v->followers, *before = NULL;

	if (!t->listed)
		return;
	while (*p != t) {
		before = *p;
		p = &(*p)->next;
	}
	if (v->fresh == t)
		v->fresh = before;
	*p = t->next;
	if (v->last == &t->next)
		v->last = p;
	t->listed = false;
}

/* Newcomers come off the stack last in, first out; the list is first come. */
static void absorb_newcomers(struct lkl_vcpu *v)
{
	struct lkl_thread *t, *next, *ordered = NULL;

	if (!__atomic_load_n(&v->newcomers, __ATOMIC_RELAXED))
		return;
	t = __atomic_exchange_n(&v->newcomers, NULL, __ATOMIC_SEQ_CST);
	for (; t; t = next) {
		next = t->next;
		t->next = ordered;
		ordered = t;
	}
	for (t = ordered; t; t = next) {
		next = t->next;
		followers_add(v, t);
	}
}

/* Waking */

static void wake_sleeper(struct lkl_vcpu *v, struct lkl_thread *t,
			 uint32_t old)
{
	if (old == LKL_WAIT_SLEEPING)
		v->host->word_wake(&t->word);
	else if (old == LKL_WAIT_POLLING)
		v->host->poller_kick(v->poller);
}

/* Tell @t that its request is finished.  Lock held. */
static void finish(struct lkl_vcpu *v, struct lkl_thread *t)
{
	wake_sleeper(v, t, __atomic_exchange_n(&t->word, LKL_WAIT_DONE,
					       __ATOMIC_SEQ_CST));
}

/* Makes @t's word PROMOTED, unless it knows or is done; what was there. */
static uint32_t mark_promoted(struct lkl_thread *t)
{
	uint32_t old = __atomic_load_n(&t->word, __ATOMIC_RELAXED);

	do {
		if (old == LKL_WAIT_DONE || old == LKL_WAIT_PROMOTED)
			break;
	} while (!__atomic_compare_exchange_n(&t->word, &old,
					      LKL_WAIT_PROMOTED, true,
					      __ATOMIC_SEQ_CST,
					      __ATOMIC_RELAXED));
	return old;
}

/* Ask @t to run the kernel.  Lock held. */
static void promote(struct lkl_vcpu *v, struct lkl_thread *t)
{
	uint32_t old = mark_promoted(t);

	wake_sleeper(v, t, old);
}

void lkl_vcpu_kick(struct lkl_vcpu *v)
{
	v->host->poller_kick(v->poller);
}

/* Without the lock nobody knows which of the two it sleeps in. */
void lkl_vcpu_wake(struct lkl_vcpu *v, struct lkl_thread *t)
{
	if (mark_promoted(t) == LKL_WAIT_SLEEPING)
		v->host->word_wake(&t->word);
	lkl_vcpu_kick(v);
}

void lkl_vcpu_irq_local(struct lkl_vcpu *v, unsigned int irq)
{
	__atomic_fetch_or(&v->cpu->irq_pending, 1ULL << irq, __ATOMIC_SEQ_CST);
}

void lkl_vcpu_irq(struct lkl_vcpu *v, unsigned int irq)
{
	/* See leave_request(). */
	__atomic_fetch_add(&v->posting, 1, __ATOMIC_SEQ_CST);
	if (!gone(v)) {
		lkl_vcpu_irq_local(v, irq);
		lkl_vcpu_kick(v);
	}
	__atomic_fetch_sub(&v->posting, 1, __ATOMIC_SEQ_CST);
}

void lkl_vcpu_interrupt(struct lkl_vcpu *v, struct lkl_thread *t)
{
	__atomic_store_n(&t->k.interrupt, 1, __ATOMIC_SEQ_CST);
	lkl_vcpu_irq(v, LKL_IRQ_INTERRUPT);
}

void lkl_vcpu_done(struct lkl_vcpu *v, struct lkl_host_thread *k)
{
	struct lkl_thread *t = (struct lkl_thread *)k;

	absorb_newcomers(v);
	followers_remove(v, t);
	v->served++;
	/* If it leads, it does so until it is out of the poller. */
	finish(v, t);
}

/* The kernel is gone: nobody waits any longer.  Lock held. */
static void release_all(struct lkl_vcpu *v)
{
	absorb_newcomers(v);
	while (v->followers) {
		struct lkl_thread *t = v->followers;

		followers_remove(v, t);
		finish(v, t);
	}
	if (v->leader)
		finish(v, v->leader);
	if (v->worker)
		finish(v, v->worker);
	if (v->standby)
		finish(v, v->standby);
	v->standby = NULL;
}

/* The leader or the worker is out of the poller. */
static void vacate(struct lkl_vcpu *v, struct lkl_thread **seat)
{
	*seat = NULL;
	if (v->state == LKL_VCPU_RUNNING)
		return;
	__atomic_store_n(&v->quiet, 1, __ATOMIC_SEQ_CST);
	v->host->word_wake(&v->quiet);
}

/* It left the poller while the lock was taken: let it go on. */
static void relieve(struct lkl_vcpu *v, struct lkl_thread **seat)
{
	struct lkl_thread *t = *seat;

	if (!t || !__atomic_load_n(&t->turn, __ATOMIC_SEQ_CST))
		return;
	/* What it waited for may be there. */
	v->host->poller_reap(v->poller);
	if (__atomic_load_n(&t->word, __ATOMIC_ACQUIRE) != LKL_WAIT_DONE)
		followers_add(v, t);
	vacate(v, seat);
	__atomic_store_n(&t->turn, 0, __ATOMIC_SEQ_CST);
	v->host->word_wake(&t->turn);
}

static bool work_left(struct lkl_vcpu *v)
{
	return v->cpu->runnable ||
	       __atomic_load_n(&v->cpu->irq_pending, __ATOMIC_RELAXED) ||
	       __atomic_load_n(&v->cpu->inbox, __ATOMIC_RELAXED);
}

/*
 * Whom to ask to go on.  The one who came last may still be awake, and what is
 * left to do may be what it waits for; it also costs less to wake a follower
 * than the leader.
 */
static struct lkl_thread *next_driver(struct lkl_vcpu *v)
{
	if (v->fresh)
		return v->fresh;
	if (v->leader)
		return v->leader;
	/* It looks soon, if there is no hurry: whoever called may call again. */
	return v->standby_short && (v->looked || !work_left(v)) ? NULL :
	       v->standby;
}

/* Rule 1: see to it that somebody goes on.  Lock held. */
static void hand_over(struct lkl_vcpu *v)
{
	int64_t deadline = v->cpu->deadline;
	struct lkl_thread *t;

	relieve(v, &v->leader);
	relieve(v, &v->worker);
	if (work_left(v) || !v->leader) {
		t = next_driver(v);
		if (t)
			promote(v, t);
	} else if (deadline < v->leader_deadline) {
		/* It only has to wake earlier than it thinks. */
		__atomic_store_n(&v->leader_deadline, deadline,
				 __ATOMIC_SEQ_CST);
		if (__atomic_load_n(&v->leader->word, __ATOMIC_SEQ_CST) ==
		    LKL_WAIT_POLLING)
			v->host->poller_kick(v->poller);
	}
}

/*
 * The driver could not get in to look for packets: do it, so that they do not
 * wait until this thread waits.  Nobody else is in the poller.  True: there is
 * no work but what was found, if anything.  Lock held.
 */
static bool look(struct lkl_vcpu *v)
{
	bool more;
	int i;

	if (!__atomic_load_n(&v->look, __ATOMIC_RELAXED))
		return false;
	__atomic_store_n(&v->look, 0, __ATOMIC_RELAXED);
	if (v->leader || v->state != LKL_VCPU_RUNNING)
		return false;
	more = work_left(v);
	for (i = 0; i < MAX_LOOKS; i++) {
		v->host->poller_wait(v->poller, 0);
		if (!v->host->poller_reap(v->poller))
			break;
	}
	return !more;
}

/* Rule 2: give the lock back, and look who came while it was held. */
static void lkl_vcpu_leave(struct lkl_vcpu *v)
{
	do {
		absorb_newcomers(v);
		/* Cleared before anything is decided: a full barrier. */
		if (__atomic_load_n(&v->attention, __ATOMIC_RELAXED))
			__atomic_exchange_n(&v->attention, 0,
					    __ATOMIC_SEQ_CST);
		v->looked = look(v);
		if (v->leader || v->worker || v->followers || v->standby)
			hand_over(v);
		unlock(v);
	} while ((__atomic_load_n(&v->newcomers, __ATOMIC_SEQ_CST) ||
		  __atomic_load_n(&v->attention, __ATOMIC_SEQ_CST)) &&
		 trylock(v));
}

/* The lock is ours: from now on @t waits nowhere. */
static bool got_in(struct lkl_vcpu *v, struct lkl_thread *t)
{
	absorb_newcomers(v);
	followers_remove(v, t);
	if (v->leader == t)
		vacate(v, &v->leader);
	if (v->worker == t)
		vacate(v, &v->worker);
	if (v->standby == t)
		v->standby = NULL;
	t->turn = 0;
	if (__atomic_load_n(&t->word, __ATOMIC_ACQUIRE) == LKL_WAIT_DONE) {
		lkl_vcpu_leave(v);
		return false;
	}
	__atomic_store_n(&t->word, LKL_WAIT_NONE, __ATOMIC_RELAXED);
	return true;
}

/*
 * A short wait is not worth a sleep: look at the word for a while.  Not if
 * others do so: they would keep whom they wait for from running.
 */
static uint32_t spin_on_word(struct lkl_vcpu *v, struct lkl_thread *t)
{
	uint32_t spin = v->host->spin(), word;

	if (__atomic_add_fetch(&v->spinners, 1, __ATOMIC_RELAXED) > MAX_SPINNERS)
		spin = 0;
	for (;;) {
		word = __atomic_load_n(&t->word, __ATOMIC_ACQUIRE);
		if (word != LKL_WAIT_NONE || !spin--)
			break;
		cpu_relax();
	}
	__atomic_sub_fetch(&v->spinners, 1, __ATOMIC_RELAXED);
	return word;
}

/* Sleep until somebody writes the word. */
static uint32_t wait_for_word(struct lkl_vcpu *v, struct lkl_thread *t,
			      bool spin)
{
	uint32_t word = spin ? spin_on_word(v, t) : LKL_WAIT_NONE;

	if (word != LKL_WAIT_NONE ||
	    !__atomic_compare_exchange_n(&t->word, &word, LKL_WAIT_SLEEPING,
					 false, __ATOMIC_SEQ_CST,
					 __ATOMIC_ACQUIRE))
		return word;
	do {
		v->host->word_wait(&t->word, LKL_WAIT_SLEEPING);
		word = __atomic_load_n(&t->word, __ATOMIC_ACQUIRE);
	} while (word == LKL_WAIT_SLEEPING);
	return word;
}

/* The leader sleeps in the poller, unless its word is written before. */
static void wait_in_poller(struct lkl_vcpu *v, struct lkl_thread *t, bool spin)
{
	uint32_t word = spin ? spin_on_word(v, t) : LKL_WAIT_NONE;

	if (word != LKL_WAIT_NONE ||
	    !__atomic_compare_exchange_n(&t->word, &word, LKL_WAIT_POLLING,
					 false, __ATOMIC_SEQ_CST,
					 __ATOMIC_ACQUIRE))
		return;
	/* The deadline may have become earlier by now, see hand_over(). */
	v->host->poller_wait(v->poller,
			     __atomic_load_n(&v->leader_deadline,
					     __ATOMIC_SEQ_CST));
	word = LKL_WAIT_POLLING;
	__atomic_compare_exchange_n(&t->word, &word, LKL_WAIT_NONE, false,
				    __ATOMIC_SEQ_CST, __ATOMIC_RELAXED);
}

/* Before attention is called for. */
static void ask_to_look(struct lkl_vcpu *v, const struct lkl_thread *t)
{
	if (t->background)
		__atomic_store_n(&v->look, 1, __ATOMIC_RELAXED);
}

/*
 * Wait until the request is done (false) or it is our turn to run the kernel
 * (true: the lock is held).
 */
static bool wait_for_turn(struct lkl_vcpu *v, struct lkl_thread *t, bool spin)
{
	for (;; spin = true) {
		uint32_t word = LKL_WAIT_PROMOTED;

		if (wait_for_word(v, t, spin) == LKL_WAIT_DONE)
			return false;
		/* Promoted; forget it, unless it is done by now. */
		if (!__atomic_compare_exchange_n(&t->word, &word,
						 LKL_WAIT_NONE, false,
						 __ATOMIC_SEQ_CST,
						 __ATOMIC_ACQUIRE))
			continue;
		if (trylock(v))
			return got_in(v, t);
		ask_to_look(v, t);
		__atomic_store_n(&v->attention, 1, __ATOMIC_SEQ_CST);
		if (trylock(v))
			return got_in(v, t);
	}
}

static void push_newcomer(struct lkl_vcpu *v, struct lkl_thread *t)
{
	t->next = __atomic_load_n(&v->newcomers, __ATOMIC_RELAXED);
	while (!__atomic_compare_exchange_n(&v->newcomers, &t->next, t, true,
					    __ATOMIC_SEQ_CST,
					    __ATOMIC_RELAXED))
		;
}

static void push_inbox(struct lkl_vcpu *v, struct lkl_host_thread *k)
{
	k->next = __atomic_load_n(&v->cpu->inbox, __ATOMIC_RELAXED);
	while (!__atomic_compare_exchange_n(&v->cpu->inbox, &k->next,
					    (uint64_t)(uintptr_t)k, true,
					    __ATOMIC_SEQ_CST,
					    __ATOMIC_RELAXED))
		;
	lkl_vcpu_irq_local(v, LKL_IRQ_INBOX);
}

/*
 * The kernel is busy: leave the request in its inbox.  It may be gone by now,
 * or another one be there: @posting keeps lkl_vcpu_quiesce() from ending.
 */
static int leave_request(struct lkl_vcpu *v, struct lkl_thread *t)
{
	int err;

	__atomic_fetch_add(&v->posting, 1, __ATOMIC_SEQ_CST);
	err = gone_for(v, t);
	if (!err) {
		/* In this order, see rule 3. */
		push_newcomer(v, t);
		if (t->k.request != LKL_REQ_NONE)
			push_inbox(v, &t->k);
	}
	/*
	 * Whoever is inside may have taken the newcomer off before the
	 * request was in the inbox: it has to look again.
	 */
	__atomic_store_n(&v->attention, 1, __ATOMIC_SEQ_CST);
	__atomic_fetch_sub(&v->posting, 1, __ATOMIC_SEQ_CST);
	return err;
}

/* True: the kernel became free meanwhile, the lock is held. */
static bool post(struct lkl_vcpu *v, struct lkl_thread *t)
{
	if (leave_request(v, t))
		return false;
	if (trylock(v))
		return got_in(v, t);
	return wait_for_turn(v, t, true);
}

/* @t is out of the poller, as leader or worker. */
static bool back_in(struct lkl_vcpu *v, struct lkl_thread *t)
{
	if (trylock(v))
		goto locked;
	/* Whoever is inside makes us a follower when it leaves. */
	__atomic_store_n(&t->turn, 1, __ATOMIC_SEQ_CST);
	__atomic_store_n(&v->attention, 1, __ATOMIC_SEQ_CST);
	if (trylock(v))
		goto locked;
	while (__atomic_load_n(&t->turn, __ATOMIC_ACQUIRE))
		v->host->word_wait(&t->turn, 1);
	return wait_for_turn(v, t, true);

locked:
	v->host->poller_reap(v->poller);
	return got_in(v, t);
}

static bool work(struct lkl_vcpu *v, struct lkl_thread *t)
{
	v->worker = t;
	lkl_vcpu_leave(v);
	v->host->poller_work(v->poller);
	return back_in(v, t);
}

/* A disk answers late: no reason to stay awake for it. */
static bool follow(struct lkl_vcpu *v, struct lkl_thread *t)
{
	bool spin = !v->io_credit;

	followers_add(v, t);
	lkl_vcpu_leave(v);
	return wait_for_turn(v, t, spin);
}

static bool lead(struct lkl_vcpu *v, struct lkl_thread *t, int64_t deadline)
{
	bool spin;

	v->leader = t;
	v->led |= !t->background;
	if (v->cpu->deadline < deadline)
		deadline = v->cpu->deadline;
	/*
	 * A busy kernel wants its tick, an idle one does not.  Where one becomes
	 * the other all the time, keep to the earlier deadline until it has
	 * passed, rather than be kicked each time.
	 */
	if (v->leader_deadline > deadline ||
	    v->leader_deadline <= (int64_t)v->time())
		v->leader_deadline = deadline;
	/* Another thread may be about to call. */
	spin = !v->io_credit && t->k.request != LKL_REQ_NONE;
	lkl_vcpu_leave(v);
	wait_in_poller(v, t, spin);
	return back_in(v, t);
}

/* Sleep on the word until @deadline; what it says then. */
static uint32_t doze(struct lkl_vcpu *v, struct lkl_thread *t,
		     int64_t deadline)
{
	uint32_t word = LKL_WAIT_NONE;

	if (!__atomic_compare_exchange_n(&t->word, &word, LKL_WAIT_SLEEPING,
					 false, __ATOMIC_SEQ_CST,
					 __ATOMIC_ACQUIRE))
		return word;
	do {
		v->host->word_wait_until(&t->word, LKL_WAIT_SLEEPING, deadline);
		word = LKL_WAIT_SLEEPING;
	} while ((int64_t)v->time() < deadline &&
		 __atomic_load_n(&t->word, __ATOMIC_ACQUIRE) == word);
	/* Time is up, unless somebody wrote it. */
	__atomic_compare_exchange_n(&t->word, &word, LKL_WAIT_NONE, false,
				    __ATOMIC_SEQ_CST, __ATOMIC_ACQUIRE);
	return word;
}

/*
 * The driver leaves the poller to threads with requests.  As long as one of
 * them leads, and stays there, it can sleep for good: who leaves last wakes it.
 * Lock held; as wait_idle().
 */
static bool stand_by(struct lkl_vcpu *v, struct lkl_thread *t)
{
	int64_t deadline = INT64_MAX;
	uint32_t word;

	v->standby = t;
	v->standby_short = v->led || !v->leader;
	v->led = false;
	if (v->standby_short)
		deadline = v->time() + STANDBY_NS;
	lkl_vcpu_leave(v);
	for (;;) {
		word = doze(v, t, deadline);
		if (word == LKL_WAIT_DONE)
			return false;
		if (word == LKL_WAIT_PROMOTED)
			__atomic_compare_exchange_n(&t->word, &word,
						    LKL_WAIT_NONE, false,
						    __ATOMIC_SEQ_CST,
						    __ATOMIC_ACQUIRE);
		if (trylock(v))
			return got_in(v, t);
		/* Whoever is inside decides anew when it leaves. */
		ask_to_look(v, t);
		__atomic_store_n(&v->attention, 1, __ATOMIC_SEQ_CST);
		if (trylock(v))
			return got_in(v, t);
		deadline = v->time() + STANDBY_NS;
	}
}

/* Should the driver leave the poller to others?  Lock held. */
static bool is_in_the_way(const struct lkl_vcpu *v, const struct lkl_thread *t)
{
	return t->background && (v->led || v->leader);
}

/*
 * Nothing is runnable: wait for something.  Lock held; true: it is again,
 * false: the request was finished by another thread.
 */
static bool wait_idle(struct lkl_vcpu *v, struct lkl_thread *t,
		      int64_t deadline)
{
	if (v->worker)
		v->host->poller_submit(v->poller);
	else if (v->host->poller_prepare(v->poller))
		return work(v, t);
	if (is_in_the_way(v, t))
		return stand_by(v, t);
	return v->leader ? follow(v, t) : lead(v, t, deadline);
}

static int stopped(struct lkl_vcpu *v, int32_t why)
{
	uint32_t state;

	if (why == LKL_RUN_HALTED)
		state = LKL_VCPU_HALTED;
	else if (why == LKL_RUN_DEAD)
		state = LKL_VCPU_DEAD;
	else
		return 0;
	/* Read without the lock by calls that begin. */
	__atomic_store_n(&v->state, state, __ATOMIC_RELEASE);
	release_all(v);
	return gone(v);
}

void lkl_vcpu_expect_io(struct lkl_vcpu *v)
{
	v->io_credit = IO_CREDIT;
}

void lkl_vcpu_poll(struct lkl_vcpu *v)
{
	v->host->poller_submit(v->poller);
	v->host->poller_reap(v->poller);
}

void lkl_vcpu_lock(struct lkl_vcpu *v)
{
	lock(v);
}

void lkl_vcpu_unlock(struct lkl_vcpu *v)
{
	lkl_vcpu_leave(v);
}

void lkl_vcpu_quiesce(struct lkl_vcpu *v)
{
	bool seats, posting;

	do {
		lock(v);
		/* In this order: whom it does not count is on the list. */
		posting = __atomic_load_n(&v->posting, __ATOMIC_SEQ_CST);
		release_all(v);
		__atomic_store_n(&v->quiet, 0, __ATOMIC_RELAXED);
		seats = v->leader || v->worker;
		if (!seats && !posting)
			detach(v);
		lkl_vcpu_leave(v);
		if (seats)
			v->host->word_wait(&v->quiet, 0);
		else if (posting)
			cpu_relax();
	} while (seats || posting);
}

/* Look for completions where the kernel does not become idle for long. */
static void reap(struct lkl_vcpu *v)
{
	v->io_credit--;
	if (v->host->poller_reap(v->poller))
		v->io_credit = IO_CREDIT;
}

int64_t lkl_vcpu_call(struct lkl_vcpu *v, struct lkl_thread *t)
{
	int32_t why;
	int err = gone_for(v, t);

	if (err)
		return err;
	__atomic_store_n(&t->word, LKL_WAIT_NONE, __ATOMIC_RELAXED);
	if (!trylock(v) && !post(v, t))
		goto out;

	while (!(err = gone_for(v, t))) {
		if (v->io_credit)
			reap(v);
		why = v->run(&t->k);
		if (finished(t))
			break;
		if (stopped(v, why))
			continue;
		/* Idle, unless a request has completed meanwhile. */
		if (v->host->poller_reap(v->poller))
			continue;
		if (!wait_idle(v, t, INT64_MAX))
			goto out;
	}
	/* Requests that nobody waits for are on their way all the same. */
	if (!err && v->io_credit)
		v->host->poller_submit(v->poller);
	lkl_vcpu_leave(v);
	return err ? err : t->k.ret;
out:
	/* Somebody else finished it, or the kernel. */
	if (finished(t))
		return t->k.ret;
	err = gone_for(v, t);
	return err ? err : -LKL_ENODEV;
}

/* Is there a reason to enter the kernel?  Lock held. */
static bool should_run(struct lkl_vcpu *v)
{
	int64_t deadline = v->cpu->deadline;

	v->host->poller_reap(v->poller);
	return work_left(v) ||
	       (deadline != INT64_MAX && (int64_t)v->time() >= deadline);
}

int lkl_vcpu_run(struct lkl_vcpu *v, struct lkl_thread *t, int64_t deadline,
		 const bool *stop)
{
	int err;

	__atomic_store_n(&t->word, LKL_WAIT_NONE, __ATOMIC_RELAXED);
	t->k.request = LKL_REQ_NONE;
	t->generation = __atomic_load_n(&v->generation, __ATOMIC_ACQUIRE);
	if (!trylock(v) && !post(v, t))
		return gone(v);

	while (!(err = gone_for(v, t))) {
		if (should_run(v)) {
			uint32_t served = v->served;
			int32_t why = v->run(NULL);

			/* What woke us is another thread's. */
			v->led |= t->background && v->served != served;
			if (stopped(v, why) || why == LKL_RUN_DONE)
				continue;
			v->host->poller_submit(v->poller);
			continue;
		}
		if (__atomic_load_n(stop, __ATOMIC_ACQUIRE) ||
		    (deadline != INT64_MAX && (int64_t)v->time() >= deadline))
			break;
		if (!wait_idle(v, t, deadline))
			return gone(v);
	}
	lkl_vcpu_leave(v);
	return err;
}
