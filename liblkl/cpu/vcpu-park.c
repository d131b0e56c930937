// SPDX-License-Identifier: GPL-2.0
/*
 * Packets while the background thread must not lead.
 *
 * The background thread leads when no other thread does.  But a packet that
 * wakes the background thread belongs to another thread, which then has to be
 * woken as well.  When the background thread notices that, it parks: it leaves
 * the poller to threads that wait for packets, and checks from time to time
 * whether one of them still does.  When it cannot take the lock for that, as a
 * thread calls again and again without ever waiting, it asks this thread to
 * poll on its behalf.
 *
 * A test compiles this file with other atomic operations, see vcpu.c.
 */
#include "cpu/vcpu-internal.h"

/*
 * How long the background thread parks without a check, and so how long a
 * packet may wait while no thread calls: a tick of the kernel.
 */
#define PARK_NS		1000000
/* Batches of packets that an owner takes in on behalf of the parked thread */
#define MAX_POLLS	8

bool lkl_vcpu_should_park(const struct lkl_vcpu *v, const struct lkl_thread *t)
{
	return t->background && (v->caller_led || v->leader);
}

/*
 * While a thread with a request leads, and goes on to lead, the background
 * thread can sleep without a limit: the thread that leaves last wakes it.
 */
int64_t lkl_vcpu_park(struct lkl_vcpu *v, struct lkl_thread *t)
{
	v->parked = t;
	v->park_is_short = v->caller_led || !v->leader;
	v->caller_led = false;
	return v->park_is_short ? lkl_vcpu_park_again(v) : INT64_MAX;
}

int64_t lkl_vcpu_park_again(struct lkl_vcpu *v)
{
	return v->time() + PARK_NS;
}

uint32_t lkl_vcpu_park_sleep(struct lkl_vcpu *v, struct lkl_thread *t,
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
	/* The time is up, unless a thread wrote the word. */
	__atomic_compare_exchange_n(&t->word, &word, LKL_WAIT_NONE, false,
				    __ATOMIC_SEQ_CST, __ATOMIC_ACQUIRE);
	return word;
}

void lkl_vcpu_request_poll(struct lkl_vcpu *v, const struct lkl_thread *t)
{
	if (t->background)
		__atomic_store_n(&v->poll_requested, 1, __ATOMIC_RELAXED);
}

/* Without a leader, no other thread is in the poller. */
bool lkl_vcpu_poll_for_parked(struct lkl_vcpu *v)
{
	bool had_work;
	int i;

	__atomic_store_n(&v->poll_requested, 0, __ATOMIC_RELAXED);
	if (v->leader || v->state != LKL_VCPU_RUNNING)
		return false;
	had_work = vcpu_has_work(v);
	for (i = 0; i < MAX_POLLS; i++) {
		v->host->poller_wait(v->poller, 0);
		if (!v->host->poller_reap(v->poller))
			break;
	}
	return !had_work;
}
