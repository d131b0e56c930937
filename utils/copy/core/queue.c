// SPDX-License-Identifier: GPL-2.0
/*
 * The ring between the source of a copy and its sink.
 *
 * An event is contiguous in the ring, so the sink writes a file from the memory
 * that the source has read it to.  Waking a thread costs more than copying a
 * small file, so a waiting thread is woken only when there is enough to do.
 */
#include <stdatomic.h>
#include <stdlib.h>

#include "common/host/monitor.h"
#include "copy/core/queue.h"

#define RING_SIZE	(4U << 20)
/*
 * A waiting sink is woken for this many bytes, a waiting source for half a
 * ring.
 */
#define WAKE_SIZE	(64U << 10)
/* Interval at which a waiting thread checks whether the copy was stopped. */
#define CHECK_MS	100

/* The conditions of @monitor */
enum { QUEUE_FILLED, QUEUE_DRAINED };

/*
 * @head and @tail count bytes since the start and never wrap; the source
 * advances @head, the sink @tail.  @monitor serves only to wait.
 */
struct copy_queue {
	char *ring;
	_Atomic uint64_t head;
	_Atomic uint64_t tail;
	_Atomic bool ended;
	_Atomic bool closed;
	_Atomic bool sink_waits;
	_Atomic bool source_waits;
	struct monitor *monitor;
	bool (*is_stopped)(void *arg);
	void *arg;
};

struct copy_queue *queue_new(bool (*is_stopped)(void *arg), void *arg)
{
	struct copy_queue *q = calloc(1, sizeof(*q));

	if (!q)
		return NULL;
	q->ring = malloc(RING_SIZE);
	q->monitor = monitor_new();
	if (!q->ring) {
		queue_free(q);
		return NULL;
	}
	q->is_stopped = is_stopped;
	q->arg = arg;
	return q;
}

void queue_free(struct copy_queue *q)
{
	if (!q)
		return;
	free(q->ring);
	monitor_free(q->monitor);
	free(q);
}

static void queue_wake(struct copy_queue *q, int condition)
{
	monitor_lock(q->monitor);
	monitor_signal(q->monitor, condition);
	monitor_unlock(q->monitor);
}

/*
 * Sleep; the caller holds the lock.  No wake-up is lost: this side reads the
 * other's counter after it has set its flag, and the other side reads the flag
 * after it has advanced its counter.  The time limit is only for signals.
 */
static void queue_sleep(struct copy_queue *q, int condition)
{
	monitor_wait_ms(q->monitor, condition, CHECK_MS);
}

/* Source */

static bool queue_has_room(struct copy_queue *q, uint64_t size)
{
	return q->head + size - q->tail <= RING_SIZE;
}

/* Return false when no more events are wanted. */
static bool queue_wait_for_room(struct copy_queue *q, uint64_t size)
{
	bool stopped = false;

	if (queue_has_room(q, size))
		return !q->closed;
	queue_flush(q);
	monitor_lock(q->monitor);
	q->source_waits = true;
	while (!queue_has_room(q, size) && !q->closed && !stopped) {
		queue_sleep(q, QUEUE_DRAINED);
		stopped = q->is_stopped(q->arg);
	}
	q->source_waits = false;
	monitor_unlock(q->monitor);
	return !q->closed && !stopped;
}

struct copy_event *queue_reserve(struct copy_queue *q, size_t size)
{
	size_t at = q->head % RING_SIZE;
	struct copy_event *ev;

	size = (size + 15) & ~(size_t)15;
	if (at + size > RING_SIZE) {
		/* An event is contiguous: leave the end of the ring empty. */
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
	if (q->sink_waits && q->head - q->tail >= WAKE_SIZE)
		queue_wake(q, QUEUE_FILLED);
}

void queue_flush(struct copy_queue *q)
{
	if (q->sink_waits)
		queue_wake(q, QUEUE_FILLED);
}

void queue_end(struct copy_queue *q)
{
	q->ended = true;
	queue_flush(q);
}

/* Sink */

static bool queue_wait_for_event(struct copy_queue *q)
{
	bool stopped = false;

	if (q->head != q->tail)
		return true;
	monitor_lock(q->monitor);
	q->sink_waits = true;
	/* Events that were committed before the end still count. */
	while (q->head == q->tail && !q->ended && !stopped) {
		queue_sleep(q, QUEUE_FILLED);
		stopped = q->is_stopped(q->arg);
	}
	q->sink_waits = false;
	monitor_unlock(q->monitor);
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
		queue_wake(q, QUEUE_DRAINED);
}

void queue_close(struct copy_queue *q)
{
	q->closed = true;
	queue_wake(q, QUEUE_DRAINED);
}
