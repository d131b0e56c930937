// SPDX-License-Identifier: GPL-2.0
/*
 * Descriptors that the poller watches: sources of packets, and the descriptors
 * for which tasks of the kernel wait.
 *
 * The waiting thread does not hold the CPU lock, so it waits on a copy.  The
 * thread stores the events that it found in the watches; the next thread that
 * holds the CPU lock calls the owners of the watches.
 */
#include <stddef.h>

#include <lkl.h>

#include "io/watch.h"

void lkl_watches_init(struct lkl_watches *ws)
{
	*ws = (struct lkl_watches) { .next_id = 1 };
	pthread_mutex_init(&ws->lock, NULL);
}

unsigned int lkl_watches_prepare(struct lkl_watches *ws, struct pollfd *fds,
				 uint64_t *ids)
{
	unsigned int i, n;

	if (!__atomic_load_n(&ws->count, __ATOMIC_RELAXED))
		return 0;
	pthread_mutex_lock(&ws->lock);
	n = ws->count;
	for (i = 0; i < n; i++) {
		struct lkl_watch *w = ws->list[i];

		/* Do not find events again that are not dispatched yet. */
		fds[i].fd = w->revents || !w->events ? -1 : w->fd;
		fds[i].events = w->events;
		fds[i].revents = 0;
		ids[i] = w->id;
	}
	pthread_mutex_unlock(&ws->lock);
	return n;
}

static struct lkl_watch *watches_find(struct lkl_watches *ws, uint64_t id)
{
	unsigned int i;

	for (i = 0; i < ws->count; i++)
		if (ws->list[i]->id == id)
			return ws->list[i];
	return NULL;
}

void lkl_watches_store(struct lkl_watches *ws, const struct pollfd *fds,
		       const uint64_t *ids, unsigned int n)
{
	struct lkl_watch *w;
	unsigned int i;

	pthread_mutex_lock(&ws->lock);
	for (i = 0; i < n; i++) {
		w = fds[i].revents ? watches_find(ws, ids[i]) : NULL;
		if (!w)
			continue;
		w->revents |= fds[i].revents;
		__atomic_store_n(&ws->pending, 1, __ATOMIC_RELEASE);
	}
	pthread_mutex_unlock(&ws->lock);
}

/* Return a watch that has events, and clear them; NULL: there is none. */
static struct lkl_watch *watches_take(struct lkl_watches *ws, int *revents)
{
	struct lkl_watch *w = NULL;
	unsigned int i;

	pthread_mutex_lock(&ws->lock);
	for (i = 0; i < ws->count && !w; i++) {
		if (!ws->list[i]->revents)
			continue;
		w = ws->list[i];
		*revents = w->revents;
		w->revents = 0;
	}
	if (!w)
		ws->pending = 0;
	pthread_mutex_unlock(&ws->lock);
	return w;
}

int lkl_watches_dispatch(struct lkl_watches *ws)
{
	struct lkl_watch *w;
	int n = 0, revents;

	if (!__atomic_load_n(&ws->pending, __ATOMIC_ACQUIRE))
		return 0;
	/* The owner may add and remove watches, also its own. */
	while ((w = watches_take(ws, &revents))) {
		w->ready(w, revents);
		n++;
	}
	return n;
}

int lkl_watches_add(struct lkl_watches *ws, struct lkl_watch *w)
{
	int ret = -LKL_ENOSPC;

	pthread_mutex_lock(&ws->lock);
	if (ws->count < WATCH_MAX) {
		w->id = ws->next_id++;
		w->revents = 0;
		ws->list[ws->count] = w;
		__atomic_store_n(&ws->count, ws->count + 1, __ATOMIC_RELAXED);
		ret = 0;
	}
	pthread_mutex_unlock(&ws->lock);
	return ret;
}

void lkl_watches_remove(struct lkl_watches *ws, struct lkl_watch *w)
{
	unsigned int i;

	pthread_mutex_lock(&ws->lock);
	for (i = 0; i < ws->count && ws->list[i] != w; i++)
		;
	if (i < ws->count) {
		__atomic_store_n(&ws->count, ws->count - 1, __ATOMIC_RELAXED);
		ws->list[i] = ws->list[ws->count];
	}
	pthread_mutex_unlock(&ws->lock);
}

void lkl_watches_set_events(struct lkl_watches *ws, struct lkl_watch *w,
			    int events)
{
	pthread_mutex_lock(&ws->lock);
	w->events = events;
	pthread_mutex_unlock(&ws->lock);
}

void lkl_watches_raise(struct lkl_watches *ws, struct lkl_watch *w,
		       int revents)
{
	pthread_mutex_lock(&ws->lock);
	w->revents |= revents;
	__atomic_store_n(&ws->pending, 1, __ATOMIC_RELEASE);
	pthread_mutex_unlock(&ws->lock);
}
