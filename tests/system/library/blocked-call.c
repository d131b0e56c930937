// SPDX-License-Identifier: GPL-2.0
/*
 * Threads in calls that do not end.
 */
#include <check.h>
#include <sched.h>

#include "blocked-call.h"

int blocked_fds[2];

void blocked_boot(void)
{
	lkl_host_ops.print = NULL;
	ck_assert_int_eq(lkl_init(&lkl_host_ops), 0);
	ck_assert_int_eq(lkl_start_kernel("quiet"), 0);
	ck_assert_int_eq(lkl_sys_pipe(blocked_fds), 0);
}

void blocked_halt(void)
{
	ck_assert_int_eq(lkl_sys_halt(), 0);
	lkl_cleanup();
}

long blocked_read_pipe(void)
{
	char c;

	return lkl_sys_read(blocked_fds[0], &c, 1);
}

long blocked_sleep_long(void)
{
	struct __lkl__kernel_timespec ts = { .tv_sec = 1000 };

	return lkl_sys_nanosleep(&ts, NULL);
}

long blocked_poll_pipe(void)
{
	struct lkl_pollfd p = { .fd = blocked_fds[0], .events = LKL_POLLIN };

	return lkl_sys_poll(&p, 1, -1);
}

static void *blocked_main(void *arg)
{
	struct blocked *b = arg;

	__atomic_store_n(&b->self, lkl_thread_self(), __ATOMIC_SEQ_CST);
	b->ret = b->call();
	pthread_mutex_lock(&b->lock);
	b->finished = true;
	pthread_mutex_unlock(&b->lock);
	return NULL;
}

void blocked_start(struct blocked *b, long (*call)(void))
{
	*b = (struct blocked) {
		.call = call,
		.lock = PTHREAD_MUTEX_INITIALIZER,
	};
	ck_assert_int_eq(pthread_create(&b->id, NULL, blocked_main, b), 0);
	while (!__atomic_load_n(&b->self, __ATOMIC_SEQ_CST))
		sched_yield();
}

bool blocked_is_finished(struct blocked *b)
{
	bool finished;

	pthread_mutex_lock(&b->lock);
	finished = b->finished;
	pthread_mutex_unlock(&b->lock);
	return finished;
}

bool blocked_interrupt(struct blocked *b)
{
	bool finished;

	/* With the lock, as the thread must not end meanwhile. */
	pthread_mutex_lock(&b->lock);
	finished = b->finished;
	if (!finished)
		lkl_thread_interrupt(b->self);
	pthread_mutex_unlock(&b->lock);
	return !finished;
}
