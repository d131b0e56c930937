/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Private parts of the virtual CPU, whose files are, from the bottom to the
 * top: vcpu-park.c, vcpu-contend.c, vcpu-lists.c, vcpu-handover.c, vcpu-wait.c,
 * vcpu-worker.c, vcpu-idle.c, vcpu.c.
 */
#ifndef LKL_CPU_VCPU_INTERNAL_H
#define LKL_CPU_VCPU_INTERNAL_H

#include "cpu/vcpu.h"

static inline void vcpu_relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#else
	__asm__ volatile("" : : : "memory");
#endif
}

static inline bool vcpu_trylock(struct lkl_vcpu *v)
{
	return !__atomic_exchange_n(&v->lock, 1, __ATOMIC_SEQ_CST);
}

/* Give the lock back and do nothing else; see lkl_vcpu_leave(). */
static inline void vcpu_unlock(struct lkl_vcpu *v)
{
	__atomic_exchange_n(&v->lock, 0, __ATOMIC_SEQ_CST);
}

static inline void vcpu_lock(struct lkl_vcpu *v)
{
	while (!vcpu_trylock(v))
		vcpu_relax();
}

/* Return 0 while the kernel runs, else the error for calls. */
static inline int vcpu_error(struct lkl_vcpu *v)
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

/* The same for a thread that may have begun its call on the previous kernel. */
static inline int vcpu_error_for(struct lkl_vcpu *v, struct lkl_thread *t)
{
	int err = vcpu_error(v);

	if (!err && __atomic_load_n(&v->generation, __ATOMIC_ACQUIRE) !=
	    t->generation)
		err = -LKL_ENODEV;
	return err;
}

static inline bool vcpu_is_finished(const struct lkl_thread *t)
{
	return __atomic_load_n(&t->k.request, __ATOMIC_ACQUIRE) == LKL_REQ_NONE;
}

static inline bool vcpu_has_work(struct lkl_vcpu *v)
{
	return v->cpu->runnable ||
	       __atomic_load_n(&v->cpu->irq_pending, __ATOMIC_RELAXED) ||
	       __atomic_load_n(&v->cpu->inbox, __ATOMIC_RELAXED);
}

/* vcpu-park.c; lkl_vcpu_park_sleep() and lkl_vcpu_request_poll() without the lock */

/* Return whether @t should leave the poller to threads with requests. */
bool lkl_vcpu_should_park(const struct lkl_vcpu *v, const struct lkl_thread *t);
/* Make @t the parked thread; return until when it sleeps. */
int64_t lkl_vcpu_park(struct lkl_vcpu *v, struct lkl_thread *t);
/* Return until when a parked thread sleeps that could not take the lock. */
int64_t lkl_vcpu_park_again(struct lkl_vcpu *v);
/* Sleep until @deadline or until the word of @t changes; return the word. */
uint32_t lkl_vcpu_park_sleep(struct lkl_vcpu *v, struct lkl_thread *t,
			     int64_t deadline);
/* Ask the owner to poll for packets, before @v->contended is set. */
void lkl_vcpu_request_poll(struct lkl_vcpu *v, const struct lkl_thread *t);
/*
 * Poll for packets on behalf of the parked thread, which asked for that.
 * Return whether there was no other work before.
 */
bool lkl_vcpu_poll_for_parked(struct lkl_vcpu *v);

/* vcpu-contend.c */

/* Spin for a CPU that other threads use; return true with the lock. */
bool lkl_vcpu_contend(struct lkl_vcpu *v, struct lkl_thread *t);
/* Wake a thread that waits for the place of the contender, if the place is free. */
void lkl_vcpu_wake_standby(struct lkl_vcpu *v);
/* Hand the locked CPU over to a thread that claims it; return whether there is one. */
bool lkl_vcpu_grant(struct lkl_vcpu *v);

/* vcpu-lists.c, with the lock held */

void lkl_vcpu_followers_add(struct lkl_vcpu *v, struct lkl_thread *t);
/* Return the follower that came last; there is at least one. */
struct lkl_thread *lkl_vcpu_followers_last(struct lkl_vcpu *v);
void lkl_vcpu_workers_add(struct lkl_vcpu *v, struct lkl_thread *t);
/* Take @t off the followers or the workers, if it is one of them. */
void lkl_vcpu_unlist(struct lkl_vcpu *v, struct lkl_thread *t);
/* Move the incoming threads to the followers. */
void lkl_vcpu_absorb_incoming(struct lkl_vcpu *v);

/*
 * vcpu-handover.c; all but lkl_vcpu_mark_promoted() and lkl_vcpu_left_poller() with
 * the lock held
 */

/* Finish all requests with an error: the kernel is gone. */
void lkl_vcpu_release_all(struct lkl_vcpu *v);
/* Wake lkl_vcpu_quiesce(), which waits until no thread is in the poller. */
void lkl_vcpu_left_poller(struct lkl_vcpu *v);
/* Give the lock back, and see to it that a thread goes on if necessary. */
void lkl_vcpu_leave(struct lkl_vcpu *v);
/* The same, for a thread that is likely to call again soon. */
void lkl_vcpu_leave_after_call(struct lkl_vcpu *v);
/*
 * Make @t, which has just taken the lock, the owner.  Return false, without the
 * lock, if its request is finished.
 */
bool lkl_vcpu_become_owner(struct lkl_vcpu *v, struct lkl_thread *t);
/*
 * Set the word of @t to PROMOTED, unless it is PROMOTED or DONE.  Return the old
 * value.
 */
uint32_t lkl_vcpu_mark_promoted(struct lkl_thread *t);

/* vcpu-wait.c */

/*
 * Begin to spin.  Return false if that would harm, as other threads spin; call
 * lkl_vcpu_has_spun() in any case.
 */
bool lkl_vcpu_may_spin(struct lkl_vcpu *v);
void lkl_vcpu_has_spun(struct lkl_vcpu *v);
/* Return the word of @t once another thread has written it, or after a while. */
uint32_t lkl_vcpu_spin_on_word(struct lkl_vcpu *v, struct lkl_thread *t);
/* Take the lock, or make the owner look again and return false. */
bool lkl_vcpu_lock_or_notify(struct lkl_vcpu *v, struct lkl_thread *t);

/*
 * The following functions return true when the lock is held, false when another
 * thread finished the request, or the kernel is gone.
 */

/* Wait as a follower, without the lock. */
bool lkl_vcpu_wait_for_promotion(struct lkl_vcpu *v, struct lkl_thread *t,
				 bool spin);
/* Submit the request of @t to an owner who is not @t, and wait for it. */
bool lkl_vcpu_submit_and_wait(struct lkl_vcpu *v, struct lkl_thread *t, bool spin);
/* vcpu-worker.c: perform the disk request @io.  The lock is held. */
bool lkl_vcpu_work(struct lkl_vcpu *v, struct lkl_thread *t, struct lkl_blk_io *io);
/* vcpu-idle.c: wait until something is runnable again.  The lock is held. */
bool lkl_vcpu_wait_idle(struct lkl_vcpu *v, struct lkl_thread *t,
			int64_t deadline);

#endif /* LKL_CPU_VCPU_INTERNAL_H */
