// SPDX-License-Identifier: GPL-2.0
/*
 * The poller: disk requests on their way, and where the leader sleeps.
 *
 * Requests go through a ring when the host has one.  A single request is
 * performed "inline", by the thread that would wait for it, with a plain system
 * call, which is cheaper than the ring; so is every request where the host has
 * no ring.
 *
 * Callers hold the CPU lock, except for poller_wait(), poller_work() and
 * poller_kick().  poller_wait() only sleeps; poller_work() touches only the
 * request that poller_prepare() has set aside for it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/error.h"
#include "base/futex.h"
#include "base/nocancel.h"
#include "io/poller.h"
#include "io/ring.h"
#include "shared/clock.h"
#include "shared/list.h"

/* An event that comes within this time is worth busy polling. */
#define POLLER_BUSY_MAX_NS	50000

/**
 * struct lkl_poller - one for each instance
 * @event:	eventfd that wakes the leader
 * @kicked:	@event was written and not yet read
 * @queued:	requests that the host has not seen
 * @flying:	requests in @ring
 * @flying_count: number of them
 * @done:	requests that are done
 * @working:	requests that threads perform in poller_work()
 * @performed:	those of them that are done; a lock-free stack
 * @ring:	NULL: the host has none
 * @watches:	descriptors of others
 * @busy_ns:	how long to poll for packets before a sleep
 * @extension:	see lkl_poller_extension()
 * @ram:	guest RAM of the kernel that uses the poller, NULL: any
 * @link:	link of all_pollers
 */
struct lkl_poller {
	int event;
	uint32_t kicked;
	struct list queued;
	struct list flying;
	unsigned int flying_count;
	struct list done;
	struct list working;
	struct lkl_blk_io *performed;
	struct lkl_ring *ring;
	struct lkl_watches watches;
	int64_t busy_ns;
	struct lkl_poller_extension *extension;
	const struct lkl_ram *ram;
	struct list link;
};

static struct list all_pollers = LIST_INIT(all_pollers);
static pthread_mutex_t all_pollers_lock = PTHREAD_MUTEX_INITIALIZER;

void lkl_poller_queue(struct lkl_poller *p, struct lkl_blk_io *io,
		      const struct lkl_request_target *target)
{
	request_of(io)->target = target;
	request_add(&p->queued, io);
}

/* Note that @io is done; poller_dispatch() calls its owner. */
static void poller_finish(struct lkl_poller *p, struct lkl_blk_io *io,
			  int result)
{
	request_of(io)->result = result;
	request_add(&p->done, io);
}

static void poller_kick(struct lkl_poller *p)
{
	uint64_t one = 1;

	if (__atomic_exchange_n(&p->kicked, 1, __ATOMIC_SEQ_CST))
		return;
	nocancel_write(p->event, &one, sizeof(one));
}

/* Put @io into the ring; false: the ring is full until a request completes. */
static bool poller_start(struct lkl_poller *p, struct lkl_blk_io *io)
{
	if (p->flying_count == lkl_ring_capacity(p->ring) ||
	    !lkl_ring_start(p->ring, io))
		return false;
	request_add(&p->flying, io);
	p->flying_count++;
	return true;
}

static void poller_start_queued(struct lkl_poller *p)
{
	struct lkl_blk_io *io;

	while ((io = request_first(&p->queued))) {
		request_remove(io);
		if (!p->ring || !request_of(io)->target->suits_ring(io)) {
			poller_finish(p, io, request_run(io));
		} else if (!poller_start(p, io)) {
			request_add_first(&p->queued, io);
			break;
		}
	}
	if (p->ring)
		lkl_ring_submit(p->ring);
	/* A request that is done already causes no event that ends a wait. */
	if (!list_is_empty(&p->done))
		poller_kick(p);
}

static void poller_submit(struct lkl_poller *p)
{
	if (!list_is_empty(&p->queued))
		poller_start_queued(p);
}

/* Leave a single request to the caller, which has nothing else to do. */
static struct lkl_blk_io *poller_prepare(struct lkl_poller *p)
{
	struct lkl_blk_io *io = request_first(&p->queued);

	if (io && p->queued.next == p->queued.prev) {
		request_remove(io);
		request_of(io)->result = REQUEST_UNFINISHED;
		request_add(&p->working, io);
		return io;
	}
	poller_submit(p);
	return NULL;
}

static void poller_work(struct lkl_poller *p, struct lkl_blk_io *io)
{
	struct lkl_request *r = request_of(io);
	int result = request_run(io);

	/* From now on, the target is not needed any more. */
	r->performed = __atomic_load_n(&p->performed, __ATOMIC_RELAXED);
	__atomic_store_n(&r->result, result, __ATOMIC_RELEASE);
	while (!__atomic_compare_exchange_n(&p->performed, &r->performed, io,
					    true, __ATOMIC_SEQ_CST,
					    __ATOMIC_RELAXED))
		;
}

/* Take the requests that threads have performed. */
static void poller_take_performed(struct lkl_poller *p)
{
	struct lkl_blk_io *io, *next;

	if (!__atomic_load_n(&p->performed, __ATOMIC_RELAXED))
		return;
	io = __atomic_exchange_n(&p->performed, NULL, __ATOMIC_SEQ_CST);
	for (; io; io = next) {
		next = request_of(io)->performed;
		request_remove(io);
		request_add(&p->done, io);
	}
}

/* Return the time left until @deadline, NULL: wait without limit. */
static struct timespec *poller_time_left(int64_t deadline,
					 struct timespec *left)
{
	int64_t ns;

	if (deadline == INT64_MAX)
		return NULL;
	ns = deadline - now_ns();
	if (ns < 0)
		ns = 0;
	left->tv_sec = ns / NSEC_PER_SEC;
	left->tv_nsec = ns % NSEC_PER_SEC;
	return left;
}

/*
 * Poll for a while without sleeping if the last events came soon, as a
 * hypervisor does before it halts an idle guest: sleeping and waking cost more
 * time than the answer to a request that is on its way.
 */
static int poller_poll_busily(struct lkl_poller *p, struct pollfd *fds,
			      unsigned int n, int64_t deadline)
{
	static const struct timespec zero;
	int64_t start, now;
	int found;

	if (!p->busy_ns)
		return 0;
	start = now_ns();
	do {
		found = nocancel_ppoll(fds, n, &zero);
		now = now_ns();
	} while (!found && now - start < p->busy_ns && now < deadline);
	return found;
}

/* Choose the time of busy polling for the next wait; this one took @ns. */
static void poller_adapt_busy_time(struct lkl_poller *p, int64_t ns)
{
	if (ns > POLLER_BUSY_MAX_NS)
		p->busy_ns = 0;
	else if (lkl_posix_futex_spin())
		p->busy_ns = POLLER_BUSY_MAX_NS;
}

static void poller_sleep_until(struct lkl_poller *p, int64_t deadline)
{
	struct pollfd fds[2 + WATCH_MAX] = {
		{ .fd = p->event, .events = POLLIN },
		{ .fd = p->ring ? lkl_ring_fd(p->ring) : -1, .events = POLLIN },
	};
	uint64_t ids[WATCH_MAX];
	struct timespec left;
	int64_t start = now_ns();
	bool waits = start < deadline;
	unsigned int n;
	int found = 0;

	n = lkl_watches_prepare(&p->watches, &fds[2], ids);
	if (n && waits)
		found = poller_poll_busily(p, fds, 2 + n, deadline);
	if (!found)
		found = nocancel_ppoll(fds, 2 + n,
				       poller_time_left(deadline, &left));
	if (n && waits)
		poller_adapt_busy_time(p, now_ns() - start);
	if (found > 0 && n)
		lkl_watches_store(&p->watches, &fds[2], ids, n);
}

static void poller_wait(struct lkl_poller *p, int64_t deadline)
{
	uint64_t count;

	if (!__atomic_load_n(&p->kicked, __ATOMIC_ACQUIRE))
		poller_sleep_until(p, deadline);
	if (!__atomic_load_n(&p->kicked, __ATOMIC_ACQUIRE))
		return;
	/* While the write of a kick is on its way, the next wait is short. */
	if (nocancel_read(p->event, &count, sizeof(count)) > 0)
		__atomic_store_n(&p->kicked, 0, __ATOMIC_RELEASE);
}

/* Take completed requests out of the ring. */
static void poller_reap_ring(struct lkl_poller *p)
{
	struct lkl_blk_io *io;
	int res;

	while ((io = lkl_ring_completed(p->ring, &res))) {
		request_remove(io);
		p->flying_count--;
		poller_finish(p, io, request_ring_result(io, res));
	}
}

/*
 * Complete the requests that are done, and call the owners of descriptors that
 * have events; a network device receives its packets then, for example.  Return
 * the number of calls.
 */
static int poller_dispatch(struct lkl_poller *p)
{
	struct lkl_blk_io *io;
	int n = 0;

	poller_take_performed(p);
	if (p->flying_count)
		poller_reap_ring(p);
	while ((io = request_first(&p->done))) {
		request_remove(io);
		io->done(io, request_of(io)->result);
		n++;
	}
	return n + lkl_watches_dispatch(&p->watches);
}

int lkl_poller_watch(struct lkl_poller *p, struct lkl_watch *w)
{
	int ret = lkl_watches_add(&p->watches, w);

	if (!ret)
		poller_kick(p);
	return ret;
}

void lkl_poller_unwatch(struct lkl_poller *p, struct lkl_watch *w)
{
	lkl_watches_remove(&p->watches, w);
	poller_kick(p);
}

void lkl_poller_set_events(struct lkl_poller *p, struct lkl_watch *w,
			   int events)
{
	bool more = events & ~w->events;

	if (w->events == events)
		return;
	lkl_watches_set_events(&p->watches, w, events);
	/* The waiting thread polls a copy. */
	if (more)
		poller_kick(p);
}

void lkl_poller_raise(struct lkl_poller *p, struct lkl_watch *w, int revents)
{
	lkl_watches_raise(&p->watches, w, revents);
	/* Events are dispatched after each wait. */
	poller_kick(p);
}

/* Return true when @io reads from a disk into [@addr, @addr + @len). */
static bool poller_is_target(const struct lkl_blk_io *io, const void *addr,
			     uint64_t len)
{
	uintptr_t start = (uintptr_t)addr, base;
	uint32_t i;

	if (io->op != LKL_BLK_OP_READ)
		return false;
	for (i = 0; i < io->iov_count; i++) {
		base = (uintptr_t)io->iov[i].iov_base;
		if (base < start + len && start < base + io->iov[i].iov_len)
			return true;
	}
	return false;
}

static void poller_settle(struct lkl_poller *p, const void *addr, uint64_t len)
{
	struct list *link;

	/* Other threads perform these requests: wait for one disk access each. */
	for (link = p->working.next; link != &p->working; link = link->next) {
		struct lkl_blk_io *io = request_io(link);

		while (!request_is_performed(io) &&
		       poller_is_target(io, addr, len))
			sched_yield();
	}
	for (link = p->flying.next; link != &p->flying; link = link->next) {
		struct lkl_blk_io *io = request_io(link);

		if (!poller_is_target(io, addr, len))
			continue;
		while (!lkl_ring_is_completed(p->ring, io)) {
			struct pollfd fd = { lkl_ring_fd(p->ring), POLLIN, 0 };

			nocancel_ppoll(&fd, 1, NULL);
		}
	}
}

/* The caller does not hold the CPU locks of other kernels: leave their pollers. */
void lkl_poller_settle(const struct lkl_ram *ram, const void *addr,
		       uint64_t len)
{
	struct lkl_poller *p;

	pthread_mutex_lock(&all_pollers_lock);
	list_for_each(p, &all_pollers, link)
		if (!p->ram || p->ram == ram)
			poller_settle(p, addr, len);
	pthread_mutex_unlock(&all_pollers_lock);
}

static void poller_set_ram(struct lkl_poller *p, struct lkl_ram *ram)
{
	pthread_mutex_lock(&all_pollers_lock);
	p->ram = ram;
	pthread_mutex_unlock(&all_pollers_lock);
}

struct lkl_poller_extension **lkl_poller_extension(struct lkl_poller *p)
{
	return &p->extension;
}

static int poller_create(struct lkl_poller **poller)
{
	struct lkl_poller *p = calloc(1, sizeof(*p));

	if (!p)
		return -LKL_ENOMEM;
	p->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (p->event < 0) {
		int err = lkl_posix_error(errno);

		free(p);
		return err;
	}
	list_init(&p->queued);
	list_init(&p->flying);
	list_init(&p->working);
	list_init(&p->done);
	lkl_watches_init(&p->watches);
	p->ring = lkl_ring_create();
	pthread_mutex_lock(&all_pollers_lock);
	list_add_head(&all_pollers, &p->link);
	pthread_mutex_unlock(&all_pollers_lock);
	*poller = p;
	return 0;
}

static void poller_destroy(struct lkl_poller *p)
{
	pthread_mutex_lock(&all_pollers_lock);
	list_remove(&p->link);
	pthread_mutex_unlock(&all_pollers_lock);
	if (p->extension)
		p->extension->destroy(p->extension, p);
	if (p->ring)
		lkl_ring_destroy(p->ring, p->flying_count);
	close(p->event);
	free(p);
}

const struct lkl_host_wait_ops lkl_posix_wait_ops = {
	.size = sizeof(lkl_posix_wait_ops),
	.word_wait = lkl_posix_futex_wait,
	.word_wake = lkl_posix_futex_wake,
	.word_wait_until = lkl_posix_futex_wait_until,
	.spin = lkl_posix_futex_spin,
	.poller_create = poller_create,
	.poller_prepare = poller_prepare,
	.poller_work = poller_work,
	.poller_wait = poller_wait,
	.poller_kick = poller_kick,
	.poller_submit = poller_submit,
	.poller_reap = poller_dispatch,
	.poller_destroy = poller_destroy,
	.poller_set_ram = poller_set_ram,
};
