// SPDX-License-Identifier: GPL-2.0
/*
 * The poller of the POSIX host: each request is done once, a sleeping thread is
 * woken, and no thread waits for an event that has happened already.
 */
#define _GNU_SOURCE
#include <linux/falloc.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/time.h>

#include "drive.h"
#include "shared/clock.h"
#include "support/check-main.h"

#define KIB		1024
#define BLOCK		4096
#define MANY		1000
#define DEPTH		32

static char bufs[MANY][BLOCK] __attribute__((aligned(BLOCK)));
static struct iovec iovs[MANY];
static struct req reqs[MANY];

static struct req *req_block(int i, uint32_t op)
{
	iovs[i].iov_base = bufs[i];
	iovs[i].iov_len = BLOCK;
	return req_vector(&reqs[i], op, &iovs[i], 1, (uint64_t)i * BLOCK);
}

static void expect_results(int n, int result)
{
	int i;

	for (i = 0; i < n; i++)
		ck_assert_int_eq(reqs[i].result, result);
}

/* Requests */

START_TEST(a_single_request_is_left_to_the_caller)
{
	struct rig rig = rig_open(filled_file(BLOCK), _i);

	blk_ops->submit(rig.blk, &req_block(0, LKL_BLK_OP_READ)->io);
	ck_assert_ptr_eq(wait_ops->poller_prepare(rig.poller), &reqs[0].io);
	ck_assert_int_eq(wait_ops->poller_reap(rig.poller), 0);
	wait_ops->poller_work(rig.poller, &reqs[0].io);
	/* The thread that has the lock completes the request. */
	ck_assert_int_eq(reqs[0].calls, 0);
	ck_assert_int_eq(wait_ops->poller_reap(rig.poller), 1);
	ck_assert_int_eq(reqs[0].calls, 1);
	ck_assert_int_eq(reqs[0].result, 0);
	ck_assert(is_filled(bufs[0], BLOCK, 0));
	ck_assert_int_eq(wait_ops->poller_reap(rig.poller), 0);
	ck_assert_ptr_null(wait_ops->poller_prepare(rig.poller));
	rig_close(&rig);
}
END_TEST

START_TEST(a_single_request_can_be_submitted_without_a_worker)
{
	struct rig rig = rig_open(filled_file(BLOCK), _i);

	blk_ops->submit(rig.blk, &req_block(0, LKL_BLK_OP_READ)->io);
	wait_ops->poller_submit(rig.poller);
	ck_assert_ptr_null(wait_ops->poller_prepare(rig.poller));
	finish(&rig, reqs, 1);
	ck_assert(is_filled(bufs[0], BLOCK, 0));
	rig_close(&rig);
}
END_TEST

static void reap_until(struct rig *rig, int from, int n)
{
	while (count_done(reqs + from, n) < n)
		if (!wait_ops->poller_reap(rig->poller))
			wait_ops->poller_wait(rig->poller, INT64_MAX);
}

START_TEST(other_requests_overtake_the_one_of_the_worker)
{
	struct rig rig = rig_open(filled_file(8 * BLOCK), _i);
	int i;

	blk_ops->submit(rig.blk, &req_block(0, LKL_BLK_OP_READ)->io);
	ck_assert_ptr_eq(wait_ops->poller_prepare(rig.poller), &reqs[0].io);
	blk_ops->submit(rig.blk, &req_block(1, LKL_BLK_OP_READ)->io);
	wait_ops->poller_submit(rig.poller);
	reap_until(&rig, 1, 1);
	for (i = 2; i < 8; i++)
		blk_ops->submit(rig.blk, &req_block(i, LKL_BLK_OP_READ)->io);
	wait_ops->poller_submit(rig.poller);
	reap_until(&rig, 1, 7);
	ck_assert_int_eq(reqs[0].calls, 0);
	wait_ops->poller_work(rig.poller, &reqs[0].io);
	ck_assert_int_eq(wait_ops->poller_reap(rig.poller), 1);
	ck_assert_int_eq(count_done(reqs, 8), 8);
	expect_results(8, 0);
	ck_assert(is_filled(bufs, 8 * BLOCK, 0));
	rig_close(&rig);
}
END_TEST

static void read_blocks(struct rig *rig, int n)
{
	int i;

	memset(bufs, 0, sizeof(bufs));
	for (i = 0; i < n; i++)
		req_block(i, LKL_BLK_OP_READ);
	run(rig, reqs, n);
	expect_results(n, 0);
	ck_assert(is_filled(bufs, (size_t)n * BLOCK, 0));
}

START_TEST(many_requests_are_each_done_once)
{
	static const int depths[] = { 2, DEPTH, 127, 128, 129, 256, 257, MANY };
	struct rig rig = rig_open(filled_file(MANY * BLOCK), _i);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(depths); i++)
		read_blocks(&rig, depths[i]);
	rig_close(&rig);
}
END_TEST

START_TEST(with_o_direct_many_requests_are_each_done_once)
{
	int fd = filled_file(MANY * BLOCK), direct, round;
	struct rig rig;

	direct = reopen(fd, O_RDWR | O_DIRECT);
	if (direct < 0) {
		skipped("O_DIRECT is not possible on this file system");
		return;
	}
	rig = rig_open(direct, _i);
	for (round = 0; round < 3; round++) {
		read_blocks(&rig, DEPTH);
		read_blocks(&rig, MANY);
	}
	rig_close(&rig);
}
END_TEST

/* Make @n requests of all kinds, of which some suit the ring. */
static void mix_requests(int n)
{
	int i;

	for (i = 0; i < n; i++) {
		switch (i % 5) {
		case 0:
			fill(bufs[i], BLOCK, i);
			req_block(i, LKL_BLK_OP_WRITE);
			break;
		case 1:
			memset(bufs[i], 0, BLOCK);
			req_block(i, LKL_BLK_OP_READ);
			break;
		case 2:
			req_range(&reqs[i], LKL_BLK_OP_FLUSH, 0, 0, 0);
			break;
		case 3:
			req_range(&reqs[i], LKL_BLK_OP_WRITE_ZEROES,
				  LKL_BLK_UNMAP, (uint64_t)i * BLOCK, BLOCK);
			break;
		case 4:
			req_range(&reqs[i], 99, 0, 0, 0);
			break;
		}
	}
}

static void check_mix(int fd, int n)
{
	char now[BLOCK];
	int i;

	for (i = 0; i < n; i++) {
		uint64_t off = (uint64_t)i * BLOCK;

		ck_assert_int_eq(reqs[i].result,
				 i % 5 == 4 ? -LKL_EOPNOTSUPP : 0);
		ck_assert_int_eq(pread(fd, now, BLOCK, off), BLOCK);
		if (i % 5 == 0)
			ck_assert(is_filled(now, BLOCK, i));
		else if (i % 5 == 3)
			ck_assert(is_zero(now, BLOCK));
		else
			ck_assert(is_filled(now, BLOCK, off));
		if (i % 5 == 1)
			ck_assert(is_filled(bufs[i], BLOCK, off));
	}
}

START_TEST(requests_of_all_kinds_are_each_done_once)
{
	int fd = filled_file(MANY * BLOCK);
	struct rig rig = rig_open(fd, _i);

	mix_requests(MANY);
	run(&rig, reqs, MANY);
	check_mix(fd, MANY);
	rig_close(&rig);
}
END_TEST

static volatile sig_atomic_t alarms;

static void on_alarm(int sig)
{
	alarms++;
}

START_TEST(signals_do_not_disturb_requests)
{
	struct itimerval often = { { 0, 200 }, { 0, 200 } }, never = { };
	struct sigaction sa = { .sa_handler = on_alarm };
	int fd = filled_file(MANY * BLOCK);
	struct rig rig = rig_open(fd, _i);

	sigaction(SIGALRM, &sa, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
	do {
		mix_requests(MANY);
		run(&rig, reqs, MANY);
	} while (alarms < 50);
	setitimer(ITIMER_REAL, &never, NULL);
	check_mix(fd, MANY);
	rig_close(&rig);
}
END_TEST

static struct rig *chain_rig;

static void submit_next(struct lkl_blk_io *io, int result)
{
	struct req *req = (struct req *)io;

	req_done(io, result);
	if (req->result || req->calls == DEPTH)
		return;
	io->offset += BLOCK;
	blk_ops->submit(chain_rig->blk, io);
}

/* Run @chains chains of requests at the same time. */
static void run_chains(struct rig *rig, int chains)
{
	int i;

	chain_rig = rig;
	for (i = 0; i < chains; i++) {
		req_block(i, LKL_BLK_OP_READ)->io.done = submit_next;
		blk_ops->submit(rig->blk, &reqs[i].io);
	}
	while (count_done(reqs, chains) < chains * DEPTH)
		if (!wait_ops->poller_reap(rig->poller))
			idle(rig->poller);
	expect_results(chains, 0);
	/* Each buffer holds the data of the last request of its chain. */
	ck_assert(is_filled(bufs, (size_t)chains * BLOCK, (DEPTH - 1) * BLOCK));
}

START_TEST(a_completion_may_submit_the_next_request)
{
	struct rig rig = rig_open(filled_file(2 * DEPTH * BLOCK), _i);

	run_chains(&rig, 1);
	run_chains(&rig, 2);
	run_chains(&rig, DEPTH);
	rig_close(&rig);
}
END_TEST

START_TEST(disks_of_one_poller_are_kept_apart)
{
	static char zeros[BLOCK];
	struct rig one = rig_open(filled_file(MANY * BLOCK), _i), two;
	int i, fd = temp_file(MANY * BLOCK);

	two.poller = one.poller;
	disk_open(&two, fd);
	for (i = 0; i < 200; i++) {
		memset(bufs[i], 1, BLOCK);
		req_block(i, LKL_BLK_OP_READ);
		blk_ops->submit(i % 2 ? one.blk : two.blk, &reqs[i].io);
	}
	finish(&one, reqs, 200);
	expect_results(200, 0);
	for (i = 0; i < 200; i++) {
		if (i % 2)
			ck_assert(is_filled(bufs[i], BLOCK, i * BLOCK));
		else
			ck_assert_mem_eq(bufs[i], zeros, BLOCK);
	}
	blk_ops->close(two.blk);
	rig_close(&one);
	/* The program's fd is still open. */
	ck_assert_int_eq(pread(fd, zeros, 1, 0), 1);
}
END_TEST

/* Only writes that are done count; others may be on their way. */
START_TEST(a_flush_covers_the_writes_completed_before_it)
{
	int fd = temp_file(3 * DEPTH * BLOCK), i;
	struct rig rig = rig_open(fd, _i);

	for (i = 0; i < DEPTH; i++)
		req_block(i, LKL_BLK_OP_WRITE);
	run(&rig, reqs, DEPTH);
	expect_results(DEPTH, 0);
	for (i = 0; i < 2 * DEPTH; i++)
		req_block(i, LKL_BLK_OP_WRITE)->io.offset += DEPTH * BLOCK;
	req_range(&reqs[DEPTH], LKL_BLK_OP_FLUSH, 0, 0, 0);
	run(&rig, reqs, 2 * DEPTH);
	expect_results(2 * DEPTH, 0);
	expect_clean(fd, DEPTH * BLOCK);
	rig_close(&rig);
}
END_TEST

static void *submit_and_end(void *arg)
{
	struct rig *rig = arg;
	int i;

	for (i = 0; i < 200; i++)
		blk_ops->submit(rig->blk, &reqs[i].io);
	wait_ops->poller_submit(rig->poller);
	return NULL;
}

/* When a thread ends, the host cancels its requests that are not done. */
START_TEST(requests_outlive_the_thread_that_submitted_them)
{
	int fd = temp_file(200 * BLOCK), round, i;
	struct rig rig = rig_open(fd, _i);
	char now[BLOCK];
	pthread_t thread;

	for (round = 0; round < 20; round++) {
		for (i = 0; i < 200; i++) {
			fill(bufs[i], BLOCK, i * 31 + round);
			req_block(i, LKL_BLK_OP_WRITE);
		}
		for (i = 0; i < 200; i += 10)
			req_range(&reqs[i], LKL_BLK_OP_FLUSH, 0, 0, 0);
		pthread_create(&thread, NULL, submit_and_end, &rig);
		pthread_join(thread, NULL);
		finish(&rig, reqs, 200);
		expect_results(200, 0);
		for (i = 1; i < 200; i++) {
			if (i % 10 == 0)
				continue;
			ck_assert_int_eq(pread(fd, now, BLOCK, i * BLOCK),
					 BLOCK);
			ck_assert(is_filled(now, BLOCK, i * 31 + round));
		}
	}
	rig_close(&rig);
}
END_TEST

/* The same with reads that have to wait for the medium. */
START_TEST(reads_outlive_the_thread_that_submitted_them)
{
	int fd = filled_file(MANY * BLOCK), round, i;
	struct rig rig = rig_open(fd, _i);
	pthread_t thread;

	for (round = 0; round < 20; round++) {
		ck_assert_int_eq(posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED),
				 0);
		memset(bufs, 0, sizeof(bufs));
		for (i = 0; i < 200; i++)
			req_block(i, LKL_BLK_OP_READ);
		pthread_create(&thread, NULL, submit_and_end, &rig);
		pthread_join(thread, NULL);
		finish(&rig, reqs, 200);
		expect_results(200, 0);
		ck_assert(is_filled(bufs, 200 * BLOCK, 0));
	}
	rig_close(&rig);
}
END_TEST

static struct lkl_poller *work_poller;
static bool cancelled_finished;

static void *do_work(void *arg)
{
	wait_ops->poller_work(work_poller, arg);
	return NULL;
}

START_TEST(the_worker_may_be_any_thread)
{
	struct rig rig = rig_open(filled_file(MANY * BLOCK), _i);
	pthread_t thread;
	int i, others;

	work_poller = rig.poller;
	for (i = 0; i < 200; i += 4) {
		blk_ops->submit(rig.blk, &req_block(i, LKL_BLK_OP_READ)->io);
		ck_assert_ptr_eq(wait_ops->poller_prepare(rig.poller),
				 &reqs[i].io);
		pthread_create(&thread, NULL, do_work, &reqs[i].io);
		/* Other requests come and are completed in the meantime. */
		for (others = i + 1; others < i + 4; others++)
			blk_ops->submit(rig.blk,
					&req_block(others,
						   LKL_BLK_OP_READ)->io);
		wait_ops->poller_submit(rig.poller);
		reap_until(&rig, i + 1, 3);
		pthread_join(thread, NULL);
		wait_ops->poller_reap(rig.poller);
		ck_assert_int_eq(count_done(reqs + i, 4), 4);
	}
	expect_results(200, 0);
	ck_assert(is_filled(bufs, 200 * BLOCK, 0));
	rig_close(&rig);
}
END_TEST

/* Give each of @n requests to a worker; all of them work at the same time. */
static void start_workers(struct rig *rig, pthread_t *threads, int n)
{
	int i;

	for (i = 0; i < n; i++) {
		blk_ops->submit(rig->blk, &req_block(i, LKL_BLK_OP_READ)->io);
		ck_assert_ptr_eq(wait_ops->poller_prepare(rig->poller),
				 &reqs[i].io);
		ck_assert_int_eq(pthread_create(&threads[i], NULL, do_work,
						&reqs[i].io), 0);
	}
}

START_TEST(many_workers_perform_a_request_each)
{
	struct rig rig = rig_open(filled_file(DEPTH * BLOCK), _i);
	pthread_t threads[DEPTH];
	int round, i;

	work_poller = rig.poller;
	for (round = 0; round < 20; round++) {
		memset(bufs, 0, DEPTH * BLOCK);
		start_workers(&rig, threads, DEPTH);
		/* The thread with the lock may complete requests at any time. */
		while (count_done(reqs, DEPTH) < DEPTH)
			if (!wait_ops->poller_reap(rig.poller))
				sched_yield();
		for (i = 0; i < DEPTH; i++)
			pthread_join(threads[i], NULL);
		ck_assert_int_eq(wait_ops->poller_reap(rig.poller), 0);
		ck_assert_int_eq(count_done(reqs, DEPTH), DEPTH);
		expect_results(DEPTH, 0);
		ck_assert(is_filled(bufs, DEPTH * BLOCK, 0));
	}
	rig_close(&rig);
}
END_TEST

/* Perform @n requests without the cancellation points that ck_assert() has. */
static void run_quietly(struct rig *rig, struct req *r, int n)
{
	int i;

	for (i = 0; i < n; i++)
		blk_ops->submit(rig->blk, &r[i].io);
	while (count_done(r, n) < n)
		if (!wait_ops->poller_reap(rig->poller))
			idle(rig->poller);
}

/* Perform a request of each kind, alone and together with another one. */
static void *work_cancelled(void *arg)
{
	uint32_t op;

	/* From now on, the next cancellation point ends the thread. */
	pthread_cancel(pthread_self());
	for (op = LKL_BLK_OP_READ; op <= LKL_BLK_OP_WRITE_ZEROES; op++) {
		struct iovec iov = { bufs, BLOCK };
		struct req r[2];

		run_quietly(arg, req_vector(&r[0], op, &iov, 1, 0), 1);
		req_vector(&r[0], op, &iov, 1, 0);
		req_vector(&r[1], op, &iov, 1, BLOCK);
		run_quietly(arg, r, 2);
	}
	cancelled_finished = true;
	/* The address sanitizer does not support stacks that are unwound. */
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
	return NULL;
}

START_TEST(a_cancelled_worker_finishes_its_requests)
{
	struct rig rig = rig_open(filled_file(MANY * BLOCK), _i);
	pthread_t thread;

	cancelled_finished = false;
	pthread_create(&thread, NULL, work_cancelled, &rig);
	pthread_join(thread, NULL);
	ck_assert(cancelled_finished);
	rig_close(&rig);
}
END_TEST

/* Waking */

/**
 * struct sleeper - a thread in poller_wait()
 * @poller:	poller that the thread waits in
 * @tid:	number of the thread on the host
 * @round:	number of the wait that the thread must begin
 * @left:	number of the last wait that has ended
 * @blocks:	the thread blocks SIGUSR1
 * @stop:	the thread must end
 */
struct sleeper {
	struct lkl_poller *poller;
	int tid;
	int round;
	int left;
	bool blocks;
	bool stop;
	pthread_t thread;
};

/* The thread sleeps nowhere but in poller_wait(). */
static void *sleeper_main(void *arg)
{
	struct sleeper *s = arg;
	int round = 0;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	if (s->blocks)
		pthread_sigmask(SIG_BLOCK, &set, NULL);
	__atomic_store_n(&s->tid, syscall(SYS_gettid), __ATOMIC_RELEASE);
	while (!__atomic_load_n(&s->stop, __ATOMIC_ACQUIRE)) {
		if (__atomic_load_n(&s->round, __ATOMIC_ACQUIRE) == round) {
			sched_yield();
			continue;
		}
		round++;
		wait_ops->poller_wait(s->poller, INT64_MAX);
		__atomic_store_n(&s->left, round, __ATOMIC_RELEASE);
	}
	return NULL;
}

static void sleeper_start(struct sleeper *s)
{
	pthread_create(&s->thread, NULL, sleeper_main, s);
	while (!__atomic_load_n(&s->tid, __ATOMIC_ACQUIRE))
		sched_yield();
}

static void sleeper_stop(struct sleeper *s)
{
	__atomic_store_n(&s->stop, true, __ATOMIC_RELEASE);
	pthread_join(s->thread, NULL);
}

static bool is_asleep(int tid)
{
	char path[64], line[256], *state;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", tid);
	f = fopen(path, "r");
	ck_assert_ptr_nonnull(f);
	ck_assert_ptr_nonnull(fgets(line, sizeof(line), f));
	fclose(f);
	state = strrchr(line, ')');
	return state && state[2] == 'S';
}

/* Let the thread call poller_wait(), and wait until it sleeps there. */
static void sleeper_sleep(struct sleeper *s)
{
	__atomic_add_fetch(&s->round, 1, __ATOMIC_RELEASE);
	while (!is_asleep(s->tid))
		sched_yield();
	ck_assert_int_eq(__atomic_load_n(&s->left, __ATOMIC_ACQUIRE),
			 s->round - 1);
}

static void sleeper_join_round(struct sleeper *s)
{
	while (__atomic_load_n(&s->left, __ATOMIC_ACQUIRE) != s->round)
		sched_yield();
}

START_TEST(a_kick_wakes_the_sleeping_thread)
{
	struct sleeper s = { .poller = poller_open(_i) };
	int i;

	sleeper_start(&s);
	for (i = 0; i < 50; i++) {
		sleeper_sleep(&s);
		wait_ops->poller_kick(s.poller);
		sleeper_join_round(&s);
	}
	sleeper_stop(&s);
	wait_ops->poller_destroy(s.poller);
}
END_TEST

static struct lkl_poller *handler_poller;

static void kick_in_handler(int sig)
{
	wait_ops->poller_kick(handler_poller);
}

static void catch_with_kick(struct lkl_poller *poller)
{
	struct sigaction sa = { .sa_handler = kick_in_handler,
				.sa_flags = SA_RESTART };

	handler_poller = poller;
	sigaction(SIGUSR1, &sa, NULL);
}

/* The handler runs on another thread, so the signal itself wakes nobody. */
START_TEST(a_kick_from_a_signal_handler_wakes_the_sleeping_thread)
{
	struct sleeper s = { .poller = poller_open(_i), .blocks = true };
	int i;

	catch_with_kick(s.poller);
	sleeper_start(&s);
	for (i = 0; i < 50; i++) {
		sleeper_sleep(&s);
		raise(SIGUSR1);
		sleeper_join_round(&s);
	}
	sleeper_stop(&s);
	wait_ops->poller_destroy(s.poller);
}
END_TEST

/* The signal may hit the thread anywhere on its way to sleep. */
START_TEST(a_signal_handler_that_interrupts_the_wait_can_kick_it)
{
	struct sleeper s = { .poller = poller_open(_i) };
	int i;

	catch_with_kick(s.poller);
	sleeper_start(&s);
	for (i = 0; i < 2000; i++) {
		__atomic_add_fetch(&s.round, 1, __ATOMIC_RELEASE);
		pthread_kill(s.thread, SIGUSR1);
		sleeper_join_round(&s);
	}
	sleeper_stop(&s);
	wait_ops->poller_destroy(s.poller);
}
END_TEST

START_TEST(a_kick_before_the_wait_is_not_lost)
{
	struct lkl_poller *poller = poller_open(_i);
	int i;

	for (i = 0; i < 100; i++) {
		wait_ops->poller_kick(poller);
		wait_ops->poller_wait(poller, INT64_MAX);
	}
	/* Several kicks before a wait count as one. */
	for (i = 0; i < 100; i++)
		wait_ops->poller_kick(poller);
	wait_ops->poller_wait(poller, INT64_MAX);
	wait_ops->poller_kick(poller);
	wait_ops->poller_wait(poller, INT64_MAX);
	wait_ops->poller_destroy(poller);
}
END_TEST

struct ping {
	struct lkl_poller *poller;
	int asked;
	int answered;
};

#define PINGS	20000

static void *kick_back(void *arg)
{
	struct ping *p = arg;
	int n;

	for (n = 1; n <= PINGS; n++) {
		while (__atomic_load_n(&p->asked, __ATOMIC_ACQUIRE) < n)
			wait_ops->poller_wait(p->poller, INT64_MAX);
		__atomic_store_n(&p->answered, n, __ATOMIC_RELEASE);
	}
	return NULL;
}

START_TEST(no_kick_is_ever_lost)
{
	struct ping p = { .poller = poller_open(_i) };
	pthread_t thread;
	int n;

	pthread_create(&thread, NULL, kick_back, &p);
	for (n = 1; n <= PINGS; n++) {
		__atomic_store_n(&p.asked, n, __ATOMIC_RELEASE);
		wait_ops->poller_kick(p.poller);
		while (__atomic_load_n(&p.answered, __ATOMIC_ACQUIRE) < n)
			sched_yield();
	}
	pthread_join(thread, NULL);
	wait_ops->poller_destroy(p.poller);
}
END_TEST

START_TEST(a_deadline_that_has_passed_is_not_waited_for)
{
	struct lkl_poller *poller = poller_open(_i);

	wait_ops->poller_wait(poller, 0);
	wait_ops->poller_wait(poller, now_ns() - 1);
	wait_ops->poller_wait(poller, now_ns());
	wait_ops->poller_destroy(poller);
}
END_TEST

/* A kick ends one wait only, as the leader must be able to sleep. */
START_TEST(an_undisturbed_wait_lasts_until_its_deadline)
{
	struct lkl_poller *poller = poller_open(_i);
	int64_t deadline;
	int i;

	for (i = 0; i < 10; i++) {
		deadline = now_ns() + 1000000;
		wait_ops->poller_wait(poller, deadline);
		ck_assert_int_ge(now_ns(), deadline);
		wait_ops->poller_kick(poller);
		wait_ops->poller_kick(poller);
		wait_ops->poller_wait(poller, INT64_MAX);
	}
	wait_ops->poller_destroy(poller);
}
END_TEST

/* With and without a ring, poller_prepare() performs these requests. */
START_TEST(requests_that_are_done_are_not_waited_for)
{
	struct rig rig = rig_open(temp_file(BLOCK), _i);
	int i;

	for (i = 0; i < 2; i++) {
		req_range(&reqs[i], LKL_BLK_OP_WRITE_ZEROES, 0, 0, BLOCK);
		blk_ops->submit(rig.blk, &reqs[i].io);
	}
	ck_assert_ptr_null(wait_ops->poller_prepare(rig.poller));
	wait_ops->poller_wait(rig.poller, INT64_MAX);
	ck_assert_int_eq(wait_ops->poller_reap(rig.poller), 2);
	expect_results(2, 0);
	rig_close(&rig);
}
END_TEST

/* One thread is the leader, another one has the lock. */
static void complete_while_asleep(struct rig *rig, struct req *req)
{
	struct sleeper s = { .poller = rig->poller };
	int i;

	sleeper_start(&s);
	for (i = 0; i < 20; i++) {
		sleeper_sleep(&s);
		blk_ops->submit(rig->blk, &req->io);
		wait_ops->poller_submit(rig->poller);
		sleeper_join_round(&s);
		ck_assert_int_eq(wait_ops->poller_reap(rig->poller), 1);
		ck_assert_int_eq(req->result, 0);
	}
	ck_assert_int_eq(req->calls, i);
	sleeper_stop(&s);
}

START_TEST(a_completion_wakes_the_sleeping_thread)
{
	struct rig rig = rig_open(temp_file(MANY * BLOCK), _i / 3);

	if (_i % 3 == 0)
		req_block(0, LKL_BLK_OP_WRITE);
	else if (_i % 3 == 1)
		req_range(&reqs[0], LKL_BLK_OP_FLUSH, 0, 0, 0);
	else
		req_range(&reqs[0], LKL_BLK_OP_WRITE_ZEROES, 0, 0, BLOCK);
	complete_while_asleep(&rig, &reqs[0]);
	rig_close(&rig);
}
END_TEST

/* Costs */

static volatile sig_atomic_t trapped;

static void on_trap(int sig)
{
	trapped++;
}

static void *reap_without_calls(void *arg)
{
	static const int calls[] = {
		SYS_read, SYS_ppoll, SYS_poll, SYS_epoll_wait, SYS_epoll_pwait,
		SYS_io_uring_enter, SYS_futex, SYS_write,
	};
	struct sigaction sa = { .sa_handler = on_trap };
	size_t i;
	int n;

	sigaction(SIGSYS, &sa, NULL);
	for (i = 0; i < ARRAY_SIZE(calls); i++)
		if (filter_call(calls[i], SECCOMP_RET_TRAP, 0))
			return (void *)-1;
	n = wait_ops->poller_reap(arg);
	return (void *)(intptr_t)n;
}

static bool on_valgrind(void)
{
	const char *preload = getenv("LD_PRELOAD");

	return preload && strstr(preload, "vgpreload");
}

START_TEST(reaping_nothing_makes_no_system_call)
{
	struct rig rig = rig_open(temp_file(BLOCK), _i);
	pthread_t thread;
	void *reaped;

	if (on_valgrind()) {
		skipped("valgrind makes system calls of its own");
		return;
	}
	pthread_create(&thread, NULL, reap_without_calls, rig.poller);
	pthread_join(thread, &reaped);
	if (reaped == (void *)-1)
		skipped("system calls cannot be filtered here");
	else
		ck_assert_ptr_null(reaped);
	ck_assert_int_eq(trapped, 0);
	rig_close(&rig);
}
END_TEST

START_TEST(pollers_leave_nothing_behind)
{
	int fd = filled_file(DEPTH * BLOCK), fds = count_fds(), i;

	for (i = 0; i < 200; i++) {
		struct rig one = rig_open(fd, _i), two = rig_open(fd, _i);

		read_blocks(i % 2 ? &one : &two, DEPTH);
		/* Destroy in the order of creation and in the reverse order. */
		rig_close(i % 4 < 2 ? &one : &two);
		read_blocks(i % 4 < 2 ? &two : &one, DEPTH);
		rig_close(i % 4 < 2 ? &two : &one);
	}
	ck_assert_int_eq(count_fds(), fds);
}
END_TEST

/* Words */

START_TEST(a_word_that_has_changed_is_not_waited_for)
{
	uint32_t word = 2;

	wait_ops->word_wait(&word, 1);
	wait_ops->word_wake(&word);
	wait_ops->word_wait(&word, 3);
}
END_TEST

static uint32_t the_word;
static int word_tid;

static void *wait_for_word(void *arg)
{
	__atomic_store_n(&word_tid, syscall(SYS_gettid), __ATOMIC_RELEASE);
	while (!__atomic_load_n(&the_word, __ATOMIC_ACQUIRE))
		wait_ops->word_wait(&the_word, 0);
	return NULL;
}

START_TEST(a_sleeper_on_a_word_is_woken)
{
	pthread_t thread;

	pthread_create(&thread, NULL, wait_for_word, NULL);
	while (!__atomic_load_n(&word_tid, __ATOMIC_ACQUIRE) ||
	       !is_asleep(word_tid))
		sched_yield();
	__atomic_store_n(&the_word, 1, __ATOMIC_RELEASE);
	wait_ops->word_wake(&the_word);
	pthread_join(thread, NULL);
}
END_TEST

int main(void)
{
	const TTest *const in_both_modes[] = {
		a_single_request_is_left_to_the_caller,
		a_single_request_can_be_submitted_without_a_worker,
		other_requests_overtake_the_one_of_the_worker,
		many_requests_are_each_done_once,
		with_o_direct_many_requests_are_each_done_once,
		requests_of_all_kinds_are_each_done_once,
		signals_do_not_disturb_requests,
		a_completion_may_submit_the_next_request,
		disks_of_one_poller_are_kept_apart,
		a_flush_covers_the_writes_completed_before_it,
		requests_outlive_the_thread_that_submitted_them,
		reads_outlive_the_thread_that_submitted_them,
		the_worker_may_be_any_thread,
		many_workers_perform_a_request_each,
		a_cancelled_worker_finishes_its_requests,
		a_kick_wakes_the_sleeping_thread,
		a_kick_from_a_signal_handler_wakes_the_sleeping_thread,
		a_signal_handler_that_interrupts_the_wait_can_kick_it,
		a_kick_before_the_wait_is_not_lost,
		no_kick_is_ever_lost,
		a_deadline_that_has_passed_is_not_waited_for,
		an_undisturbed_wait_lasts_until_its_deadline,
		requests_that_are_done_are_not_waited_for,
		reaping_nothing_makes_no_system_call,
		pollers_leave_nothing_behind,
	};
	TCase *tc = tcase_create("poller");
	size_t i;

	tcase_set_timeout(tc, 30);
	for (i = 0; i < ARRAY_SIZE(in_both_modes); i++)
		tcase_add_loop_test(tc, in_both_modes[i], 0, POLLER_MODES);
	tcase_add_loop_test(tc, a_completion_wakes_the_sleeping_thread, 0,
			    3 * POLLER_MODES);
	tcase_add_test(tc, a_word_that_has_changed_is_not_waited_for);
	tcase_add_test(tc, a_sleeper_on_a_word_is_woken);
	return run_case(tc, CK_FORK);
}
