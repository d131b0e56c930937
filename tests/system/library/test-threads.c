// SPDX-License-Identifier: GPL-2.0
/*
 * Threads and signals of a program that uses the kernel: how they may disturb
 * each other.
 */
#define _GNU_SOURCE
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/time.h>
#include <unistd.h>

#include <lkl_host.h>

#include "support/check-main.h"
#include "blocked-call.h"

static struct blocked *signalled;

static void interrupt_self(int sig)
{
	(void)sig;
	lkl_thread_interrupt(signalled->self);
}

START_TEST(a_signal_handler_interrupts_the_call_it_came_into)
{
	struct sigaction sa = { .sa_handler = interrupt_self,
				.sa_flags = SA_ONSTACK };
	struct blocked b;
	int i;

	sigaction(SIGUSR1, &sa, NULL);
	signalled = &b;
	blocked_boot();
	for (i = 0; i < 100; i++) {
		blocked_start(&b, blocked_read_pipe);
		while (!blocked_is_finished(&b)) {
			pthread_kill(b.id, SIGUSR1);
			sched_yield();
		}
		pthread_join(b.id, NULL);
		ck_assert_int_eq(b.ret, -LKL_EINTR);
	}
	blocked_halt();
}
END_TEST

START_TEST(a_cancelled_thread_finishes_its_call_first)
{
	struct blocked b;

	blocked_boot();
	blocked_start(&b, blocked_read_pipe);
	pthread_cancel(b.id);
	/*
	 * The thread is in the call, or will be: no call is a cancellation
	 * point.
	 */
	ck_assert_int_eq(lkl_sys_write(blocked_fds[1], "x", 1), 1);
	pthread_join(b.id, NULL);
	ck_assert(blocked_is_finished(&b));
	ck_assert_int_eq(b.ret, 1);
	blocked_halt();
}
END_TEST

static void *without_stack(void *arg)
{
	stack_t ss;

	sigaltstack(NULL, &ss);
	ck_assert_int_eq(ss.ss_flags, SS_DISABLE);
	ck_assert_int_eq(lkl_sys_open((char *)1, 0, 0), -LKL_EFAULT);
	sigaltstack(NULL, &ss);
	ck_assert_int_eq(ss.ss_flags, 0);
	return arg;
}

static void *with_stack(void *arg)
{
	static char memory[65536];
	stack_t ss = { .ss_sp = memory, .ss_size = sizeof(memory) }, now;

	sigaltstack(&ss, NULL);
	ck_assert_int_eq(lkl_sys_open((char *)1, 0, 0), -LKL_EFAULT);
	sigaltstack(NULL, &now);
	ck_assert_ptr_eq(now.ss_sp, memory);
	return arg;
}

static void threads_run_thread(void *(*fn)(void *), size_t stack_size)
{
	pthread_attr_t attr;
	pthread_t id;

	pthread_attr_init(&attr);
	if (stack_size)
		ck_assert_int_eq(pthread_attr_setstacksize(&attr, stack_size),
				 0);
	ck_assert_int_eq(pthread_create(&id, &attr, fn, NULL), 0);
	pthread_join(id, NULL);
	pthread_attr_destroy(&attr);
}

START_TEST(a_thread_gets_a_signal_stack_unless_it_has_one)
{
	blocked_boot();
	threads_run_thread(without_stack, 0);
	threads_run_thread(with_stack, 0);
	blocked_halt();
}
END_TEST

static void *many_kinds_of_calls(void *arg)
{
	struct __lkl__kernel_timespec ts = { 0, 1000 };
	static char data[100000];
	long fd;

	fd = lkl_sys_open("/f", LKL_O_CREAT | LKL_O_RDWR, 0600);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(lkl_sys_write(fd, data, sizeof(data)), sizeof(data));
	ck_assert_int_eq(lkl_sys_pread64(fd, (void *)1, 10, 0), -LKL_EFAULT);
	ck_assert_int_eq(lkl_sys_nanosleep(&ts, NULL), 0);
	ck_assert_int_eq(lkl_sys_close(fd), 0);
	return arg;
}

START_TEST(the_smallest_stack_that_a_thread_may_have_is_enough)
{
	blocked_boot();
	threads_run_thread(many_kinds_of_calls, sysconf(_SC_THREAD_STACK_MIN));
	blocked_halt();
}
END_TEST

static volatile sig_atomic_t ticks;

static void threads_tick(int sig)
{
	char use[4096];

	/* As handlers do. */
	*(volatile char *)use = sig;
	ticks++;
}

START_TEST(signals_may_come_at_any_time)
{
	struct sigaction sa = { .sa_handler = threads_tick,
				.sa_flags = SA_ONSTACK | SA_RESTART };
	struct itimerval every = { { 0, 200 }, { 0, 200 } };

	sigaction(SIGALRM, &sa, NULL);
	blocked_boot();
	setitimer(ITIMER_REAL, &every, NULL);
	while (ticks < 500)
		many_kinds_of_calls(NULL);
	every.it_value.tv_usec = 0;
	setitimer(ITIMER_REAL, &every, NULL);
	blocked_halt();
}
END_TEST

static int *volatile edge_of_memory;

START_TEST(the_programs_own_crash_is_still_one)
{
	blocked_boot();
	*(volatile int *)edge_of_memory = 1;
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("threads");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, a_signal_handler_interrupts_the_call_it_came_into);
	tcase_add_test(tc, a_cancelled_thread_finishes_its_call_first);
	tcase_add_test(tc, a_thread_gets_a_signal_stack_unless_it_has_one);
	tcase_add_test(tc, the_smallest_stack_that_a_thread_may_have_is_enough);
	tcase_add_test(tc, signals_may_come_at_any_time);
	tcase_add_test_raise_signal(tc, the_programs_own_crash_is_still_one,
				    SIGSEGV);
	return run_case(tc, CK_FORK);
}
