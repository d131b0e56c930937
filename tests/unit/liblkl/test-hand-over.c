// SPDX-License-Identifier: GPL-2.0
/*
 * The hand-over of the virtual CPU between host threads, with a toy kernel.  A lost
 * wake-up is a test that does not end.
 */
#include <check.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

#include <lkl_host.h>

#include "support/check-main.h"
#include "toy-kernel.h"

#define THREADS		8
#define ROUNDS		3000

static void hand_over_setup(void)
{
	toy_boot(lkl_default_host_ops());
}

static void hand_over_teardown(void)
{
	toy_halt();
}

static int64_t hand_over_call(struct lkl_thread *t, int64_t nr, int64_t param)
{
	int64_t params[6] = { param };

	t->generation = toy_vcpu.generation;
	t->k.nr = nr;
	t->k.params = (uintptr_t)params;
	t->k.request = LKL_REQ_SYSCALL;
	return lkl_vcpu_call(&toy_vcpu, t);
}

static void *count_loop(void *arg)
{
	struct lkl_thread t = { };
	int i;

	(void)arg;
	for (i = 0; i < ROUNDS; i++)
		ck_assert_int_eq(hand_over_call(&t, TOY_COUNT, 0), 0);
	return NULL;
}

static void hand_over_run_threads(void *(*fn)(void *), unsigned int n)
{
	pthread_t threads[64];
	unsigned int i;

	for (i = 0; i < n; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, fn,
						(void *)(uintptr_t)i), 0);
	for (i = 0; i < n; i++)
		pthread_join(threads[i], NULL);
}

START_TEST(calls_of_many_threads_are_all_executed)
{
	hand_over_run_threads(count_loop, THREADS);
	ck_assert_uint_eq(toy_count(), THREADS * ROUNDS);
}
END_TEST

/* Most threads call all the time until the others have been served. */
static uint32_t unserved;

static void *hammer_or_count(void *arg)
{
	struct lkl_thread t = { };
	int i;

	if ((uintptr_t)arg % 4) {
		while (__atomic_load_n(&unserved, __ATOMIC_RELAXED))
			ck_assert_int_eq(hand_over_call(&t, TOY_WAKE, 0),
					 -LKL_EAGAIN);
		return NULL;
	}
	for (i = 0; i < ROUNDS / 10; i++)
		ck_assert_int_eq(hand_over_call(&t, TOY_COUNT, 0), 0);
	__atomic_fetch_sub(&unserved, 1, __ATOMIC_RELAXED);
	return NULL;
}

START_TEST(no_call_starves)
{
	unserved = THREADS / 4;
	hand_over_run_threads(hammer_or_count, THREADS);
	ck_assert_uint_eq(toy_count(), THREADS / 4 * (ROUNDS / 10));
}
END_TEST

/* Even threads wait, odd ones wake: each wait needs a wake of another thread. */
static void *pair_loop(void *arg)
{
	struct lkl_thread t = { };
	int i;

	for (i = 0; i < ROUNDS; i++) {
		if ((uintptr_t)arg % 2 == 0) {
			ck_assert_int_eq(hand_over_call(&t, TOY_WAIT, 0), 0);
			continue;
		}
		while (hand_over_call(&t, TOY_WAKE, 0) == -LKL_EAGAIN)
			sched_yield();
	}
	return NULL;
}

START_TEST(blocked_calls_are_finished_by_other_threads)
{
	hand_over_run_threads(pair_loop, THREADS);
}
END_TEST

/* Return a number below 65536; Windows has no rand_r(). */
static unsigned int hand_over_random(unsigned int *seed)
{
	*seed = *seed * 1103515245 + 12345;
	return *seed >> 16;
}

static void *mixed_loop(void *arg)
{
	unsigned int seed = (uintptr_t)arg;
	struct lkl_thread t = { };
	int i;

	for (i = 0; i < ROUNDS / 10; i++)
		if (hand_over_random(&seed) % 4)
			ck_assert_int_eq(hand_over_call(&t, TOY_COUNT, 0), 0);
		else
			ck_assert_int_eq(hand_over_call(&t, TOY_SLEEP,
							hand_over_random(&seed) * 3),
					 0);
	return NULL;
}

START_TEST(timers_and_calls_mix)
{
	hand_over_run_threads(mixed_loop, THREADS);
}
END_TEST

static bool stop_background;
static struct lkl_thread background_thread;
/* Like the library's: it leaves the poller to callers. */
static bool background;

static void *background_loop(void *arg)
{
	(void)arg;
	lkl_vcpu_run(&toy_vcpu, &background_thread, INT64_MAX, &stop_background);
	return NULL;
}

static void hand_over_with_background(void *(*fn)(void *))
{
	pthread_t thread;

	background_thread = (struct lkl_thread) { .background = background };
	stop_background = false;
	pthread_create(&thread, NULL, background_loop, NULL);
	hand_over_run_threads(fn, THREADS);
	__atomic_store_n(&stop_background, true, __ATOMIC_SEQ_CST);
	lkl_vcpu_wake(&toy_vcpu, &background_thread);
	pthread_join(thread, NULL);
}

START_TEST(background_thread_gets_along_with_callers)
{
	background = _i;
	hand_over_with_background(pair_loop);
	hand_over_with_background(mixed_loop);
	hand_over_with_background(count_loop);
}
END_TEST

static void *start_and_stop_background(void *arg)
{
	(void)arg;
	return NULL;
}

START_TEST(background_thread_can_be_stopped_at_any_time)
{
	int i;

	background = _i;
	for (i = 0; i < 500; i++)
		hand_over_with_background(start_and_stop_background);
}
END_TEST

/* Sleep longer than the background thread is parked: it polls, or leads. */
static void *sleep_loop(void *arg)
{
	unsigned int seed = (uintptr_t)arg;
	struct lkl_thread t = { };
	int i;

	for (i = 0; i < ROUNDS / 30; i++)
		ck_assert_int_eq(
			hand_over_call(&t, TOY_SLEEP, hand_over_random(&seed) * 75),
			0);
	return NULL;
}

START_TEST(background_thread_looks_after_sleepers)
{
	background = true;
	hand_over_with_background(sleep_loop);
}
END_TEST

static uint32_t done_work;

static void hand_over_work_is_done(void)
{
	__atomic_store_n(&done_work, 1, __ATOMIC_SEQ_CST);
	toy_vcpu.host->word_wake(&done_work);
}

/* Raise interrupts from outside beside calls. */
static void *work_loop(void *arg)
{
	int i;

	if ((uintptr_t)arg)
		return mixed_loop(arg);
	for (i = 0; i < ROUNDS / 10; i++) {
		__atomic_store_n(&done_work, 0, __ATOMIC_SEQ_CST);
		lkl_vcpu_irq(&toy_vcpu, TOY_IRQ_WORK);
		while (!__atomic_load_n(&done_work, __ATOMIC_SEQ_CST))
			toy_vcpu.host->word_wait(&done_work, 0);
	}
	return NULL;
}

START_TEST(background_thread_runs_what_no_call_waits_for)
{
	background = _i;
	toy_work_done = hand_over_work_is_done;
	hand_over_with_background(work_loop);
}
END_TEST

static void *die_with_background(void *arg)
{
	struct lkl_thread t = { };

	if (arg) {
		ck_assert_int_eq(hand_over_call(&t, TOY_WAIT, 0), -LKL_EIO);
	} else {
		ck_assert_int_eq(hand_over_call(&t, TOY_SLEEP, 5000000), 0);
		ck_assert_int_eq(hand_over_call(&t, TOY_DIE, 0), -LKL_EIO);
	}
	return NULL;
}

START_TEST(a_panic_ends_the_background_thread)
{
	background = _i;
	hand_over_with_background(die_with_background);
	lkl_vcpu_quiesce(&toy_vcpu);
}
END_TEST

/* A new thread for each call. */
static void *short_lived(void *arg)
{
	struct lkl_thread *t;
	int i;

	(void)arg;
	for (i = 0; i < ROUNDS / 10; i++) {
		t = calloc(1, sizeof(*t));
		ck_assert_int_eq(
			hand_over_call(t, i % 3 ? TOY_COUNT : TOY_SLEEP, 1000),
			0);
		free(t);
	}
	return NULL;
}

START_TEST(threads_may_go_after_each_call)
{
	hand_over_run_threads(short_lived, THREADS);
}
END_TEST

static void *wait_for_death(void *arg)
{
	struct lkl_thread t = { };
	int64_t ret;

	if (arg) {
		ret = hand_over_call(&t, TOY_WAIT, 0);
		ck_assert_int_eq(ret, -LKL_EIO);
	} else {
		/* Most of the others are blocked by now. */
		ck_assert_int_eq(hand_over_call(&t, TOY_SLEEP, 5000000), 0);
		ck_assert_int_eq(hand_over_call(&t, TOY_DIE, 0), -LKL_EIO);
	}
	ck_assert_int_eq(hand_over_call(&t, TOY_COUNT, 0), -LKL_EIO);
	return NULL;
}

START_TEST(a_panic_ends_every_call)
{
	hand_over_run_threads(wait_for_death, THREADS);
	lkl_vcpu_quiesce(&toy_vcpu);
}
END_TEST

/* The threads are the parent's, and an access to one of them would crash. */
START_TEST(the_child_of_a_fork_touches_no_thread_of_the_parent)
{
	struct lkl_thread *gone = (struct lkl_thread *)64, t = { };
	struct lkl_vcpu child = toy_vcpu;
	bool stop = false;

	child.lock = 1;
	child.contended = 1;
	child.returned = 1;
	child.poll_requested = 1;
	child.incoming = gone;
	child.claimant = gone;
	child.followers = gone;
	child.leader = gone;
	child.workers = gone;
	child.parked = gone;
	lkl_vcpu_forked(&child);
	ck_assert_int_eq(lkl_vcpu_run(&child, &t, 0, &stop), -LKL_ENODEV);
	ck_assert_int_eq(lkl_vcpu_call(&child, &t), -LKL_ENODEV);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("hand-over");

	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, hand_over_setup, hand_over_teardown);
	tcase_add_test(tc, calls_of_many_threads_are_all_executed);
	tcase_add_test(tc, no_call_starves);
	tcase_add_test(tc, blocked_calls_are_finished_by_other_threads);
	tcase_add_test(tc, timers_and_calls_mix);
	tcase_add_loop_test(tc, background_thread_gets_along_with_callers, 0, 2);
	tcase_add_loop_test(tc, background_thread_can_be_stopped_at_any_time, 0, 2);
	tcase_add_test(tc, background_thread_looks_after_sleepers);
	tcase_add_loop_test(tc, background_thread_runs_what_no_call_waits_for, 0, 2);
	tcase_add_loop_test(tc, a_panic_ends_the_background_thread, 0, 2);
	tcase_add_test(tc, threads_may_go_after_each_call);
	tcase_add_test(tc, a_panic_ends_every_call);
	tcase_add_test(tc, the_child_of_a_fork_touches_no_thread_of_the_parent);
	return run_case(tc, CK_NOFORK);
}
