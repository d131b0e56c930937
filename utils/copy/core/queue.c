// SPDX-License-Identifier: GPL-2.0
/*
 * The ring between the source of a copy and its target.
 *
 * Events lie in it in one piece, so that a file is read into the place that it
 * is written from.  Waking a thread costs more than copying a small file: one
 * that waits is woken when there is enough to do.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

#include "copy/core/queue.h"

#define RING_SIZE	(4U << 20)
/* A waiting target is woken for this much, a waiting source for a half. */
#define WAKE_SIZE	(64U << 10)
/* How often those who wait look whether the user has had enough. */
#define LOOK_NS		100000000L

/*
 * @head and @tail count bytes since the start and never wrap; the source moves
 * @head, the target @tail.  @lock protects nothing but the waiting.
 */
struct copy_queue {
	char *ring;
	_Atomic uint64_t head;
	_Atomic uint64_t tail;
	_Atomic bool ended;
	_Atomic bool closed;
	_Atomic bool target_waits;
	_Atomic bool source_waits;
	pthread_mutex_t lock;
	pthread_cond_t filled;
	pthread_cond_t drained;
	bool (*is_stopped)(void *arg);
	void *arg;
};

struct copy_queue *queue_new(bool (*is_stopped)(void *arg), void *arg)
{
	struct copy_queue *q = calloc(1, sizeof(*q));
	void *ring;

	if (!q)
		return NULL;
	ring = mmap(NULL, RING_SIZE, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (ring == MAP_FAILED) {
		free(q);
		return NULL;
	}
	q->ring = ring;
	q->is_stopped = is_stopped;
	q->arg = arg;
	pthread_mutex_init(&q->lock, NULL);
	pthread_cond_init(&q->filled, NULL);
	pthread_cond_init(&q->drained, NULL);
	return q;
}

void queue_free(struct copy_queue *q)
{
	if (!q)
		return;
	munmap(q->ring, RING_SIZE);
	pthread_mutex_destroy(&q->lock);
	pthread_cond_destroy(&q->filled);
	pthread_cond_destroy(&q->drained);
	free(q);
}

static void queue_wake(struct copy_queue *q, pthread_cond_t *cond)
{
	pthread_mutex_lock(&q->lock);
	pthread_cond_signal(cond);
	pthread_mutex_unlock(&q->lock);
}

/*
 * Called with the lock.  The other side looks at the flag after it has moved
 * its counter, this one at the counter after the flag is set: one of both sees
 * the other.  The time limit is for interrupts only.
 */
static void queue_sleep(struct copy_queue *q, pthread_cond_t *cond)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += LOOK_NS;
	if (until.tv_nsec >= 1000000000L) {
		until.tv_nsec -= 1000000000L;
		until.tv_sec++;
	}
	pthread_cond_timedwait(cond, &q->lock, &until);
}

/* Source */

static bool queue_has_room(struct copy_queue *q, uint64_t size)
{
	return q->head + size - q->tail <= RING_SIZE;
}

/* False: nobody wants any more. */
static bool queue_wait_for_room(struct copy_queue *q, uint64_t size)
{
	bool stopped = false;

	if (queue_has_room(q, size))
		return !q->closed;
	queue_flush(q);
	pthread_mutex_lock(&q->lock);
	q->source_waits = true;
	while (!queue_has_room(q, size) && !q->closed && !stopped) {
		queue_sleep(q, &q->drained);
		stopped = q->is_stopped(q->arg);
	}
	q->source_waits = false;
	pthread_mutex_unlock(&q->lock);
	return !q->closed && !stopped;
}

struct copy_event *queue_reserve(struct copy_queue *q, size_t size)
{
	size_t at = q->head % RING_SIZE;
	struct copy_event *ev;

	size = (size + 15) & ~(size_t)15;
	if (at + size > RING_SIZE) {
		/* In one piece: the rest of the ring stays empty this time. */
		if (!queue_wait_for_room(q, RING_SIZE - at))
			return NULL;
		ev = (struct copy_event *)(q->ring + at);
		ev->size = RING_SIZE - at;
		ev->type = EVENT_PAD;
		q->head += ev->size;
		at = 0;
	}
	if (!queue_wait_for_room(q, size))
		return NULL;
	ev = (struct copy_event *)(q->ring + at);
	*ev = (struct copy_event) { .size = size };
	return ev;
}

void queue_commit(struct copy_queue *q, const struct copy_event *ev)
{
	q->head += ev->size;
	if (q->target_waits && q->head - q->tail >= WAKE_SIZE)
		queue_wake(q, &q->filled);
}

void queue_flush(struct copy_queue *q)
{
	if (q->target_waits)
		queue_wake(q, &q->filled);
}

void queue_end(struct copy_queue *q)
{
	q->ended = true;
	queue_flush(q);
}

/* Target */

static bool queue_wait_for_event(struct copy_queue *q)
{
	bool stopped = false;

	if (q->head != q->tail)
		return true;
	pthread_mutex_lock(&q->lock);
	q->target_waits = true;
	/* Whatever was committed before the end counts. */
	while (q->head == q->tail && !q->ended && !stopped) {
		queue_sleep(q, &q->filled);
		stopped = q->is_stopped(q->arg);
	}
	q->target_waits = false;
	pthread_mutex_unlock(&q->lock);
	return q->head != q->tail && !stopped;
}

struct copy_event *queue_next(struct copy_queue *q)
{
	struct copy_event *ev;

	while (queue_wait_for_event(q)) {
		ev = (struct copy_event *)(q->ring + q->tail % RING_SIZE);
		if (ev->type != EVENT_PAD)
			return ev;
		queue_release(q, ev);
	}
	return NULL;
}

void queue_release(struct copy_queue *q, const struct copy_event *ev)
{
	q->tail += ev->size;
	if (q->source_waits && q->head - q->tail <= RING_SIZE / 2)
		queue_wake(q, &q->drained);
}

void queue_close(struct copy_queue *q)
{
	q->closed = true;
	queue_wake(q, &q->drained);
}
