// SPDX-License-Identifier: GPL-2.0
/*
 * Threads as contexts of one host thread, in an order that a seed decides.
 */
#define EXPLORE_NO_ATOMICS
#include <stdlib.h>
#include <string.h>

#include <lkl_host.h>

#include "context.h"
#include "explore.h"

#define MAX_THREADS	16
#define MAX_STORES	8
#define MAX_IOS		3
/* More than each scenario needs: more steps mean an endless loop. */
#define MAX_STEPS	200000

enum state { DONE, READY, ON_WORD, IN_POLLER };

struct store {
	void *p;
	unsigned int size;
	uint64_t val;
};

struct thread {
	struct context *context;
	enum state state;
	const uint32_t *word;
	int64_t deadline;
	struct store stores[MAX_STORES];
	unsigned int nr_stores;
	unsigned int waits;
};

static struct thread threads[MAX_THREADS];
static unsigned int nr_threads, current, steps;
static struct context *home;
static void (*thread_fn)(unsigned int nr);
static const char *failure;
static uint64_t random_state;
static unsigned int stickiness;
static int64_t now;
/* Nanoseconds that each step takes */
static int64_t step_ns;
static bool kicked;
/* The poller belongs to one thread at a time, and so do locked sections. */
static unsigned int in_poller, in_locked;

void explore_spend_time(void)
{
	step_ns = 1000;
}

unsigned int explore_random(unsigned int n)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (random_state >> 20) % n;
}

unsigned long long explore_time(void)
{
	return now;
}

/*
 * Disk requests.  A request is performed by a worker, or it is in flight and
 * completes when no thread can run (let_time_pass()) or a bit earlier.  Only the
 * latter ends a wait in the poller.
 */
enum explore_io_state { NO_IO, QUEUED, FLYING, GIVEN, PERFORMED, COMPLETE };

static struct explore_io {
	enum explore_io_state state;
	void (*done)(void *arg);
	void *arg;
} ios[MAX_IOS];

/* Return a request in @state, or NULL. */
static struct explore_io *explore_io_in(enum explore_io_state state)
{
	unsigned int i;

	for (i = 0; i < MAX_IOS; i++)
		if (ios[i].state == state)
			return &ios[i];
	return NULL;
}

/* Stores */

static void write_out(const struct store *s)
{
	if (s->size == 4)
		__atomic_store_n((uint32_t *)s->p, s->val, __ATOMIC_SEQ_CST);
	else
		__atomic_store_n((uint64_t *)s->p, s->val, __ATOMIC_SEQ_CST);
}

static void drain_one(struct thread *t)
{
	write_out(&t->stores[0]);
	memmove(t->stores, t->stores + 1, --t->nr_stores * sizeof(t->stores[0]));
}

void explore_fence(void)
{
	while (threads[current].nr_stores)
		drain_one(&threads[current]);
}

void explore_store(void *p, unsigned int size, uint64_t val)
{
	struct thread *t = &threads[current];

	if (t->nr_stores == MAX_STORES)
		drain_one(t);
	t->stores[t->nr_stores++] = (struct store) { p, size, val };
	if (!nr_threads)
		explore_fence();
	explore_point();
}

bool explore_own(const void *p, uint64_t *val)
{
	struct thread *t = &threads[current];
	unsigned int i = t->nr_stores;

	while (i--)
		if (t->stores[i].p == p) {
			*val = t->stores[i].val;
			return true;
		}
	return false;
}

/* The scheduler */

/* Return a thread other than @not that can run, or nr_threads. */
static unsigned int explore_pick(unsigned int not )
{
	unsigned int i, n = 0, ready[MAX_THREADS];

	for (i = 0; i < nr_threads; i++)
		if (threads[i].state == READY && i != not)
			ready[n++] = i;
	return n ? ready[explore_random(n)] : nr_threads;
}

static bool wake_poller(void)
{
	bool woken = false;
	unsigned int i;

	for (i = 0; i < nr_threads; i++)
		if (threads[i].state == IN_POLLER) {
			threads[i].state = READY;
			woken = true;
		}
	return woken;
}

static bool explore_sleeps(const struct thread *t)
{
	return t->state == IN_POLLER || t->state == ON_WORD;
}

static void explore_wake_late(void)
{
	unsigned int i;

	for (i = 0; i < nr_threads; i++)
		if (explore_sleeps(&threads[i]) && threads[i].deadline <= now)
			threads[i].state = READY;
}

/* No thread can run: advance the time until one can. */
static bool let_time_pass(void)
{
	struct explore_io *io = explore_io_in(FLYING);
	int64_t first = INT64_MAX;
	unsigned int i;

	if (io) {
		io->state = COMPLETE;
		if (wake_poller())
			return true;
	}
	for (i = 0; i < nr_threads; i++)
		if (explore_sleeps(&threads[i]) && threads[i].deadline < first)
			first = threads[i].deadline;
	if (first == INT64_MAX)
		return false;
	if (first > now)
		now = first;
	explore_wake_late();
	return true;
}

static void explore_fail(const char *why)
{
	failure = why;
	context_switch(threads[current].context, home);
}

static void explore_switch(unsigned int next)
{
	unsigned int old = current;

	if (next == old)
		return;
	current = next;
	context_switch(threads[old].context, threads[next].context);
}

/* Switch to another thread: the current one cannot continue. */
static void explore_block(void)
{
	unsigned int next;

	for (;;) {
		next = explore_pick(nr_threads);
		if (next < nr_threads)
			break;
		if (!let_time_pass())
			explore_fail("everybody sleeps: a wake-up was lost");
	}
	explore_switch(next);
}

void explore_yield(void)
{
	unsigned int next = explore_pick(current);

	if (++steps > MAX_STEPS)
		explore_fail("no end");
	explore_fence();
	if (next < nr_threads)
		explore_switch(next);
}

void explore_point(void)
{
	struct thread *t = &threads[current];

	/* Before and after a run there is only one thread. */
	if (!nr_threads)
		return;
	if (++steps > MAX_STEPS)
		explore_fail("no end");
	if (t->nr_stores && !explore_random(4))
		drain_one(t);
	if (step_ns) {
		now += step_ns;
		explore_wake_late();
	}
	if (!explore_random(stickiness))
		explore_switch(explore_pick(nr_threads));
}

/* Sleeping and waking */

static void sleep_as(enum state state)
{
	explore_fence();
	/* Sleeps may end early. */
	if (!explore_random(16))
		return;
	threads[current].state = state;
	explore_block();
}

static void word_wait_until(uint32_t *word, uint32_t val, int64_t deadline)
{
	explore_fence();
	explore_point();
	if (*word != val || deadline <= now)
		return;
	threads[current].word = word;
	threads[current].deadline = deadline;
	sleep_as(ON_WORD);
}

static void word_wait(uint32_t *word, uint32_t val)
{
	word_wait_until(word, val, INT64_MAX);
}

static void word_wake(uint32_t *word)
{
	unsigned int i;

	explore_fence();
	explore_point();
	for (i = 0; i < nr_threads; i++)
		if (threads[i].state == ON_WORD && threads[i].word == word) {
			threads[i].state = READY;
			return;
		}
}

/* Mostly not at all, as a spin takes many steps */
static uint32_t explore_spin(void)
{
	return explore_random(4) ? explore_random(3) : explore_random(24);
}

static void poller_wait(struct lkl_poller *p, int64_t deadline)
{
	(void)p;
	if (in_poller++)
		explore_fail("two threads wait in the poller");
	threads[current].waits++;
	explore_fence();
	explore_point();
	if (!kicked && !explore_io_in(COMPLETE) && deadline > now) {
		threads[current].deadline = deadline;
		sleep_as(IN_POLLER);
	}
	explore_point();
	kicked = false;
	in_poller--;
}

unsigned int explore_waits(unsigned int nr)
{
	return threads[nr].waits;
}

static void poller_kick(struct lkl_poller *p)
{
	(void)p;
	explore_fence();
	explore_point();
	kicked = true;
	wake_poller();
}

/* Begin a section that the caller's lock protects. */
static void begin_locked(void)
{
	if (in_locked++)
		explore_fail("the poller is used by two threads at once");
	explore_point();
}

static void end_locked(void)
{
	in_locked--;
}

static int poller_create(struct lkl_poller **p)
{
	*p = NULL;
	return 0;
}

static void poller_nothing(struct lkl_poller *p)
{
	(void)p;
}

bool explore_io(void (*done)(void *arg), void *arg)
{
	struct explore_io *io = explore_io_in(NO_IO);

	if (io)
		*io = (struct explore_io) { QUEUED, done, arg };
	return io;
}

static void explore_submit(void)
{
	struct explore_io *io;

	while ((io = explore_io_in(QUEUED)))
		io->state = FLYING;
}

static void poller_submit(struct lkl_poller *p)
{
	(void)p;
	begin_locked();
	explore_submit();
	end_locked();
}

/* A host may always submit instead. */
static struct lkl_blk_io *poller_prepare(struct lkl_poller *p)
{
	struct explore_io *io;

	(void)p;
	begin_locked();
	io = explore_random(4) ? explore_io_in(QUEUED) : NULL;
	if (io)
		io->state = GIVEN;
	if (!io || explore_io_in(QUEUED)) {
		if (io)
			io->state = FLYING;
		io = NULL;
		explore_submit();
	}
	end_locked();
	return (struct lkl_blk_io *)io;
}

static void poller_work(struct lkl_poller *p, struct lkl_blk_io *blk_io)
{
	struct explore_io *io = (struct explore_io *)blk_io;

	(void)p;
	explore_fence();
	if (io->state != GIVEN)
		explore_fail("work that is not there");
	explore_point();
	explore_point();
	io->state = PERFORMED;
	explore_point();
}

static bool explore_reap(enum explore_io_state state)
{
	struct explore_io *io = explore_io_in(state);

	if (!io)
		return false;
	io->state = NO_IO;
	io->done(io->arg);
	return true;
}

static int poller_reap(struct lkl_poller *p)
{
	struct explore_io *flying;
	int n = 0;

	(void)p;
	begin_locked();
	flying = explore_io_in(FLYING);
	if (flying && !explore_random(4))
		flying->state = COMPLETE;
	while (explore_reap(PERFORMED) || explore_reap(COMPLETE))
		n++;
	end_locked();
	return n;
}

const struct lkl_host_wait_ops explore_wait_ops = {
	.size = sizeof(explore_wait_ops),
	.word_wait = word_wait,
	.word_wake = word_wake,
	.word_wait_until = word_wait_until,
	.spin = explore_spin,
	.poller_create = poller_create,
	.poller_prepare = poller_prepare,
	.poller_work = poller_work,
	.poller_wait = poller_wait,
	.poller_kick = poller_kick,
	.poller_submit = poller_submit,
	.poller_reap = poller_reap,
	.poller_destroy = poller_nothing,
};

/* Start and end */

static bool all_done(void)
{
	unsigned int i;

	for (i = 0; i < nr_threads; i++)
		if (threads[i].state != DONE)
			return false;
	return true;
}

static void explore_thread_main(void)
{
	thread_fn(current);
	explore_fence();
	threads[current].state = DONE;
	if (all_done())
		context_switch(threads[current].context, home);
	explore_block();
}

const char *explore_run(uint64_t seed, unsigned int n,
			void (*fn)(unsigned int nr))
{
	unsigned int i;

	random_state = seed * 0x9e3779b97f4a7c15ULL + 1;
	for (i = 0; i < 8; i++)
		explore_random(2);
	/* From a switch at each point to rare ones */
	stickiness = 1 + explore_random(24);
	nr_threads = n;
	thread_fn = fn;
	failure = NULL;
	steps = 0;
	now = 0;
	kicked = false;
	in_poller = 0;
	in_locked = 0;
	memset(ios, 0, sizeof(ios));
	home = context_of_thread();
	for (i = 0; i < n; i++)
		threads[i] = (struct thread) {
			.state = READY,
			.context = context_create(explore_thread_main),
		};
	current = explore_pick(nr_threads);
	context_switch(home, threads[current].context);
	for (i = 0; i < n; i++) {
		context_free(threads[i].context);
		threads[i].nr_stores = 0;
	}
	step_ns = 0;
	nr_threads = 0;
	return failure;
}
