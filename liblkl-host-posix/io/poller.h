/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Disk requests on their way, and sleeping until one of them completes.
 */
#ifndef LKL_POLLER_H
#define LKL_POLLER_H

#include "base/host-posix.h"

struct lkl_poller;

/* Queue a request; CPU lock held.  @io->host belongs to poller.c and blk.c. */
void lkl_poller_queue(struct lkl_poller *p, struct lkl_blk_io *io);

/*
 * Wait until no request is writing to [@addr, @addr + @len): the memory is
 * about to be replaced.  CPU lock held.
 */
void lkl_poller_settle(const void *addr, size_t len);

/*
 * Watch a descriptor, until it is unwatched; CPU lock held.  See watch.h for
 * the members to fill in.
 */
struct lkl_watch;
int lkl_poller_watch(struct lkl_poller *p, struct lkl_watch *w);
void lkl_poller_unwatch(struct lkl_poller *p, struct lkl_watch *w);
/* From now on, watch for @events. */
void lkl_poller_rewatch(struct lkl_poller *p, struct lkl_watch *w, int events);
/*
 * Its owner has something that the descriptor does not show: call it again, as
 * for @revents.
 */
void lkl_poller_again(struct lkl_poller *p, struct lkl_watch *w, int revents);

/* blk.c: the file that a request is for */
int lkl_blk_io_fd(const struct lkl_blk_io *io);
/* blk.c: do @io, of which @done bytes are done already; returns the result */
int lkl_blk_io_sync(struct lkl_blk_io *io, uint64_t done);
/* blk.c: result of an asynchronous attempt; may finish it synchronously */
int lkl_blk_io_result(struct lkl_blk_io *io, int res);

/* blk.c: can the ring do it? */
bool lkl_blk_io_has_async(const struct lkl_blk_io *io);
/* blk.c: fill in the ring's entry for such a request */
struct io_uring_sqe;
void lkl_blk_io_prep(struct lkl_blk_io *io, struct io_uring_sqe *sqe);

#endif /* LKL_POLLER_H */
