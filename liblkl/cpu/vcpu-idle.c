// SPDX-License-Identifier: GPL-2.0
/*
 * Waiting while the kernel is idle: as a worker, as the leader, as a follower, or
 * parked.  A test compiles this file with other atomic operations, see vcpu.c.
 */
#include <stddef.h>

#include "cpu/vcpu-internal.h"

/* Sleep in the poller as the leader, unless the word is written before. */
static void vcpu_wait_in_poller(struct lkl_vcpu *v, struct lkl_thread *t,
				bool spin)
{
	uint32_t word = spin ? lkl_vcpu_spin_on_word(v, t) : LKL_WAIT_NONE;

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

/* Come back from the poller, as the leader. */
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
	return lkl_vcpu_wait_for_promotion(v, t, true);

locked:
	v->host->poller_reap(v->poller);
	return lkl_vcpu_become_owner(v, t);
}

static bool vcpu_follow(struct lkl_vcpu *v, struct lkl_thread *t)
{
	/* A disk answers late: not worth spinning. */
	bool spin = !v->reap_budget;

	lkl_vcpu_followers_add(v, t);
	lkl_vcpu_leave(v);
	return lkl_vcpu_wait_for_promotion(v, t, spin);
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
		if (lkl_vcpu_lock_or_notify(v, t))
			return lkl_vcpu_become_owner(v, t);
		deadline = lkl_vcpu_park_again(v);
	}
}

bool lkl_vcpu_wait_idle(struct lkl_vcpu *v, struct lkl_thread *t,
			int64_t deadline)
{
	struct lkl_blk_io *io = v->host->poller_prepare(v->poller);

	if (io)
		return lkl_vcpu_work(v, t, io);
	if (lkl_vcpu_should_park(v, t))
		return vcpu_wait_parked(v, t);
	return v->leader ? vcpu_follow(v, t) : vcpu_lead(v, t, deadline);
}
