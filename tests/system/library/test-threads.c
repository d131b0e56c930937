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

static int fds[2];

static void threads_boot(void)
{
	lkl_host_ops.print = NULL;
	ck_assert_int_eq(lkl_init(&lkl_host_ops), 0);
	ck_assert_int_eq(lkl_start_kernel("quiet"), 0);
	ck_assert_int_eq(lkl_sys_pipe(fds), 0);
}

static void threads_halt(void)
{
	ck_assert_int_eq(lkl_sys_halt(), 0);
	lkl_cleanup();
}

/* A thread in a call that does not end */
struct blocked {
	pthread_t id;
	long (*call)(void);
	struct lkl_thread *self;
	bool finished;
	long ret;
};

static long read_pipe(void)
{
	char c;

	return lkl_sys_read(fds[0], &c, 1);
}

static long threads_sleep_long(void)
{
	struct __lkl__kernel_timespec ts = { .tv_sec = 1000 };

	return lkl_sys_nanosleep(&ts, NULL);
}

static long poll_pipe(void)
{
	struct lkl_pollfd p = { .fd = fds[0], .events = LKL_POLLIN };

	return lkl_sys_poll(&p, 1, -1);
}

static void *blocked_main(void *arg)
{
	struct blocked *b = arg;

	__atomic_store_n(&b->self, lkl_thread_self(), __ATOMIC_SEQ_CST);
	b->ret = b->call();
	__atomic_store_n(&b->finished, true, __ATOMIC_SEQ_CST);
	return NULL;
}

static void threads_start(struct blocked *b, long (*call)(void))
{
	*b = (struct blocked) { .call = call };
	ck_assert_int_eq(pthread_create(&b->id, NULL, blocked_main, b), 0);
	while (!__atomic_load_n(&b->self, __ATOMIC_SEQ_CST))
		sched_yield();
}

static bool threads_is_finished(struct blocked *b)
{
	return __atomic_load_n(&b->finished, __ATOMIC_SEQ_CST);
}

START_TEST(a_blocked_call_is_interrupted)
{
	long (*const calls[])(void) = { read_pipe, threads_sleep_long,
					poll_pipe };
	struct blocked b;
	int i;

	threads_boot();
	for (i = 0; i < 300; i++) {
		threads_start(&b, calls[i % 3]);
		/* An interrupt before the call begins has no effect. */
		while (!threads_is_finished(&b)) {
			lkl_thread_interrupt(b.self);
			sched_yield();
		}
		pthread_join(b.id, NULL);
		ck_assert_int_eq(b.ret, -LKL_EINTR);
	}
	threads_halt();
}
END_TEST

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
	threads_boot();
	for (i = 0; i < 100; i++) {
		threads_start(&b, read_pipe);
		while (!threads_is_finished(&b)) {
			pthread_kill(b.id, SIGUSR1);
			sched_yield();
		}
		pthread_join(b.id, NULL);
		ck_assert_int_eq(b.ret, -LKL_EINTR);
	}
	threads_halt();
}
END_TEST

START_TEST(an_interrupt_between_calls_is_forgotten)
{
	struct blocked b;

	threads_boot();
	lkl_thread_interrupt(lkl_thread_self());
	ck_assert_int_eq(lkl_sys_getpid(), 1);
	lkl_thread_interrupt(lkl_thread_self());
	/* The other reads what this one writes, or the other way round. */
	threads_start(&b, read_pipe);
	ck_assert_int_eq(lkl_sys_write(fds[1], "x", 1), 1);
	pthread_join(b.id, NULL);
	ck_assert_int_eq(b.ret, 1);
	lkl_thread_interrupt(NULL);
	threads_halt();
	ck_assert_ptr_null(lkl_thread_self());
}
END_TEST

START_TEST(also_where_nobody_enters_the_kernel_in_between)
{
	struct __lkl__kernel_timespec ts = { 0, 1000000 };

	lkl_host_ops.flags |= LKL_HOST_NO_DRIVER;
	threads_boot();
	ck_assert_int_eq(lkl_sys_getpid(), 1);
	lkl_thread_interrupt(lkl_thread_self());
	ck_assert_int_eq(lkl_sys_nanosleep(&ts, NULL), 0);
	threads_halt();
}
END_TEST

START_TEST(a_cancelled_thread_finishes_its_call_first)
{
	struct blocked b;

	threads_boot();
	threads_start(&b, read_pipe);
	pthread_cancel(b.id);
	/*
	 * The thread is in the call, or will be: no call is a cancellation
	 * point.
	 */
	ck_assert_int_eq(lkl_sys_write(fds[1], "x", 1), 1);
	pthread_join(b.id, NULL);
	ck_assert(threads_is_finished(&b));
	ck_assert_int_eq(b.ret, 1);
	threads_halt();
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
	threads_boot();
	threads_run_thread(without_stack, 0);
	threads_run_thread(with_stack, 0);
	threads_halt();
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
	threads_boot();
	threads_run_thread(many_kinds_of_calls, sysconf(_SC_THREAD_STACK_MIN));
	threads_halt();
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

	threads_boot();
	threads_start(&b, read_pipe);
	ck_assert_int_eq(lkl_sysctl("kernel.threads-max", "20"), 0);
	threads_start_callers(ret);
	for (i = 0; i < REFUSED_THREADS; i++)
		ck_assert_int_eq(ret[i], -LKL_EAGAIN);
	ck_assert_int_eq(lkl_sysctl("kernel.threads-max", "1000"), 0);
	threads_start_callers(ret);
	for (i = 0; i < REFUSED_THREADS; i++)
		ck_assert_int_eq(ret[i], 1);
	ck_assert_int_eq(lkl_sys_write(fds[1], "x", 1), 1);
	pthread_join(b.id, NULL);
	ck_assert_int_eq(b.ret, 1);
	threads_halt();
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
	threads_boot();
	setitimer(ITIMER_REAL, &every, NULL);
	while (ticks < 500)
		many_kinds_of_calls(NULL);
	every.it_value.tv_usec = 0;
	setitimer(ITIMER_REAL, &every, NULL);
	threads_halt();
}
END_TEST

static int *volatile edge_of_memory;

START_TEST(the_programs_own_crash_is_still_one)
{
	threads_boot();
	*(volatile int *)edge_of_memory = 1;
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("threads");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, a_blocked_call_is_interrupted);
	tcase_add_test(tc, a_signal_handler_interrupts_the_call_it_came_into);
	tcase_add_test(tc, an_interrupt_between_calls_is_forgotten);
	tcase_add_test(tc, also_where_nobody_enters_the_kernel_in_between);
	tcase_add_test(tc, a_cancelled_thread_finishes_its_call_first);
	tcase_add_test(tc, a_thread_gets_a_signal_stack_unless_it_has_one);
	tcase_add_test(tc, the_smallest_stack_that_a_thread_may_have_is_enough);
	tcase_add_test(tc, a_thread_beyond_the_limit_gets_an_error);
	tcase_add_test(tc, signals_may_come_at_any_time);
	tcase_add_test_raise_signal(tc, the_programs_own_crash_is_still_one,
				    SIGSEGV);
	return run_case(tc, CK_FORK);
}
