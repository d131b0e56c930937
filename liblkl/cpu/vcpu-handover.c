// SPDX-License-Identifier: GPL-2.0
/*
 * Handing the virtual CPU over: which thread goes on when the owner leaves.  A test
 * compiles this file with other atomic operations, see vcpu.c.
 */
#include <stddef.h>

#include "cpu/vcpu-internal.h"

/* Waking */

void lkl_vcpu_irq_local(struct lkl_vcpu *v, unsigned int irq)
{
	__atomic_fetch_or(&v->cpu->irq_pending, 1ULL << irq, __ATOMIC_SEQ_CST);
}

static void vcpu_wake_sleeper(struct lkl_vcpu *v, struct lkl_thread *t,
			      uint32_t old)
{
	if (old == LKL_WAIT_SLEEPING)
		v->host->word_wake(&t->word);
	else if (old == LKL_WAIT_POLLING)
		v->host->poller_kick(v->poller);
}

/*
 * Threads to wake once the lock is free.  A thread that is woken earlier often runs
 * at once, finds the lock taken and sleeps again, without end.  A thread may be gone
 * when its word is woken: the host then wakes no thread, or one that checks its word.
 */
struct handover_wakes {
	uint32_t *words[3];
	unsigned int count;
	bool kick;
};

static void handover_note_sleeper(struct handover_wakes *w, struct lkl_thread *t,
				  uint32_t old)
{
	if (old == LKL_WAIT_SLEEPING)
		w->words[w->count++] = &t->word;
	else if (old == LKL_WAIT_POLLING)
		w->kick = true;
}

/* Give the lock back and wake. */
static void handover_unlock(struct lkl_vcpu *v, const struct handover_wakes *w)
{
	unsigned int i;

	if (!w->count && !w->kick) {
		vcpu_unlock(v);
		return;
	}
	/* The poller must stay, see lkl_vcpu_quiesce(). */
	__atomic_fetch_add(&v->submitters, 1, __ATOMIC_SEQ_CST);
	vcpu_unlock(v);
	for (i = 0; i < w->count; i++)
		v->host->word_wake(w->words[i]);
	if (w->kick)
		v->host->poller_kick(v->poller);
	__atomic_fetch_sub(&v->submitters, 1, __ATOMIC_SEQ_CST);
}

/* Tell @t that its request is finished. */
static void vcpu_finish(struct lkl_vcpu *v, struct lkl_thread *t)
{
	vcpu_wake_sleeper(v, t, __atomic_exchange_n(&t->word, LKL_WAIT_DONE,
						    __ATOMIC_SEQ_CST));
}

uint32_t lkl_vcpu_mark_promoted(struct lkl_thread *t)
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

void lkl_vcpu_done(struct lkl_vcpu *v, struct lkl_host_thread *k)
{
	struct lkl_thread *t = (struct lkl_thread *)k;

	lkl_vcpu_absorb_incoming(v);
	lkl_vcpu_unlist(v, t);
	v->done_for_others++;
	/* A leader stays the leader until it has left the poller. */
	vcpu_finish(v, t);
}

void lkl_vcpu_release_all(struct lkl_vcpu *v)
{
	lkl_vcpu_absorb_incoming(v);
	while (v->followers) {
		struct lkl_thread *t = v->followers;

		lkl_vcpu_unlist(v, t);
		vcpu_finish(v, t);
	}
	while (v->workers) {
		struct lkl_thread *t = v->workers;

		lkl_vcpu_unlist(v, t);
		vcpu_finish(v, t);
	}
	if (v->leader)
		vcpu_finish(v, v->leader);
	if (v->parked)
		vcpu_finish(v, v->parked);
	v->parked = NULL;
}

/* Leaving */

void lkl_vcpu_left_poller(struct lkl_vcpu *v)
{
	if (__atomic_load_n(&v->state, __ATOMIC_SEQ_CST) == LKL_VCPU_RUNNING)
		return;
	__atomic_store_n(&v->poller_free, 1, __ATOMIC_SEQ_CST);
	v->host->word_wake(&v->poller_free);
}

/* End the role of the leader, who has left the poller. */
static void vcpu_end_lead(struct lkl_vcpu *v)
{
	v->leader = NULL;
	lkl_vcpu_left_poller(v);
}

/* Make the leader a follower, if it has left the poller while the lock was taken. */
static void vcpu_demote_leader(struct lkl_vcpu *v, struct handover_wakes *w)
{
	struct lkl_thread *t = v->leader;

	if (!t || !__atomic_load_n(&t->reentering, __ATOMIC_SEQ_CST))
		return;
	/* The event that it waited for may be there. */
	v->host->poller_reap(v->poller);
	if (__atomic_load_n(&t->word, __ATOMIC_ACQUIRE) != LKL_WAIT_DONE)
		lkl_vcpu_followers_add(v, t);
	vcpu_end_lead(v);
	__atomic_store_n(&t->reentering, 0, __ATOMIC_SEQ_CST);
	w->words[w->count++] = &t->reentering;
}

/* Make workers followers that have come back while the lock was taken. */
static void vcpu_demote_workers(struct lkl_vcpu *v)
{
	struct lkl_thread *t, *next;

	if (!__atomic_load_n(&v->returned, __ATOMIC_RELAXED))
		return;
	/* Cleared before the look at the workers: a full barrier. */
	__atomic_exchange_n(&v->returned, 0, __ATOMIC_SEQ_CST);
	/* The requests that they have performed are done. */
	v->host->poller_reap(v->poller);
	for (t = v->workers; t; t = next) {
		next = t->next;
		if (!__atomic_load_n(&t->reentering, __ATOMIC_SEQ_CST))
			continue;
		lkl_vcpu_unlist(v, t);
		lkl_vcpu_followers_add(v, t);
	}
}

/*
 * Choose the thread to go on.  The newest follower may still be awake, and the
 * work that is left may be what it waits for; a follower is also cheaper to
 * wake than the leader.
 */
static struct lkl_thread *vcpu_pick_next(struct lkl_vcpu *v)
{
	if (v->followers)
		return lkl_vcpu_followers_last(v);
	if (v->leader)
		return v->leader;
	/* The parked thread polls soon: without work there is no hurry. */
	return v->park_is_short && (v->polled || !vcpu_has_work(v)) ? NULL :
	       v->parked;
}

/* Rule 1: see to it that a thread goes on. */
static void vcpu_hand_over(struct lkl_vcpu *v, struct handover_wakes *w)
{
	int64_t deadline = v->cpu->deadline;
	struct lkl_thread *t;

	vcpu_demote_leader(v, w);
	vcpu_demote_workers(v);
	if (vcpu_has_work(v) || !v->leader) {
		t = vcpu_pick_next(v);
		if (t)
			handover_note_sleeper(w, t, lkl_vcpu_mark_promoted(t));
	} else if (deadline < v->leader_deadline) {
		/* The leader only has to wake earlier. */
		__atomic_store_n(&v->leader_deadline, deadline,
				 __ATOMIC_SEQ_CST);
		if (__atomic_load_n(&v->leader->word, __ATOMIC_SEQ_CST) ==
		    LKL_WAIT_POLLING)
			w->kick = true;
	}
}

/* Forget that a thread asked the owner to look again; return whether one did. */
static bool handover_was_contended(struct lkl_vcpu *v)
{
	/* Cleared before any decision: a full barrier. */
	return __atomic_load_n(&v->contended, __ATOMIC_RELAXED) &&
	       __atomic_exchange_n(&v->contended, 0, __ATOMIC_SEQ_CST);
}

/*
 * Rule 2: give the lock back, and look which threads came meanwhile.
 * @calls_again: the thread is likely to call again soon
 */
static inline void handover_leave(struct lkl_vcpu *v, bool calls_again)
{
	do {
		struct handover_wakes w;

		/* Each call comes here: the words need no value. */
		w.count = 0;
		w.kick = false;
		lkl_vcpu_absorb_incoming(v);
		/* The new owner does the rest when it leaves. */
		if ((handover_was_contended(v) || !calls_again) &&
		    lkl_vcpu_grant(v))
			return;
		v->polled =
			__atomic_load_n(&v->poll_requested, __ATOMIC_RELAXED) &&
			lkl_vcpu_poll_for_parked(v);
		if (v->leader || v->workers || v->followers || v->parked)
			vcpu_hand_over(v, &w);
		handover_unlock(v, &w);
	} while ((__atomic_load_n(&v->incoming, __ATOMIC_SEQ_CST) ||
		  __atomic_load_n(&v->contended, __ATOMIC_SEQ_CST)) &&
		 vcpu_trylock(v));
	if (__atomic_load_n(&v->standby, __ATOMIC_SEQ_CST))
		lkl_vcpu_wake_standby(v);
}

void lkl_vcpu_leave(struct lkl_vcpu *v)
{
	handover_leave(v, false);
}

void lkl_vcpu_leave_after_call(struct lkl_vcpu *v)
{
	handover_leave(v, true);
}

bool lkl_vcpu_become_owner(struct lkl_vcpu *v, struct lkl_thread *t)
{
	lkl_vcpu_absorb_incoming(v);
	lkl_vcpu_unlist(v, t);
	if (v->leader == t)
		vcpu_end_lead(v);
	if (v->parked == t)
		v->parked = NULL;
	t->reentering = 0;
	if (__atomic_load_n(&t->word, __ATOMIC_ACQUIRE) == LKL_WAIT_DONE) {
		lkl_vcpu_leave(v);
		return false;
	}
	__atomic_store_n(&t->word, LKL_WAIT_NONE, __ATOMIC_RELAXED);
	return true;
}
