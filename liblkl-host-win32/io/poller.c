// SPDX-License-Identifier: GPL-2.0
/*
 * The poller: disk requests on their way, and where the leader sleeps.
 *
 * A single request is performed "inline", by the thread that would wait for it:
 * this is cheaper than an overlapped request.  Of several requests, all that can
 * overlap are in flight together; others are performed when they are submitted.
 *
 * Callers hold the CPU lock, except for poller_wait(), poller_work() and
 * poller_kick().  poller_wait() only sleeps; poller_work() touches only the
 * request that poller_prepare() has set aside for it.
 */
#include <windows.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/wait-word.h"
#include "io/overlapped.h"
#include "io/poller.h"
#include "shared/list.h"

#ifndef CREATE_WAITABLE_TIMER_HIGH_RESOLUTION
#define CREATE_WAITABLE_TIMER_HIGH_RESOLUTION	0x00000002
#endif

/* The unit of timers, in nanoseconds */
#define TIMER_UNIT_NS	100

/* States of the request that a thread performs inline */
enum inline_state { INLINE_NONE, INLINE_ASSIGNED, INLINE_DONE };

/**
 * struct lkl_poller - one for each instance
 * @event:	event that wakes the leader
 * @timer:	timer for the deadline of the leader
 * @kicked:	@event was set and is not consumed yet
 * @queued:	requests that are not performed or started yet
 * @overlap:	requests in flight
 * @done:	requests that are done
 * @inline_io:	request that poller_work() performs
 * @inline_state: enum inline_state
 */
struct lkl_poller {
	HANDLE event;
	HANDLE timer;
	uint32_t kicked;
	struct list queued;
	struct lkl_overlap *overlap;
	struct list done;
	struct lkl_blk_io *inline_io;
	uint32_t inline_state;
};

void lkl_host_win32_poller_queue(struct lkl_poller *p, struct lkl_blk_io *io,
				 const struct lkl_request_target *target)
{
	request_of(io)->target = target;
	request_add(&p->queued, io);
}

void lkl_host_win32_poller_drain(struct lkl_poller *p,
				 const struct lkl_request_target *target)
{
	lkl_host_win32_overlap_drain(p->overlap, target);
}

static void poller_kick(struct lkl_poller *p)
{
	if (!__atomic_exchange_n(&p->kicked, 1, __ATOMIC_SEQ_CST))
		SetEvent(p->event);
}

static void poller_start_queued(struct lkl_poller *p)
{
	struct lkl_blk_io *io;

	while ((io = request_first(&p->queued))) {
		request_remove(io);
		if (!request_can_overlap(io)) {
			request_run(io);
			request_add(&p->done, io);
		} else if (!lkl_host_win32_overlap_start(p->overlap, io)) {
			request_add_first(&p->queued, io);
			break;
		}
	}
	/*
	 * A request that is done already causes no event that ends a wait, and
	 * the start of a request has reset the event of others.
	 */
	if (!list_is_empty(&p->done) ||
	    lkl_host_win32_overlap_any_completed(p->overlap))
		poller_kick(p);
}

static void poller_submit(struct lkl_poller *p)
{
	if (!list_is_empty(&p->queued))
		poller_start_queued(p);
}

/*
 * Leave a single request to the caller, which has nothing else to do.  If others
 * are in flight, this is for requests that cannot overlap only.
 */
static struct lkl_blk_io *poller_prepare(struct lkl_poller *p)
{
	struct lkl_blk_io *io = request_first(&p->queued);

	if (io && p->queued.next == p->queued.prev &&
	    p->inline_state == INLINE_NONE &&
	    (!lkl_host_win32_overlap_flying(p->overlap) ||
	     !request_can_overlap(io))) {
		request_remove(io);
		p->inline_io = io;
		__atomic_store_n(&p->inline_state, INLINE_ASSIGNED,
				 __ATOMIC_RELAXED);
		return io;
	}
	poller_submit(p);
	return NULL;
}

static void poller_work(struct lkl_poller *p, struct lkl_blk_io *io)
{
	request_run(io);
	__atomic_store_n(&p->inline_state, INLINE_DONE, __ATOMIC_RELEASE);
}

/*
 * Sleep with the timer, as the time of WaitForSingleObject() has a resolution of
 * up to 16 ms.
 */
static void poller_sleep_until(struct lkl_poller *p, int64_t deadline)
{
	int64_t left = deadline - (int64_t)lkl_host_win32_time();
	HANDLE handles[] = {
		p->event, lkl_host_win32_overlap_event(p->overlap), p->timer
	};
	LARGE_INTEGER due;

	if (deadline == INT64_MAX) {
		WaitForMultipleObjects(2, handles, FALSE, INFINITE);
		return;
	}
	if (left <= 0)
		return;
	/* A negative time is relative. */
	due.QuadPart = -(left / TIMER_UNIT_NS + 1);
	SetWaitableTimer(p->timer, &due, 0, NULL, NULL, FALSE);
	WaitForMultipleObjects(3, handles, FALSE, INFINITE);
}

static void poller_wait(struct lkl_poller *p, int64_t deadline)
{
	if (!__atomic_load_n(&p->kicked, __ATOMIC_ACQUIRE))
		poller_sleep_until(p, deadline);
	/*
	 * If the event of a kick is still set or about to be set, one later wait
	 * returns early.
	 */
	if (__atomic_load_n(&p->kicked, __ATOMIC_ACQUIRE))
		__atomic_store_n(&p->kicked, 0, __ATOMIC_SEQ_CST);
}

static int poller_reap(struct lkl_poller *p)
{
	struct lkl_blk_io *io;
	int n = 0, result;

	if (__atomic_load_n(&p->inline_state, __ATOMIC_ACQUIRE) ==
	    INLINE_DONE) {
		request_add(&p->done, p->inline_io);
		p->inline_io = NULL;
		p->inline_state = INLINE_NONE;
	}
	while ((io = lkl_host_win32_overlap_completed(p->overlap, &result))) {
		request_of(io)->result = result;
		request_add(&p->done, io);
	}
	while ((io = request_first(&p->done))) {
		request_remove(io);
		io->done(io, request_of(io)->result);
		n++;
	}
	return n;
}

static HANDLE poller_create_timer(void)
{
	HANDLE timer = CreateWaitableTimerExW(NULL, NULL,
			CREATE_WAITABLE_TIMER_HIGH_RESOLUTION,
			TIMER_ALL_ACCESS);

	/* The resolution of other timers is that of the system's clock. */
	return timer ? timer : CreateWaitableTimerW(NULL, FALSE, NULL);
}

static void poller_destroy(struct lkl_poller *p)
{
	if (p->overlap)
		lkl_host_win32_overlap_destroy(p->overlap);
	if (p->timer)
		CloseHandle(p->timer);
	if (p->event)
		CloseHandle(p->event);
	free(p);
}

static int poller_create(struct lkl_poller **poller)
{
	struct lkl_poller *p = calloc(1, sizeof(*p));

	if (!p)
		return -LKL_ENOMEM;
	list_init(&p->queued);
	list_init(&p->done);
	p->event = CreateEventW(NULL, FALSE, FALSE, NULL);
	p->timer = poller_create_timer();
	p->overlap = lkl_host_win32_overlap_create();
	if (!p->event || !p->timer || !p->overlap) {
		poller_destroy(p);
		return -LKL_ENOMEM;
	}
	*poller = p;
	return 0;
}

const struct lkl_host_wait_ops lkl_host_win32_wait_ops = {
	.size = sizeof(lkl_host_win32_wait_ops),
	.word_wait = lkl_host_win32_word_wait,
	.word_wake = lkl_host_win32_word_wake,
	.word_wait_until = lkl_host_win32_word_wait_until,
	.spin = lkl_host_win32_spin,
	.poller_create = poller_create,
	.poller_prepare = poller_prepare,
	.poller_work = poller_work,
	.poller_wait = poller_wait,
	.poller_kick = poller_kick,
	.poller_submit = poller_submit,
	.poller_reap = poller_reap,
	.poller_destroy = poller_destroy,
};
