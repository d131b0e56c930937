// SPDX-License-Identifier: GPL-2.0
/*
 * Interrupts of blocked calls by other threads, and the limit of threads, on all
 * hosts.
 */
#include <check.h>
#include <pthread.h>
#include <sched.h>

#include <lkl_host.h>

#include "support/check-main.h"
#include "blocked-call.h"

START_TEST(a_blocked_call_is_interrupted)
{
	long (*const calls[])(void) = { blocked_read_pipe, blocked_sleep_long,
					blocked_poll_pipe };
	struct blocked b;
	int i;

	blocked_boot();
	for (i = 0; i < 300; i++) {
		blocked_start(&b, calls[i % 3]);
		/* An interrupt before the call begins has no effect. */
		while (blocked_interrupt(&b))
			sched_yield();
		pthread_join(b.id, NULL);
		ck_assert_int_eq(b.ret, -LKL_EINTR);
	}
	blocked_halt();
}
END_TEST

START_TEST(an_interrupt_between_calls_is_forgotten)
{
	struct blocked b;

	blocked_boot();
	lkl_thread_interrupt(lkl_thread_self());
	ck_assert_int_eq(lkl_sys_getpid(), 1);
	lkl_thread_interrupt(lkl_thread_self());
	/* The other reads what this one writes, or the other way round. */
	blocked_start(&b, blocked_read_pipe);
	ck_assert_int_eq(lkl_sys_write(blocked_fds[1], "x", 1), 1);
	pthread_join(b.id, NULL);
	ck_assert_int_eq(b.ret, 1);
	lkl_thread_interrupt(NULL);
	blocked_halt();
	ck_assert_ptr_null(lkl_thread_self());
}
END_TEST

START_TEST(also_where_nobody_enters_the_kernel_in_between)
{
	struct __lkl__kernel_timespec ts = { 0, 1000000 };

	lkl_host_ops.flags |= LKL_HOST_NO_DRIVER;
	blocked_boot();
	ck_assert_int_eq(lkl_sys_getpid(), 1);
	lkl_thread_interrupt(lkl_thread_self());
	ck_assert_int_eq(lkl_sys_nanosleep(&ts, NULL), 0);
	blocked_halt();
}
END_TEST

#define REFUSED_THREADS	3

static void *call_once(void *arg)
{
	*(long *)arg = lkl_sys_getpid();
	return NULL;
}

static void threads_start_callers(long *ret)
{
	pthread_t id[REFUSED_THREADS];
	int i;

	for (i = 0; i < REFUSED_THREADS; i++)
		ck_assert_int_eq(pthread_create(&id[i], NULL, call_once, &ret[i]), 0);
	for (i = 0; i < REFUSED_THREADS; i++)
		pthread_join(id[i], NULL);
}

/* The kernel has more threads of its own than the smallest limit. */
START_TEST(a_thread_beyond_the_limit_gets_an_error)
{
	long ret[REFUSED_THREADS];
	struct blocked b;
	int i;

	blocked_boot();
	blocked_start(&b, blocked_read_pipe);
	ck_assert_int_eq(lkl_sysctl("kernel.threads-max", "20"), 0);
	threads_start_callers(ret);
	for (i = 0; i < REFUSED_THREADS; i++)
		ck_assert_int_eq(ret[i], -LKL_EAGAIN);
	ck_assert_int_eq(lkl_sysctl("kernel.threads-max", "1000"), 0);
	threads_start_callers(ret);
	for (i = 0; i < REFUSED_THREADS; i++)
		ck_assert_int_eq(ret[i], 1);
	ck_assert_int_eq(lkl_sys_write(blocked_fds[1], "x", 1), 1);
	pthread_join(b.id, NULL);
	ck_assert_int_eq(b.ret, 1);
	blocked_halt();
}
END_TEST

static void set_up(void)
{
	lkl_host_ops.flags &= ~LKL_HOST_NO_DRIVER;
}

int main(void)
{
	TCase *tc = tcase_create("interrupts");

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, set_up, NULL);
	tcase_add_test(tc, a_blocked_call_is_interrupted);
	tcase_add_test(tc, an_interrupt_between_calls_is_forgotten);
	tcase_add_test(tc, also_where_nobody_enters_the_kernel_in_between);
	tcase_add_test(tc, a_thread_beyond_the_limit_gets_an_error);
	return run_case(tc, CK_FORK);
}
