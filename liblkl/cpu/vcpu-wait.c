// SPDX-License-Identifier: GPL-2.0
/*
 * Waiting for the virtual CPU: as the leader, as a follower, as the I/O thread,
 * or parked.  A test compiles this file with other atomic operations, see
 * vcpu.c.
 */
#include <stddef.h>

#include "cpu/vcpu-internal.h"

/* Threads that spin on their words before they sleep, at most */
#define MAX_SPINNERS	2

/*
 * Spin on the word for a while, as a short wait is not worth a sleep.  Sleep at
 * once if other threads spin: they would keep the owner from running.
 */
static uint32_t vcpu_spin_on_word(struct lkl_vcpu *v, struct lkl_thread *t)
{
	uint32_t spin = v->host->spin(), word;

	if (__atomic_add_fetch(&v->spinners, 1, __ATOMIC_RELAXED) > MAX_SPINNERS)
		spin = 0;
	for (;;) {
		word = __atomic_load_n(&t->word, __ATOMIC_ACQUIRE);
		if (word != LKL_WAIT_NONE || !spin--)
			break;
		vcpu_relax();
	}
	__atomic_sub_fetch(&v->spinners, 1, __ATOMIC_RELAXED);
	return word;
}

/* Sleep until another thread writes the word; return the word. */
static uint32_t vcpu_wait_for_word(struct lkl_vcpu *v, struct lkl_thread *t,
				   bool spin)
{
	uint32_t word = spin ? vcpu_spin_on_word(v, t) : LKL_WAIT_NONE;

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

/* Sleep in the poller as the leader, unless the word is written before. */
static void vcpu_wait_in_poller(struct lkl_vcpu *v, struct lkl_thread *t,
				bool spin)
{
	uint32_t word = spin ? vcpu_spin_on_word(v, t) : LKL_WAIT_NONE;

	if (word != LKL_WAIT_NONE ||
	    !__atomic_compare_exchange_n(&t->word, &word, LKL_WAIT_POLLING,
					 false, __ATOMIC_SEQ_CST,
					 __ATOMIC_ACQUIRE))
		return;
	/* The deadline may be earlier by now, see vcpu_hand_over(). */
	v->host->poller_wait(v->poller,
			     __atomic_load_n(&v->leader_deadline,
					     __ATOMIC_SEQ_CST));
	word = LKL_WAIT_POLLING;
	__atomic_compare_exchange_n(&t->word, &word, LKL_WAIT_NONE, false,
				    __ATOMIC_SEQ_CST, __ATOMIC_RELAXED);
}

/* Rule 2: take the lock, or make the owner look again. */
static bool vcpu_lock_or_notify(struct lkl_vcpu *v, struct lkl_thread *t)
{
	if (vcpu_trylock(v))
		return true;
	lkl_vcpu_request_poll(v, t);
	__atomic_store_n(&v->contended, 1, __ATOMIC_SEQ_CST);
	return vcpu_trylock(v);
}

/*
 * Wait as a follower until the request is finished (false) or this thread was
 * promoted (true: the lock is held).
 */
static bool vcpu_wait_for_promotion(struct lkl_vcpu *v, struct lkl_thread *t,
				    bool spin)
{
	for (;; spin = true) {
		uint32_t word = LKL_WAIT_PROMOTED;

		if (vcpu_wait_for_word(v, t, spin) == LKL_WAIT_DONE)
			return false;
		/* Promoted; forget that, unless the request is done by now. */
		if (!__atomic_compare_exchange_n(&t->word, &word,
						 LKL_WAIT_NONE, false,
						 __ATOMIC_SEQ_CST,
						 __ATOMIC_ACQUIRE))
			continue;
		if (vcpu_lock_or_notify(v, t))
			return lkl_vcpu_become_owner(v, t);
	}
}

/* Submitting a request to another owner */

static void vcpu_push_incoming(struct lkl_vcpu *v, struct lkl_thread *t)
{
	t->next = __atomic_load_n(&v->incoming, __ATOMIC_RELAXED);
	while (!__atomic_compare_exchange_n(&v->incoming, &t->next, t, true,
					    __ATOMIC_SEQ_CST,
					    __ATOMIC_RELAXED))
		;
}

static void vcpu_push_inbox(struct lkl_vcpu *v, struct lkl_host_thread *k)
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
 * Leave the request in the kernel's inbox.  The kernel may be gone by now, or
 * another one may run: @submitters keeps lkl_vcpu_quiesce() from ending.
 */
static int vcpu_submit(struct lkl_vcpu *v, struct lkl_thread *t)
{
	int err;

	__atomic_fetch_add(&v->submitters, 1, __ATOMIC_SEQ_CST);
	err = vcpu_error_for(v, t);
	if (!err) {
		/* In this order, see rule 3. */
		vcpu_push_incoming(v, t);
		if (t->k.request != LKL_REQ_NONE)
			vcpu_push_inbox(v, &t->k);
	}
	/*
	 * The owner may have taken this thread off the stack before the request
	 * was in the inbox: the owner must look again.
	 */
	__atomic_store_n(&v->contended, 1, __ATOMIC_SEQ_CST);
	__atomic_fetch_sub(&v->submitters, 1, __ATOMIC_SEQ_CST);
	return err;
}

bool lkl_vcpu_submit_and_wait(struct lkl_vcpu *v, struct lkl_thread *t)
{
	if (vcpu_submit(v, t))
		return false;
	if (vcpu_trylock(v))
		return lkl_vcpu_become_owner(v, t);
	return vcpu_wait_for_promotion(v, t, true);
}

/* Waiting while the kernel is idle */

/* Come back from the poller, as the leader or the I/O thread. */
static bool vcpu_reenter(struct lkl_vcpu *v, struct lkl_thread *t)
{
	if (vcpu_trylock(v))
		goto locked;
	/* The owner makes this thread a follower when it leaves. */
	__atomic_store_n(&t->reentering, 1, __ATOMIC_SEQ_CST);
	__atomic_store_n(&v->contended, 1, __ATOMIC_SEQ_CST);
	if (vcpu_trylock(v))
		goto locked;
	while (__atomic_load_n(&t->reentering, __ATOMIC_ACQUIRE))
		v->host->word_wait(&t->reentering, 1);
	return vcpu_wait_for_promotion(v, t, true);

locked:
	v->host->poller_reap(v->poller);
	return lkl_vcpu_become_owner(v, t);
}

/* Perform the one disk request that there is, without the lock. */
static bool vcpu_do_io(struct lkl_vcpu *v, struct lkl_thread *t)
{
	v->io_thread = t;
	lkl_vcpu_leave(v);
	v->host->poller_work(v->poller);
	return vcpu_reenter(v, t);
}

static bool vcpu_follow(struct lkl_vcpu *v, struct lkl_thread *t)
{
	/* A disk answers late: not worth spinning. */
	bool spin = !v->reap_budget;

	lkl_vcpu_followers_add(v, t);
	lkl_vcpu_leave(v);
	return vcpu_wait_for_promotion(v, t, spin);
}

static bool vcpu_lead(struct lkl_vcpu *v, struct lkl_thread *t, int64_t deadline)
{
	bool spin;

	v->leader = t;
	v->caller_led |= !t->background;
	if (v->cpu->deadline < deadline)
		deadline = v->cpu->deadline;
	/*
	 * A busy kernel wants its tick, an idle one does not.  Where one
	 * becomes the other all the time, keep the earlier deadline until it
	 * has passed, rather than be kicked each time.
	 */
	if (v->leader_deadline > deadline ||
	    v->leader_deadline <= (int64_t)v->time())
		v->leader_deadline = deadline;
	/* Another thread may be about to call. */
	spin = !v->reap_budget && t->k.request != LKL_REQ_NONE;
	lkl_vcpu_leave(v);
	vcpu_wait_in_poller(v, t, spin);
	return vcpu_reenter(v, t);
}

/* Park the background thread, see vcpu-park.c. */
static bool vcpu_wait_parked(struct lkl_vcpu *v, struct lkl_thread *t)
{
	int64_t deadline = lkl_vcpu_park(v, t);
	uint32_t word;

	lkl_vcpu_leave(v);
	for (;;) {
		word = lkl_vcpu_park_sleep(v, t, deadline);
		if (word == LKL_WAIT_DONE)
			return false;
		if (word == LKL_WAIT_PROMOTED)
			__atomic_compare_exchange_n(&t->word, &word,
						    LKL_WAIT_NONE, false,
						    __ATOMIC_SEQ_CST,
						    __ATOMIC_ACQUIRE);
		/* An owner who is notified decides anew when it leaves. */
		if (vcpu_lock_or_notify(v, t))
			return lkl_vcpu_become_owner(v, t);
		deadline = lkl_vcpu_park_again(v);
	}
}

bool lkl_vcpu_wait_idle(struct lkl_vcpu *v, struct lkl_thread *t,
			int64_t deadline)
{
	if (v->io_thread)
		v->host->poller_submit(v->poller);
	else if (v->host->poller_prepare(v->poller))
		return vcpu_do_io(v, t);
	if (lkl_vcpu_should_park(v, t))
		return vcpu_wait_parked(v, t);
	return v->leader ? vcpu_follow(v, t) : vcpu_lead(v, t, deadline);
}
