// SPDX-License-Identifier: GPL-2.0
/*
 * Waiting for the virtual CPU as a follower, who sleeps on a word.  A test compiles
 * this file with other atomic operations, see vcpu.c.
 */
#include <stddef.h>

#include "cpu/vcpu-internal.h"

/* Threads that spin on their words before they sleep, at most */
#define MAX_SPINNERS	2

/* Threads that spin would keep the owner from running. */
bool lkl_vcpu_may_spin(struct lkl_vcpu *v)
{
	return __atomic_add_fetch(&v->spinners, 1, __ATOMIC_RELAXED) <=
	       MAX_SPINNERS;
}

void lkl_vcpu_has_spun(struct lkl_vcpu *v)
{
	__atomic_sub_fetch(&v->spinners, 1, __ATOMIC_RELAXED);
}

/*
 * Spin on the word for a while, as a short wait is not worth a sleep.  Sleep at
 * once if other threads spin.
 */
uint32_t lkl_vcpu_spin_on_word(struct lkl_vcpu *v, struct lkl_thread *t)
{
	uint32_t spin = v->host->spin(), word;

	if (!lkl_vcpu_may_spin(v))
		spin = 0;
	for (;;) {
		word = __atomic_load_n(&t->word, __ATOMIC_ACQUIRE);
		if (word != LKL_WAIT_NONE || !spin--)
			break;
		vcpu_relax();
	}
	lkl_vcpu_has_spun(v);
	return word;
}

/* Sleep until another thread writes the word; return the word. */
static uint32_t vcpu_wait_for_word(struct lkl_vcpu *v, struct lkl_thread *t,
				   bool spin)
{
	uint32_t word = spin ? lkl_vcpu_spin_on_word(v, t) : LKL_WAIT_NONE;

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

/* Rule 2: take the lock, or make the owner look again. */
bool lkl_vcpu_lock_or_notify(struct lkl_vcpu *v, struct lkl_thread *t)
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
bool lkl_vcpu_wait_for_promotion(struct lkl_vcpu *v, struct lkl_thread *t,
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
		if (lkl_vcpu_lock_or_notify(v, t))
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

bool lkl_vcpu_submit_and_wait(struct lkl_vcpu *v, struct lkl_thread *t, bool spin)
{
	if (vcpu_submit(v, t))
		return false;
	if (vcpu_trylock(v))
		return lkl_vcpu_become_owner(v, t);
	return lkl_vcpu_wait_for_promotion(v, t, spin);
}
