// SPDX-License-Identifier: GPL-2.0
/*
 * The poller: disk requests on their way, and where the leader sleeps.
 *
 * A single request is performed "inline", by the thread that would wait for it.
 * More requests are performed one after the other when they are submitted.
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
 * @queued:	requests that are not performed yet
 * @done:	requests that are done
 * @inline_io:	request that poller_work() performs
 * @inline_state: enum inline_state
 */
struct lkl_poller {
	HANDLE event;
	HANDLE timer;
	uint32_t kicked;
	struct list queued;
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

static void poller_kick(struct lkl_poller *p)
{
	if (!__atomic_exchange_n(&p->kicked, 1, __ATOMIC_SEQ_CST))
		SetEvent(p->event);
}

static void poller_submit(struct lkl_poller *p)
{
	struct lkl_blk_io *io;

	if (list_is_empty(&p->queued))
		return;
	while ((io = request_first(&p->queued))) {
		request_remove(io);
		request_run(io);
		request_add(&p->done, io);
	}
	/* A request that is done already causes no event that ends a wait. */
	poller_kick(p);
}

/* Leave a single request to the caller, which has nothing else to do. */
static int poller_prepare(struct lkl_poller *p)
{
	struct lkl_blk_io *io = request_first(&p->queued);

	if (io && p->queued.next == p->queued.prev &&
	    p->inline_state == INLINE_NONE) {
		request_remove(io);
		p->inline_io = io;
		__atomic_store_n(&p->inline_state, INLINE_ASSIGNED,
				 __ATOMIC_RELAXED);
		return 1;
	}
	poller_submit(p);
	return 0;
}

static void poller_work(struct lkl_poller *p)
{
	request_run(p->inline_io);
	__atomic_store_n(&p->inline_state, INLINE_DONE, __ATOMIC_RELEASE);
}

/*
 * Sleep with the timer, as the time of WaitForSingleObject() has a resolution of
 * up to 16 ms.
 */
static void poller_sleep_until(struct lkl_poller *p, int64_t deadline)
{
	int64_t left = deadline - (int64_t)lkl_host_win32_time();
	HANDLE handles[] = { p->event, p->timer };
	LARGE_INTEGER due;

	if (deadline == INT64_MAX) {
		WaitForSingleObject(p->event, INFINITE);
		return;
	}
	if (left <= 0)
		return;
	/* A negative time is relative. */
	due.QuadPart = -(left / TIMER_UNIT_NS + 1);
	SetWaitableTimer(p->timer, &due, 0, NULL, NULL, FALSE);
	WaitForMultipleObjects(2, handles, FALSE, INFINITE);
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
	int n = 0;

	if (__atomic_load_n(&p->inline_state, __ATOMIC_ACQUIRE) ==
	    INLINE_DONE) {
		request_add(&p->done, p->inline_io);
		p->inline_io = NULL;
		p->inline_state = INLINE_NONE;
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

static int poller_create(struct lkl_poller **poller)
{
	struct lkl_poller *p = calloc(1, sizeof(*p));
	int ret;

	if (!p)
		return -LKL_ENOMEM;
	p->event = CreateEventW(NULL, FALSE, FALSE, NULL);
	p->timer = p->event ? poller_create_timer() : NULL;
	if (!p->timer) {
		ret = lkl_host_win32_last_error();
		if (p->event)
			CloseHandle(p->event);
		free(p);
		return ret;
	}
	list_init(&p->queued);
	list_init(&p->done);
	*poller = p;
	return 0;
}

static void poller_destroy(struct lkl_poller *p)
{
	CloseHandle(p->timer);
	CloseHandle(p->event);
	free(p);
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
