// SPDX-License-Identifier: GPL-2.0
/*
 * The poller: disk requests on their way, and where the leader sleeps.
 *
 * Requests go through an io_uring when the host has one.  A request that is
 * alone is done by the worker itself with a plain system call, which is cheaper
 * than the ring; so is everything where the host has no ring.
 *
 * All but poller_wait(), poller_work() and poller_kick() is called with the CPU
 * lock held.  poller_wait() only sleeps; poller_work() touches the request that
 * poller_prepare() set aside for it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "config.h"
#ifdef HAVE_LIBURING
#include <liburing.h>
#endif

#include "io/descriptors.h"
#include "io/poller.h"
#include "base/futex.h"
#include "io/watch.h"

#define RING_ENTRIES	128
/* An answer that comes within this time is quick. */
#define LOOK_MAX_NS	50000

/* Use of struct lkl_blk_io.host here: links of a list; [3] is blk.c's. */
#define IO_NEXT		0
#define IO_PREV		1
#define IO_RESULT	2

struct io_list {
	struct lkl_blk_io *head;
	struct lkl_blk_io *tail;
	unsigned int count;
};

enum solo_state { SOLO_NONE, SOLO_GIVEN, SOLO_DONE };

/**
 * struct lkl_poller - one per instance
 * @event:	wakes the leader
 * @kicked:	@event was written and not yet read
 * @queued:	requests that the host has not seen
 * @flying:	requests in the ring
 * @ready:	finished requests, their IO_RESULT is set
 * @solo:	the request that the worker does by itself
 * @solo_state:	enum solo_state
 * @watches:	descriptors of others
 * @hostfds:	those that tasks of the kernel wait for
 * @look_ns:	how long to look for packets before a sleep
 * @next:	list of all pollers
 */
struct lkl_poller {
	int event;
	uint32_t kicked;
	struct io_list queued;
	struct io_list flying;
	struct io_list ready;
	struct lkl_blk_io *solo;
	uint32_t solo_state;
	struct lkl_watches watches;
	struct lkl_hostfds hostfds;
	int64_t look_ns;
	struct lkl_poller *next;
#ifdef HAVE_LIBURING
	bool has_ring;
	struct io_uring ring;
#endif
};

static struct lkl_poller *all_pollers;
static pthread_mutex_t all_pollers_lock = PTHREAD_MUTEX_INITIALIZER;

static struct lkl_blk_io *io_link(const struct lkl_blk_io *io, int which)
{
	return (struct lkl_blk_io *)(uintptr_t)io->host[which];
}

static void list_add(struct io_list *l, struct lkl_blk_io *io)
{
	io->host[IO_NEXT] = 0;
	io->host[IO_PREV] = (uintptr_t)l->tail;
	if (l->tail)
		l->tail->host[IO_NEXT] = (uintptr_t)io;
	else
		l->head = io;
	l->tail = io;
	l->count++;
}

static void list_add_first(struct io_list *l, struct lkl_blk_io *io)
{
	io->host[IO_NEXT] = (uintptr_t)l->head;
	io->host[IO_PREV] = 0;
	if (l->head)
		l->head->host[IO_PREV] = (uintptr_t)io;
	else
		l->tail = io;
	l->head = io;
	l->count++;
}

static void list_del(struct io_list *l, struct lkl_blk_io *io)
{
	struct lkl_blk_io *next = io_link(io, IO_NEXT);
	struct lkl_blk_io *prev = io_link(io, IO_PREV);

	if (prev)
		prev->host[IO_NEXT] = (uintptr_t)next;
	else
		l->head = next;
	if (next)
		next->host[IO_PREV] = (uintptr_t)prev;
	else
		l->tail = prev;
	l->count--;
}

void lkl_poller_queue(struct lkl_poller *p, struct lkl_blk_io *io)
{
	list_add(&p->queued, io);
}

static void finish(struct lkl_poller *p, struct lkl_blk_io *io, int result)
{
	io->host[IO_RESULT] = (uint64_t)(int64_t)result;
	list_add(&p->ready, io);
}

/* The ring; without it, the same functions do everything at once. */

#ifdef HAVE_LIBURING
/*
 * A ring goes past seccomp, with which programs confine themselves; so it does
 * from the start no more than disks need.
 */
static int ring_restrict(struct io_uring *ring)
{
	static const uint8_t ops[] = {
		IORING_OP_READV, IORING_OP_WRITEV, IORING_OP_FSYNC,
	};
	struct io_uring_restriction r[ARRAY_SIZE(ops)];
	unsigned int i;
	int fd = ring->ring_fd;

	memset(r, 0, sizeof(r));
	for (i = 0; i < ARRAY_SIZE(ops); i++) {
		r[i].opcode = IORING_RESTRICTION_SQE_OP;
		r[i].sqe_op = ops[i];
	}
	/* The functions for this are missing from the library of Debian 12. */
	if (syscall(SYS_io_uring_register, fd, IORING_REGISTER_RESTRICTIONS, r,
		    ARRAY_SIZE(ops)) ||
	    syscall(SYS_io_uring_register, fd, IORING_REGISTER_ENABLE_RINGS,
		    NULL, 0))
		return -1;
	return 0;
}

static void ring_create(struct lkl_poller *p)
{
	const char *env = getenv("LKL_IO_URING");

	if (env && !strcmp(env, "0"))
		return;
	/* Containers often forbid it; that is no error. */
	if (io_uring_queue_init(RING_ENTRIES, &p->ring, IORING_SETUP_CLAMP |
				IORING_SETUP_R_DISABLED))
		return;
	p->has_ring = !ring_restrict(&p->ring);
	if (!p->has_ring)
		io_uring_queue_exit(&p->ring);
}

/* A kernel that died leaves requests; they must not come later. */
static void ring_destroy(struct lkl_poller *p)
{
	unsigned int left = p->flying.count;
	struct io_uring_cqe *cqe;
	int ret;

	if (!p->has_ring)
		return;
	while (left) {
		ret = io_uring_wait_cqe(&p->ring, &cqe);
		if (ret == -EINTR)
			continue;
		if (ret)
			break;
		io_uring_cqe_seen(&p->ring, cqe);
		left--;
	}
	io_uring_queue_exit(&p->ring);
}

static bool ring_usable(const struct lkl_poller *p)
{
	return p->has_ring;
}

static void ring_submit(struct lkl_poller *p)
{
	int ret;

	do {
		ret = io_uring_submit(&p->ring);
	} while (ret == -EINTR || ret == -EAGAIN);
}

/*
 * False: it has to wait until something has completed.  No more fly than the
 * ring has room for completions; those in excess would not be seen.
 */
static bool ring_start(struct lkl_poller *p, struct lkl_blk_io *io)
{
	struct io_uring_sqe *sqe;

	if (p->flying.count == p->ring.cq.ring_entries)
		return false;
	sqe = io_uring_get_sqe(&p->ring);
	if (!sqe) {
		ring_submit(p);
		sqe = io_uring_get_sqe(&p->ring);
	}
	if (!sqe)
		return false;
	lkl_blk_io_prep(io, sqe);
	io_uring_sqe_set_data(sqe, io);
	list_add(&p->flying, io);
	return true;
}

static void ring_reap(struct lkl_poller *p)
{
	struct io_uring_cqe *cqe;
	unsigned int head, seen = 0;

	io_uring_for_each_cqe(&p->ring, head, cqe) {
		struct lkl_blk_io *io = io_uring_cqe_get_data(cqe);

		seen++;
		list_del(&p->flying, io);
		finish(p, io, lkl_blk_io_result(io, cqe->res));
	}
	if (seen)
		io_uring_cq_advance(&p->ring, seen);
}

static int ring_fd(const struct lkl_poller *p)
{
	return p->has_ring ? p->ring.ring_fd : -1;
}

/* Has @io completed?  It may still wait to be reaped. */
static bool ring_is_done(struct lkl_poller *p, const struct lkl_blk_io *io)
{
	struct io_uring_cqe *cqe;
	unsigned int head;

	io_uring_for_each_cqe(&p->ring, head, cqe)
		if (io_uring_cqe_get_data(cqe) == io)
			return true;
	return false;
}
#else
static void ring_create(struct lkl_poller *p) { (void)p; }
static void ring_destroy(struct lkl_poller *p) { (void)p; }
static bool ring_usable(const struct lkl_poller *p) { (void)p; return false; }
static bool ring_start(struct lkl_poller *p, struct lkl_blk_io *io)
{
	(void)p;
	(void)io;
	return false;
}

static void ring_submit(struct lkl_poller *p) { (void)p; }
static void ring_reap(struct lkl_poller *p) { (void)p; }
static int ring_fd(const struct lkl_poller *p) { (void)p; return -1; }
static bool ring_is_done(struct lkl_poller *p, const struct lkl_blk_io *io)
{
	(void)p;
	(void)io;
	return true;
}
#endif

static void poller_kick(struct lkl_poller *p)
{
	uint64_t one = 1;

	if (__atomic_exchange_n(&p->kicked, 1, __ATOMIC_SEQ_CST))
		return;
	lkl_posix_write(p->event, &one, sizeof(one));
}

static void start_queued(struct lkl_poller *p)
{
	bool ring = ring_usable(p);

	while (p->queued.head) {
		struct lkl_blk_io *io = p->queued.head;

		list_del(&p->queued, io);
		if (!ring || !lkl_blk_io_has_async(io)) {
			finish(p, io, lkl_blk_io_sync(io, 0));
		} else if (!ring_start(p, io)) {
			list_add_first(&p->queued, io);
			break;
		}
	}
	if (ring)
		ring_submit(p);
	/* What is done already wakes nobody by itself. */
	if (p->ready.head)
		poller_kick(p);
}

static void poller_submit(struct lkl_poller *p)
{
	if (p->queued.head)
		start_queued(p);
}

/* One request alone is left to the caller, who has nothing else to do. */
static int poller_prepare(struct lkl_poller *p)
{
	if (p->queued.count == 1 && !p->flying.count &&
	    p->solo_state == SOLO_NONE) {
		p->solo = p->queued.head;
		list_del(&p->queued, p->solo);
		__atomic_store_n(&p->solo_state, SOLO_GIVEN, __ATOMIC_RELAXED);
		return 1;
	}
	poller_submit(p);
	return 0;
}

static void poller_work(struct lkl_poller *p)
{
	int result = lkl_blk_io_sync(p->solo, 0);

	p->solo->host[IO_RESULT] = (uint64_t)(int64_t)result;
	__atomic_store_n(&p->solo_state, SOLO_DONE, __ATOMIC_RELEASE);
}

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

/* What is left until @deadline; NULL: wait for ever */
static struct timespec *time_left(int64_t deadline, struct timespec *left)
{
	int64_t ns;

	if (deadline == INT64_MAX)
		return NULL;
	ns = deadline - now_ns();
	if (ns < 0)
		ns = 0;
	left->tv_sec = ns / 1000000000;
	left->tv_nsec = ns % 1000000000;
	return left;
}

/*
 * To sleep and be woken costs more than the answer to a request that is on its
 * way.  So look for a while first, where the last answers were quick; as the
 * hypervisor does before it lets an idle guest go.
 */
static int look_first(struct lkl_poller *p, struct pollfd *fds, unsigned int n,
		      int64_t deadline)
{
	static const struct timespec zero;
	int64_t start, now;
	int found;

	if (!p->look_ns)
		return 0;
	start = now_ns();
	do {
		found = lkl_posix_ppoll(fds, n, &zero);
		now = now_ns();
	} while (!found && now - start < p->look_ns && now < deadline);
	return found;
}

/* A wait took @ns: was it worth looking, or would it have been? */
static void learn(struct lkl_poller *p, int64_t ns)
{
	if (ns > LOOK_MAX_NS)
		p->look_ns = 0;
	else if (lkl_posix_spin())
		p->look_ns = LOOK_MAX_NS;
}

static void sleep_until(struct lkl_poller *p, int64_t deadline)
{
	struct pollfd fds[2 + WATCH_MAX] = {
		{ .fd = p->event, .events = POLLIN },
		{ .fd = ring_fd(p), .events = POLLIN },
	};
	uint64_t ids[WATCH_MAX];
	struct timespec left;
	int64_t start = now_ns();
	bool waits = start < deadline;
	unsigned int n;
	int found = 0;

	n = lkl_watches_fds(&p->watches, &fds[2], ids);
	if (n && waits)
		found = look_first(p, fds, 2 + n, deadline);
	if (!found)
		found = lkl_posix_ppoll(fds, 2 + n,
					time_left(deadline, &left));
	if (n && waits)
		learn(p, now_ns() - start);
	if (found > 0 && n)
		lkl_watches_found(&p->watches, &fds[2], ids, n);
}

static void poller_wait(struct lkl_poller *p, int64_t deadline)
{
	uint64_t count;

	if (!__atomic_load_n(&p->kicked, __ATOMIC_ACQUIRE))
		sleep_until(p, deadline);
	if (!__atomic_load_n(&p->kicked, __ATOMIC_ACQUIRE))
		return;
	/* The write may still be on its way: then the next wait is short. */
	if (lkl_posix_read(p->event, &count, sizeof(count)) > 0)
		__atomic_store_n(&p->kicked, 0, __ATOMIC_RELEASE);
}

static int poller_reap(struct lkl_poller *p)
{
	struct lkl_blk_io *io;
	int n = 0;

	if (__atomic_load_n(&p->solo_state, __ATOMIC_ACQUIRE) == SOLO_DONE) {
		list_add(&p->ready, p->solo);
		p->solo = NULL;
		p->solo_state = SOLO_NONE;
	}
	if (p->flying.count)
		ring_reap(p);
	while ((io = p->ready.head)) {
		list_del(&p->ready, io);
		io->done(io, (int)(int64_t)io->host[IO_RESULT]);
		n++;
	}
	return n + lkl_watches_reap(&p->watches);
}

int lkl_poller_watch(struct lkl_poller *p, struct lkl_watch *w)
{
	int ret = lkl_watch_add(&p->watches, w);

	if (!ret)
		poller_kick(p);
	return ret;
}

void lkl_poller_unwatch(struct lkl_poller *p, struct lkl_watch *w)
{
	lkl_watch_del(&p->watches, w);
	poller_kick(p);
}

void lkl_poller_rewatch(struct lkl_poller *p, struct lkl_watch *w, int events)
{
	bool more = events & ~w->events;

	if (w->events == events)
		return;
	lkl_watch_events(&p->watches, w, events);
	/* Who waits does not know. */
	if (more)
		poller_kick(p);
}

void lkl_poller_again(struct lkl_poller *p, struct lkl_watch *w, int revents)
{
	lkl_watch_again(&p->watches, w, revents);
	/* Who waits reaps afterwards. */
	poller_kick(p);
}

static bool writes_to(const struct lkl_blk_io *io, const void *addr,
		      size_t len)
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

static void settle(struct lkl_poller *p, const void *addr, size_t len)
{
	struct lkl_blk_io *io;

	/* The worker is at it; it takes as long as one disk access. */
	while (__atomic_load_n(&p->solo_state, __ATOMIC_ACQUIRE) ==
	       SOLO_GIVEN && writes_to(p->solo, addr, len))
		sched_yield();
	for (io = p->flying.head; io; io = io_link(io, IO_NEXT)) {
		if (!writes_to(io, addr, len))
			continue;
		while (!ring_is_done(p, io)) {
			struct pollfd fd = { ring_fd(p), POLLIN, 0 };

			lkl_posix_ppoll(&fd, 1, NULL);
		}
	}
}

void lkl_poller_settle(const void *addr, size_t len)
{
	struct lkl_poller *p;

	pthread_mutex_lock(&all_pollers_lock);
	for (p = all_pollers; p; p = p->next)
		settle(p, addr, len);
	pthread_mutex_unlock(&all_pollers_lock);
}

struct lkl_hostfds *lkl_poller_hostfds(struct lkl_poller *p)
{
	return &p->hostfds;
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
	lkl_watches_init(&p->watches);
	ring_create(p);
	pthread_mutex_lock(&all_pollers_lock);
	p->next = all_pollers;
	all_pollers = p;
	pthread_mutex_unlock(&all_pollers_lock);
	*poller = p;
	return 0;
}

static void poller_destroy(struct lkl_poller *p)
{
	struct lkl_poller **link = &all_pollers;

	pthread_mutex_lock(&all_pollers_lock);
	while (*link != p)
		link = &(*link)->next;
	*link = p->next;
	pthread_mutex_unlock(&all_pollers_lock);
	lkl_hostfds_destroy(p, &p->hostfds);
	ring_destroy(p);
	close(p->event);
	free(p);
}

const struct lkl_host_wait_ops lkl_posix_wait_ops = {
	.size = sizeof(lkl_posix_wait_ops),
	.word_wait = lkl_posix_word_wait,
	.word_wake = lkl_posix_word_wake,
	.word_wait_until = lkl_posix_word_wait_until,
	.spin = lkl_posix_spin,
	.poller_create = poller_create,
	.poller_prepare = poller_prepare,
	.poller_work = poller_work,
	.poller_wait = poller_wait,
	.poller_kick = poller_kick,
	.poller_submit = poller_submit,
	.poller_reap = poller_reap,
	.poller_destroy = poller_destroy,
};
