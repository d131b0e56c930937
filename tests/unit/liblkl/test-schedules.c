// SPDX-License-Identifier: GPL-2.0
/*
 * The hand-over of the virtual CPU between host threads, in tens of thousands of
 * orders of events.  A thread that is never woken is found at once; the seed
 * repeats the order.
 */
#define EXPLORE_NO_ATOMICS
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include <lkl_host.h>

#include "support/check-main.h"
#include "explore.h"
#include "toy-kernel.h"

#define DEFAULT_SEEDS	20000

static const struct lkl_host_operations host = {
	.time = explore_time,
	.wait = &explore_wait_ops,
};

static struct lkl_thread self[16];
static unsigned int expected;
static bool stop_background;
/* Thread 0 is the background thread, which leaves the poller to callers. */
static bool background;
/* Called before each run, or NULL */
static void (*sched_prepare)(void);
static const char *wrong;

/* A test that failed may have left anything. */
static void sched_setup(void)
{
	toy_vcpu = (struct lkl_vcpu) { };
	background = false;
	sched_prepare = NULL;
}

static int64_t sched_call(unsigned int nr, int64_t what, int64_t param)
{
	struct lkl_thread *t = &self[nr];
	int64_t params[6] = { param };

	t->k.nr = what;
	t->k.params = (uintptr_t)params;
	t->k.request = LKL_REQ_SYSCALL;
	return lkl_vcpu_call(&toy_vcpu, t);
}

static void sched_expect(unsigned int nr, int64_t what, int64_t param,
			 int64_t ret)
{
	if (sched_call(nr, what, param) != ret)
		wrong = "a call returned something else";
}

/* Check that no thread is left on a list. */
static void check_empty(void)
{
	if (toy_vcpu.lock || toy_vcpu.incoming || toy_vcpu.followers ||
	    toy_vcpu.leader || toy_vcpu.workers || toy_vcpu.working || toy_vcpu.parked ||
	    toy_vcpu.has_contender || toy_vcpu.claimant || toy_vcpu.standby ||
	    toy_vcpu.standby_called || toy_vcpu.overdue)
		wrong = "a thread that went is still on a list";
}

static bool queue_disk(void *reader)
{
	lkl_vcpu_expect_io(&toy_vcpu);
	return explore_io(toy_disk_done, reader);
}

static void sched_explore(unsigned int n, void (*fn)(unsigned int nr),
			  unsigned long count)
{
	const char *env = getenv("SEEDS"), *failure;
	unsigned long seed, seeds = env ? strtoul(env, NULL, 0) : DEFAULT_SEEDS;

	for (seed = 1; seed <= seeds; seed++) {
		unsigned int i;

		toy_boot(&host);
		toy_disk = queue_disk;
		for (i = 0; i < n; i++)
			self[i] = (struct lkl_thread) {
				.generation = toy_vcpu.generation,
			};
		self[0].background = background;
		stop_background = false;
		wrong = NULL;
		expected = n;
		if (sched_prepare)
			sched_prepare();
		failure = explore_run(seed, n, fn);
		check_empty();
		ck_assert_msg(!failure, "seed %lu: %s", seed, failure);
		ck_assert_msg(!wrong, "seed %lu: %s", seed, wrong);
		ck_assert_uint_eq(toy_count(), count);
	}
}

static void count_twice(unsigned int nr)
{
	sched_expect(nr, TOY_COUNT, 0, 0);
	sched_expect(nr, TOY_COUNT, 0, 0);
}

START_TEST(calls)
{
	sched_explore(3, count_twice, 6);
	sched_explore(6, count_twice, 12);
}
END_TEST

/* Two threads call all the time until each of the others has been served. */
static void sched_crowd(unsigned int nr)
{
	int i;

	if (nr < 2) {
		while (expected > 2)
			sched_expect(nr, TOY_WAKE, 0, -LKL_EAGAIN);
		return;
	}
	for (i = 0; i < 3; i++)
		sched_expect(nr, TOY_COUNT, 0, 0);
	expected--;
}

static void sched_prepare_crowd(void)
{
	explore_spend_time();
}

START_TEST(no_call_starves)
{
	sched_prepare = sched_prepare_crowd;
	sched_explore(5, sched_crowd, 9);
}
END_TEST

static void sched_pair(unsigned int nr)
{
	int i;

	for (i = 0; i < 2; i++) {
		if (nr % 2)
			sched_expect(nr, TOY_WAIT, 0, 0);
		else
			while (sched_call(nr, TOY_WAKE, 0) == -LKL_EAGAIN)
				explore_yield();
	}
}

START_TEST(blocked_calls)
{
	sched_explore(4, sched_pair, 0);
}
END_TEST

static void sleep_and_count(unsigned int nr)
{
	sched_expect(nr, TOY_SLEEP, explore_random(5), 0);
	sched_expect(nr, TOY_COUNT, 0, 0);
	sched_expect(nr, TOY_SLEEP, explore_random(5), 0);
}

START_TEST(timers)
{
	sched_explore(4, sleep_and_count, 4);
}
END_TEST

static void run_background(unsigned int nr)
{
	lkl_vcpu_run(&toy_vcpu, &self[nr], INT64_MAX, &stop_background);
}

/* The last thread to end stops the background thread, which is thread 0. */
static void sched_leave(void)
{
	if (--expected == 1) {
		stop_background = true;
		lkl_vcpu_wake(&toy_vcpu, &self[0]);
	}
}

static void sched_with_background(unsigned int nr)
{
	if (!nr) {
		run_background(nr);
		return;
	}
	if (nr % 2) {
		sched_expect(nr, TOY_WAIT, 0, 0);
		sched_expect(nr, TOY_SLEEP, explore_random(5), 0);
	} else {
		while (sched_call(nr, TOY_WAKE, 0) == -LKL_EAGAIN)
			explore_yield();
		sched_expect(nr, TOY_COUNT, 0, 0);
	}
	sched_leave();
}

START_TEST(background_thread)
{
	background = _i;
	sched_explore(5, sched_with_background, 2);
}
END_TEST

/* Time advances only when all threads sleep, which no call may depend on. */
static void leave_at_once(void)
{
	if (explore_time())
		wrong = "a call waited until the background thread polled";
	sched_leave();
}

static void pair_with_background(unsigned int nr)
{
	if (!nr) {
		run_background(nr);
		return;
	}
	sched_pair(nr);
	sched_expect(nr, TOY_COUNT, 0, 0);
	leave_at_once();
}

START_TEST(no_call_waits_for_the_background_thread_to_poll)
{
	background = _i;
	sched_explore(3, pair_with_background, 2);
	sched_explore(5, pair_with_background, 4);
}
END_TEST

/* Most of this time the background thread is parked and polls several times. */
static void sched_sleep_long(unsigned int nr)
{
	int i;

	if (!nr) {
		run_background(nr);
		return;
	}
	for (i = 0; i < 3; i++) {
		sched_expect(nr, TOY_SLEEP, explore_random(5000000), 0);
		sched_expect(nr, TOY_COUNT, 0, 0);
	}
	sched_leave();
}

START_TEST(background_thread_is_parked)
{
	background = true;
	sched_explore(2, sched_sleep_long, 3);
	sched_explore(3, sched_sleep_long, 6);
}
END_TEST

/* One caller leads once the background thread has woken up for it. */
static void sleep_often(unsigned int nr)
{
	int i;

	if (!nr) {
		run_background(nr);
		return;
	}
	for (i = 0; i < 8; i++)
		sched_expect(nr, TOY_SLEEP, 5, 0);
	if (!explore_waits(nr))
		wrong = "the background thread never left the poller to a caller";
	sched_leave();
}

START_TEST(callers_lead_themselves)
{
	background = true;
	sched_explore(2, sleep_often, 0);
}
END_TEST

/*
 * Work that no call waits for is done by the background thread, whether it leads
 * or is parked.
 */
static uint32_t done_work;

static void sched_work_is_done(void)
{
	done_work = 1;
	explore_wait_ops.word_wake(&done_work);
}

static void wait_for_work(unsigned int nr)
{
	if (!nr) {
		run_background(nr);
		return;
	}
	if (nr == 1) {
		sched_expect(nr, TOY_SLEEP, explore_random(3000000), 0);
		sched_expect(nr, TOY_COUNT, 0, 0);
		sched_expect(nr, TOY_SLEEP, explore_random(10), 0);
	} else {
		sched_expect(nr, TOY_SLEEP, explore_random(5000000), 0);
		done_work = 0;
		lkl_vcpu_irq(&toy_vcpu, TOY_IRQ_WORK);
		while (!done_work)
			explore_wait_ops.word_wait(&done_work, 0);
	}
	sched_leave();
}

START_TEST(background_thread_runs_what_no_call_waits_for)
{
	background = _i;
	toy_work_done = sched_work_is_done;
	sched_explore(3, wait_for_work, 1);
}
END_TEST

/* Work that a call leaves is done at once, not when the background thread polls. */
static void leave_work(unsigned int nr)
{
	int i;

	if (!nr) {
		run_background(nr);
		return;
	}
	for (i = 0; i < 3; i++) {
		sched_expect(nr, TOY_SLEEP, 5, 0);
		done_work = 0;
		sched_expect(nr, TOY_LATER, 0, 0);
		while (!done_work)
			explore_wait_ops.word_wait(&done_work, 0);
	}
	if (explore_time() > 15)
		wrong = "work waited until the background thread polled";
	sched_leave();
}

START_TEST(background_thread_does_work_that_a_call_leaves)
{
	background = _i;
	toy_work_done = sched_work_is_done;
	sched_explore(2, leave_work, 0);
}
END_TEST

/* Callers and interrupts arrive while the background thread must stop. */
static void stop_while_calls_come(unsigned int nr)
{
	if (!nr) {
		run_background(nr);
		return;
	}
	if (nr == 1) {
		sched_expect(nr, TOY_SLEEP, explore_random(2000000), 0);
		stop_background = true;
		lkl_vcpu_wake(&toy_vcpu, &self[0]);
		return;
	}
	sched_expect(nr, TOY_SLEEP, explore_random(2000000), 0);
	sched_expect(nr, TOY_COUNT, 0, 0);
	lkl_vcpu_irq(&toy_vcpu, 5);
	sched_expect(nr, TOY_SLEEP, explore_random(2000000), 0);
}

START_TEST(background_thread_can_be_stopped_at_any_time)
{
	background = _i;
	sched_explore(3, stop_while_calls_come, 1);
	sched_explore(4, stop_while_calls_come, 2);
}
END_TEST

/* Two threads run the kernel while others raise interrupts from outside. */
static void sched_outside(unsigned int nr)
{
	if (nr < 2) {
		int64_t deadline = explore_random(20);

		lkl_vcpu_run(&toy_vcpu, &self[nr], deadline, &stop_background);
		return;
	}
	if (nr == 2) {
		lkl_vcpu_irq(&toy_vcpu, 5);
		lkl_vcpu_kick(&toy_vcpu);
		lkl_vcpu_irq(&toy_vcpu, 6);
		return;
	}
	sched_expect(nr, TOY_SLEEP, explore_random(10), 0);
	sched_expect(nr, TOY_COUNT, 0, 0);
}

START_TEST(interrupts_and_deadlines)
{
	sched_explore(5, sched_outside, 2);
}
END_TEST

/* A blocked call waits for an interrupt from outside. */
static void irq_wakes(unsigned int nr)
{
	if (nr == 0)
		lkl_vcpu_irq(&toy_vcpu, TOY_IRQ_WAKE);
	else if (nr == 1)
		sched_expect(nr, TOY_WAIT_IRQ, 0, 0);
	else
		count_twice(nr);
}

START_TEST(an_interrupt_wakes_a_call)
{
	sched_explore(3, irq_wakes, 2);
}
END_TEST

static void read_all(unsigned int nr)
{
	while (sched_call(nr, TOY_READ, 0) == -LKL_EBUSY)
		explore_yield();
}

/* Readers, of which some are workers, beside other callers. */
static void sched_disk(unsigned int nr)
{
	if (nr < 2) {
		read_all(nr);
		read_all(nr);
	} else if (nr == 2) {
		sched_expect(nr, TOY_SLEEP, explore_random(10), 0);
	} else {
		count_twice(nr);
	}
}

START_TEST(disk_requests)
{
	sched_explore(4, sched_disk, 2);
}
END_TEST

static void disk_with_background(unsigned int nr)
{
	if (!nr) {
		run_background(nr);
		return;
	}
	if (nr == 1)
		read_all(nr);
	else
		sched_pair(nr);
	leave_at_once();
}

START_TEST(disk_requests_and_a_background_thread)
{
	background = _i;
	sched_explore(4, disk_with_background, 0);
}
END_TEST

/* More readers than disk requests; all of them end without a timer. */
static void sched_readers(unsigned int nr)
{
	int i;

	if (!nr) {
		run_background(nr);
		return;
	}
	for (i = 0; i < 3; i++)
		read_all(nr);
	leave_at_once();
}

START_TEST(many_disk_requests)
{
	background = _i;
	sched_explore(3, sched_readers, 0);
	sched_explore(6, sched_readers, 0);
}
END_TEST

/* The same without a thread that waits for nothing. */
static void sched_only_readers(unsigned int nr)
{
	read_all(nr);
	sched_expect(nr, TOY_COUNT, 0, 0);
	read_all(nr);
	if (explore_time())
		wrong = "a call waited until time passed";
}

START_TEST(disk_requests_of_all_threads)
{
	sched_explore(2, sched_only_readers, 2);
	sched_explore(5, sched_only_readers, 5);
}
END_TEST

/* No thread is in the poller when lkl_vcpu_quiesce() returns. */
static void die_at_work(unsigned int nr)
{
	int64_t ret;

	if (nr == 3) {
		sched_expect(nr, TOY_DIE, 0, -LKL_EIO);
		lkl_vcpu_quiesce(&toy_vcpu);
		if (toy_vcpu.leader || toy_vcpu.working)
			wrong = "somebody is in the poller of a dead kernel";
		return;
	}
	do {
		ret = sched_call(nr, nr ? TOY_READ : TOY_WAIT, 0);
		if (ret && ret != -LKL_EIO && ret != -LKL_EBUSY)
			wrong = "a call of a dead kernel returned something else";
		explore_yield();
	} while (ret != -LKL_EIO);
}

START_TEST(a_panic_with_disk_requests)
{
	sched_explore(4, die_at_work, 0);
	sched_explore(7, die_at_work, 0);
}
END_TEST

/* One thread halts the kernel and boots another, which the others do not use. */
static void sched_restart(unsigned int nr)
{
	int64_t ret;

	if (!nr) {
		sched_expect(nr, TOY_DIE, 0, -LKL_EIO);
		lkl_vcpu_quiesce(&toy_vcpu);
		toy_reboot();
		self[nr].k = (struct lkl_host_thread) { };
		self[nr].generation = toy_vcpu.generation;
		sched_expect(nr, TOY_COUNT, 0, 0);
		return;
	}
	do {
		ret = sched_call(nr, nr % 2 ? TOY_WAIT : TOY_READ, 0);
		if (ret && ret != -LKL_EIO && ret != -LKL_EBUSY &&
		    ret != -LKL_ENODEV)
			wrong = "a late call returned something else";
		explore_yield();
	} while (ret != -LKL_EIO && ret != -LKL_ENODEV);
}

START_TEST(a_new_kernel_while_others_call)
{
	sched_explore(4, sched_restart, 1);
	sched_explore(7, sched_restart, 1);
}
END_TEST

static void sched_die(unsigned int nr)
{
	if (!nr) {
		run_background(nr);
		lkl_vcpu_quiesce(&toy_vcpu);
	} else if (nr < 3) {
		sched_expect(nr, TOY_WAIT, 0, -LKL_EIO);
	} else {
		sched_expect(nr, TOY_DIE, 0, -LKL_EIO);
	}
}

START_TEST(a_panic)
{
	background = _i;
	sched_explore(4, sched_die, 0);
}
END_TEST

/* In many orders the background thread is parked when the kernel panics. */
static void die_later(unsigned int nr)
{
	if (!nr) {
		run_background(nr);
		lkl_vcpu_quiesce(&toy_vcpu);
	} else if (nr == 1) {
		sched_expect(nr, TOY_WAIT, 0, -LKL_EIO);
	} else {
		sched_expect(nr, TOY_SLEEP, explore_random(3000000), 0);
		sched_expect(nr, TOY_DIE, 0, -LKL_EIO);
	}
}

START_TEST(a_panic_while_the_background_thread_is_parked)
{
	background = true;
	sched_explore(3, die_later, 0);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("schedules");

	tcase_set_timeout(tc, 600);
	tcase_add_checked_fixture(tc, sched_setup, NULL);
	tcase_add_test(tc, calls);
	tcase_add_test(tc, no_call_starves);
	tcase_add_test(tc, blocked_calls);
	tcase_add_test(tc, timers);
	tcase_add_loop_test(tc, background_thread, 0, 2);
	tcase_add_loop_test(tc, no_call_waits_for_the_background_thread_to_poll, 0, 2);
	tcase_add_test(tc, background_thread_is_parked);
	tcase_add_test(tc, callers_lead_themselves);
	tcase_add_loop_test(tc, background_thread_runs_what_no_call_waits_for, 0, 2);
	tcase_add_loop_test(tc, background_thread_does_work_that_a_call_leaves, 0, 2);
	tcase_add_loop_test(tc, background_thread_can_be_stopped_at_any_time, 0, 2);
	tcase_add_test(tc, interrupts_and_deadlines);
	tcase_add_test(tc, an_interrupt_wakes_a_call);
	tcase_add_test(tc, disk_requests);
	tcase_add_loop_test(tc, disk_requests_and_a_background_thread, 0, 2);
	tcase_add_loop_test(tc, many_disk_requests, 0, 2);
	tcase_add_test(tc, disk_requests_of_all_threads);
	tcase_add_loop_test(tc, a_panic, 0, 2);
	tcase_add_test(tc, a_panic_while_the_background_thread_is_parked);
	tcase_add_test(tc, a_panic_with_disk_requests);
	tcase_add_test(tc, a_new_kernel_while_others_call);
	return run_case(tc, CK_NOFORK);
}
