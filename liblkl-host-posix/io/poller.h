/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The poller: disk requests on their way, descriptors that are watched, and
 * waiting until something happens to one of them.
 */
#ifndef LKL_POSIX_POLLER_H
#define LKL_POSIX_POLLER_H

#include <lkl_host.h>

#include "io/request.h"
#include "io/watch.h"

/* The sub-table @wait of the host's table */
extern const struct lkl_host_wait_ops lkl_posix_wait_ops;

/* Queue @io for @target, with the CPU lock held. */
void lkl_poller_queue(struct lkl_poller *p, struct lkl_blk_io *io,
		      const struct lkl_request_target *target);

/*
 * Wait until no request writes to [@addr, @addr + @len) of the arena @ram, as that
 * memory is about to be replaced.  The CPU lock is held.
 */
void lkl_poller_settle(const struct lkl_ram *ram, const void *addr,
		       uint64_t len);

/*
 * Watch a descriptor until lkl_poller_unwatch(), with the CPU lock held.  The
 * caller has set @w->fd, @w->events and @w->ready.  Return 0 or a negative LKL
 * error.
 */
int lkl_poller_watch(struct lkl_poller *p, struct lkl_watch *w);
void lkl_poller_unwatch(struct lkl_poller *p, struct lkl_watch *w);

/* From now on, watch for @events. */
void lkl_poller_set_events(struct lkl_poller *p, struct lkl_watch *w,
			   int events);

/*
 * Call @w->ready with @revents soon: the owner of @w has work that the
 * descriptor does not show.
 */
void lkl_poller_raise(struct lkl_poller *p, struct lkl_watch *w, int revents);

/**
 * struct lkl_poller_extension - what descriptors.c keeps for a poller
 * @destroy:	called, if there is an extension, before the poller is freed
 */
struct lkl_poller_extension {
	void (*destroy)(struct lkl_poller_extension *ext, struct lkl_poller *p);
};

/* Return the place where @p keeps its extension, NULL at first. */
struct lkl_poller_extension **lkl_poller_extension(struct lkl_poller *p);

#endif /* LKL_POSIX_POLLER_H */
