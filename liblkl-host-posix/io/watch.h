/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Descriptors that the poller watches beside its own.
 */
#ifndef LKL_POSIX_WATCH_H
#define LKL_POSIX_WATCH_H

#include <poll.h>
#include <pthread.h>
#include <stdint.h>

/*
 * Two for each of the at most 60 devices, as a pipe needs two, and one for the
 * descriptors of the program.
 */
#define WATCH_MAX	128

/**
 * struct lkl_watch - a descriptor that is watched
 * @fd:		descriptor
 * @events:	POLLIN, POLLOUT, or 0: none for now
 * @ready:	called by poller_reap(), with the CPU lock held, when some of
 *		@events were found.  The events may be gone by now
 * @id:		number of the watch, never used for another one
 * @revents:	events that were found and not yet reported to @ready
 */
struct lkl_watch {
	int fd;
	int events;
	void (*ready)(struct lkl_watch *w, int revents);
	uint64_t id;
	int revents;
};

/**
 * struct lkl_watches - all watches of a poller
 * @lock:	protects the others: the waiting thread does not hold the CPU
 *		lock
 * @next_id:	number of the next watch
 * @count:	number of watches
 * @pending:	some watches have @revents
 * @list:	the watches, in no order
 */
struct lkl_watches {
	pthread_mutex_t lock;
	uint64_t next_id;
	unsigned int count;
	uint32_t pending;
	struct lkl_watch *list[WATCH_MAX];
};

void lkl_watches_init(struct lkl_watches *ws);

/*
 * Fill in @fds for poll(2), and @ids, both with room for WATCH_MAX.  Return the
 * number of watches.
 */
unsigned int lkl_watches_prepare(struct lkl_watches *ws, struct pollfd *fds,
				 uint64_t *ids);

/* Store the events that poll(2) found; watches that are gone are left out. */
void lkl_watches_store(struct lkl_watches *ws, const struct pollfd *fds,
		       const uint64_t *ids, unsigned int n);

/*
 * Call @ready of each watch for which events were found, with the CPU lock
 * held.  Return the number of calls.
 */
int lkl_watches_dispatch(struct lkl_watches *ws);

/*
 * Change the watches, with the CPU lock held.  A thread that waits does not see
 * the change until it is kicked.
 */
int lkl_watches_add(struct lkl_watches *ws, struct lkl_watch *w);
void lkl_watches_remove(struct lkl_watches *ws, struct lkl_watch *w);
void lkl_watches_set_events(struct lkl_watches *ws, struct lkl_watch *w,
			    int events);

/* Act as if poll(2) had found @revents for @w. */
void lkl_watches_raise(struct lkl_watches *ws, struct lkl_watch *w,
		       int revents);

#endif /* LKL_POSIX_WATCH_H */
