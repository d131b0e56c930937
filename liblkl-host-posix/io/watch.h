/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Descriptors that the poller watches, beside its own.
 */
#ifndef LKL_WATCH_H
#define LKL_WATCH_H

#include <poll.h>
#include <pthread.h>
#include <stdint.h>

#include "base/host-posix.h"

/*
 * Two for each of the 60 devices that can be, as a pipe has, and one for the
 * descriptors of programs.
 */
#define WATCH_MAX	128

/**
 * struct lkl_watch - a descriptor that is watched
 * @fd:		the descriptor
 * @events:	POLLIN, POLLOUT
 * @ready:	called by the reaper, with the CPU lock held, when some of them
 *		were there.  They may be gone by now
 * @id:		tells it from one that had its place before
 * @revents:	what the last wait found
 */
struct lkl_watch {
	int fd;
	int events;
	void (*ready)(struct lkl_watch *w, int revents);
	uint64_t id;
	int revents;
};

/**
 * struct lkl_watches - all of a poller
 * @lock:	the waiter does not hold the CPU lock
 * @next_id:	of the next watch
 * @count:	number of watches
 * @pending:	some have revents
 * @list:	they, in no order
 */
struct lkl_watches {
	pthread_mutex_t lock;
	uint64_t next_id;
	unsigned int count;
	uint32_t pending;
	struct lkl_watch *list[WATCH_MAX];
};

void lkl_watches_init(struct lkl_watches *ws);

/* Fill in @fds and @ids, room for WATCH_MAX; returns how many there are. */
unsigned int lkl_watches_fds(struct lkl_watches *ws, struct pollfd *fds,
			     uint64_t *ids);
/* What a wait for them found; those that are gone are not looked for. */
void lkl_watches_found(struct lkl_watches *ws, const struct pollfd *fds,
		       const uint64_t *ids, unsigned int n);
/* Tell those that something was found for; CPU lock held.  Their number. */
int lkl_watches_reap(struct lkl_watches *ws);

/*
 * CPU lock held.  A thread that waits goes on to wait for what it knew of until
 * it is kicked.
 */
int lkl_watch_add(struct lkl_watches *ws, struct lkl_watch *w);
void lkl_watch_del(struct lkl_watches *ws, struct lkl_watch *w);
void lkl_watch_events(struct lkl_watches *ws, struct lkl_watch *w, int events);
/* As if @revents had been found for @w. */
void lkl_watch_again(struct lkl_watches *ws, struct lkl_watch *w, int revents);

#endif /* LKL_WATCH_H */
