// SPDX-License-Identifier: GPL-2.0
/*
 * Threads that call at the same time.
 *
 * A call of a thread that finds the CPU taken could always be left in the kernel's
 * inbox, for the owner to serve.  But then the kernel switches between the tasks of
 * both threads at each call, and results travel between the caches of processors:
 * two threads that call all the time would together make a fraction of the calls of
 * one thread.  So the owner keeps the CPU for many calls, and one thread, the
 * contender, spins until it gets the CPU:
 *
 * 1. The contender claims the CPU.  An owner that is about to sleep, or has no
 *    requests, hands the locked CPU over to the contender.  An owner that may call
 *    again soon does not.  The contender also looks whether the CPU is free, less
 *    and less often, as each look slows the owner down.
 * 2. After some time, the contender makes the owner hand over the CPU in any case,
 *    as soon as the owner's call ends.
 * 3. If that call takes long, the contender gives up, and leaves the request in the
 *    inbox after all.
 *
 * Further threads stand by: they sleep until there is place for a contender, but not
 * long, and then try to get the place.  As long as one of them tries, a new thread
 * competes with them in the same way, instead of taking a free place at once.  A
 * thread that does not get the place soon uses the inbox, so no thread waits long.
 *
 * A test compiles this file with other atomic operations, see vcpu.c.
 */
#include <stddef.h>

#include "cpu/vcpu-internal.h"

/* The longest pause between two looks, as a share of the time to wait */
#define LOOKS_AT_END	8
/* How long a thread stands by at most */
#define STANDBY_NS	1000000

/* The claim */

static bool contend_is_granted(struct lkl_thread *t)
{
	return __atomic_load_n(&t->word, __ATOMIC_ACQUIRE) == LKL_WAIT_GRANTED;
}

/* Wait @spin checks at most; return true if the CPU is granted. */
static bool contend_wait(struct lkl_thread *t, uint32_t spin)
{
	bool granted;

	while (!(granted = contend_is_granted(t)) && spin--)
		vcpu_relax();
	return granted;
}

/* Take the claim back; return false if an owner has granted the CPU. */
static bool contend_withdraw(struct lkl_vcpu *v, struct lkl_thread *t)
{
	return __atomic_compare_exchange_n(&v->claimant, &t, NULL, false,
					   __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

/* Return true if the CPU is granted, or was free. */
static bool contend_look(struct lkl_vcpu *v, struct lkl_thread *t)
{
	return contend_is_granted(t) ||
	       (!__atomic_load_n(&v->lock, __ATOMIC_RELAXED) && vcpu_trylock(v));
}

static bool contend_look_often(struct lkl_vcpu *v, struct lkl_thread *t,
			       uint32_t spin)
{
	uint32_t pause = 1, most = spin / LOOKS_AT_END + 1;

	while (spin > pause) {
		if (contend_wait(t, pause) || contend_look(v, t))
			return true;
		spin -= pause;
		pause = pause * 2 < most ? pause * 2 : most;
	}
	return false;
}

/* Make the owner hand over the CPU after the current call. */
static bool contend_insist(struct lkl_vcpu *v, struct lkl_thread *t,
			   uint32_t spin)
{
	/* Rule 2: the owner may have looked before. */
	__atomic_store_n(&v->contended, 1, __ATOMIC_SEQ_CST);
	return vcpu_trylock(v) || contend_wait(t, spin);
}

/* Return true with the lock. */
static bool contend_claim(struct lkl_vcpu *v, struct lkl_thread *t, uint32_t spin)
{
	bool locked;

	__atomic_store_n(&v->claimant, t, __ATOMIC_SEQ_CST);
	locked = contend_look_often(v, t, spin) || contend_insist(v, t, spin);
	if (contend_withdraw(v, t))
		return locked;
	while (!contend_is_granted(t))
		vcpu_relax();
	__atomic_store_n(&t->word, LKL_WAIT_NONE, __ATOMIC_RELAXED);
	return true;
}

bool lkl_vcpu_grant(struct lkl_vcpu *v)
{
	struct lkl_thread *t;

	if (!__atomic_load_n(&v->claimant, __ATOMIC_RELAXED))
		return false;
	t = __atomic_exchange_n(&v->claimant, NULL, __ATOMIC_SEQ_CST);
	if (t)
		__atomic_store_n(&t->word, LKL_WAIT_GRANTED, __ATOMIC_RELEASE);
	return t;
}

/* The place of the contender */

static bool contend_take_place(struct lkl_vcpu *v)
{
	return !__atomic_exchange_n(&v->has_contender, 1, __ATOMIC_SEQ_CST);
}

static void contend_leave_place(struct lkl_vcpu *v)
{
	__atomic_store_n(&v->has_contender, 0, __ATOMIC_SEQ_CST);
}

/* Take the place that lkl_vcpu_wake_standby() has taken for this thread. */
static bool contend_is_called(struct lkl_vcpu *v)
{
	return __atomic_load_n(&v->standby_called, __ATOMIC_SEQ_CST) &&
	       __atomic_exchange_n(&v->standby_called, 0, __ATOMIC_SEQ_CST);
}

void lkl_vcpu_wake_standby(struct lkl_vcpu *v)
{
	if (__atomic_load_n(&v->has_contender, __ATOMIC_SEQ_CST) ||
	    !contend_take_place(v))
		return;
	__atomic_store_n(&v->standby_called, 1, __ATOMIC_SEQ_CST);
	__atomic_fetch_add(&v->standby_word, 1, __ATOMIC_SEQ_CST);
	v->host->word_wake(&v->standby_word);
	/* All of them may have gone meanwhile. */
	if (!__atomic_load_n(&v->standby, __ATOMIC_SEQ_CST) &&
	    contend_is_called(v))
		contend_leave_place(v);
}

/*
 * Sleep until there is place for a contender, but not for long.  Return true with
 * the place.
 */
static bool contend_stand_by(struct lkl_vcpu *v, uint32_t spin)
{
	int64_t deadline = v->time() + STANDBY_NS;
	uint32_t word;

	__atomic_fetch_add(&v->standby, 1, __ATOMIC_SEQ_CST);
	word = __atomic_load_n(&v->standby_word, __ATOMIC_SEQ_CST);
	if (__atomic_load_n(&v->has_contender, __ATOMIC_SEQ_CST) &&
	    !__atomic_load_n(&v->standby_called, __ATOMIC_SEQ_CST))
		v->host->word_wait_until(&v->standby_word, word, deadline);
	/* From now on, the place is not for threads that have not waited. */
	__atomic_fetch_add(&v->overdue, 1, __ATOMIC_SEQ_CST);
	__atomic_fetch_sub(&v->standby, 1, __ATOMIC_SEQ_CST);
	for (; spin && !contend_is_called(v) && !contend_take_place(v); spin--)
		vcpu_relax();
	__atomic_fetch_sub(&v->overdue, 1, __ATOMIC_SEQ_CST);
	return spin;
}

static bool contend_get_place(struct lkl_vcpu *v, uint32_t spin)
{
	if (!__atomic_load_n(&v->overdue, __ATOMIC_SEQ_CST) &&
	    contend_take_place(v))
		return true;
	return contend_stand_by(v, spin * 2);
}

bool lkl_vcpu_contend(struct lkl_vcpu *v, struct lkl_thread *t)
{
	uint32_t spin = v->host->spin();
	bool locked;

	if (!spin || !contend_get_place(v, spin))
		return false;
	locked = contend_claim(v, t, spin);
	contend_leave_place(v);
	return locked;
}
