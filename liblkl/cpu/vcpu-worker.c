// SPDX-License-Identifier: GPL-2.0
/*
 * Workers: threads that perform disk requests while the kernel is idle.
 *
 * A thread whose call waits for a disk performs the request itself, without the
 * lock, as any number of threads may do at the same time.  So the call costs one
 * system call of the host, and no thread has to wake another one.
 *
 * The call of a worker may end before the worker has performed the disk request, as
 * the disk request need not be that of the call.  So a worker is on a list, from which
 * lkl_vcpu_done() takes the worker as it takes a follower.  In any case, the worker
 * sees to it that an owner completes the disk request: rule 2 of vcpu.c.
 *
 * A test compiles this file with other atomic operations, see vcpu.c.
 */
#include <stddef.h>

#include "cpu/vcpu-internal.h"

/* The part of the usual spin after which a worker sleeps */
#define WORKER_SPIN_PART	2

/*
 * Spin for a moment, as the owner may be about to become a worker, too.  Return true
 * with the lock.
 */
static bool worker_spin(struct lkl_vcpu *v, struct lkl_thread *t)
{
	uint32_t spin = v->host->spin() / WORKER_SPIN_PART;
	bool locked = false;

	if (!lkl_vcpu_may_spin(v))
		spin = 0;
	while (spin-- && !locked &&
	       __atomic_load_n(&t->word, __ATOMIC_RELAXED) != LKL_WAIT_DONE) {
		vcpu_relax();
		locked = !__atomic_load_n(&v->lock, __ATOMIC_RELAXED) &&
			 vcpu_trylock(v);
	}
	lkl_vcpu_has_spun(v);
	return locked;
}

/*
 * Take the lock, or make the owner complete the disk request, and make @t a follower
 * unless the call has ended.
 */
static bool worker_lock_or_notify(struct lkl_vcpu *v, struct lkl_thread *t)
{
	__atomic_store_n(&t->reentering, 1, __ATOMIC_SEQ_CST);
	__atomic_store_n(&v->returned, 1, __ATOMIC_SEQ_CST);
	__atomic_store_n(&v->contended, 1, __ATOMIC_SEQ_CST);
	return vcpu_trylock(v);
}

/* Allow the poller to go, see lkl_vcpu_quiesce(). */
static void worker_leave_poller(struct lkl_vcpu *v)
{
	__atomic_fetch_sub(&v->working, 1, __ATOMIC_SEQ_CST);
	lkl_vcpu_left_poller(v);
}

/* Wait as a follower. */
static bool worker_follow(struct lkl_vcpu *v, struct lkl_thread *t)
{
	bool owner = lkl_vcpu_wait_for_promotion(v, t, false);

	__atomic_store_n(&t->reentering, 0, __ATOMIC_RELAXED);
	return owner;
}

bool lkl_vcpu_work(struct lkl_vcpu *v, struct lkl_thread *t, struct lkl_blk_io *io)
{
	bool owner;

	/* The next call will need this thread again, for its disk request. */
	t->submits = 0;
	lkl_vcpu_workers_add(v, t);
	__atomic_fetch_add(&v->working, 1, __ATOMIC_SEQ_CST);
	lkl_vcpu_leave(v);
	v->host->poller_work(v->poller, io);
	if (!vcpu_trylock(v) && !worker_spin(v, t) && !worker_lock_or_notify(v, t)) {
		worker_leave_poller(v);
		return worker_follow(v, t);
	}
	v->host->poller_reap(v->poller);
	owner = lkl_vcpu_become_owner(v, t);
	worker_leave_poller(v);
	return owner;
}
