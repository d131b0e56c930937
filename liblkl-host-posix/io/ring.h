/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A ring of the host, io_uring, for disk requests.
 */
#ifndef LKL_POSIX_RING_H
#define LKL_POSIX_RING_H

#include <stdbool.h>

struct lkl_blk_io;
struct lkl_ring;

/*
 * Return a new ring; NULL when the host has none or forbids it, or the
 * environment says LKL_IO_URING=0.
 */
struct lkl_ring *lkl_ring_create(void);

/* Wait for the @flying requests that have not completed, then free @ring. */
void lkl_ring_destroy(struct lkl_ring *ring, unsigned int flying);

/*
 * Return the number of requests that may fly together.  The completions of more
 * requests would not be seen.
 */
unsigned int lkl_ring_capacity(const struct lkl_ring *ring);

/* Put @io into the ring; false: there is no room before something completes. */
bool lkl_ring_start(struct lkl_ring *ring, struct lkl_blk_io *io);

/* Hand the requests that were started to the host. */
void lkl_ring_submit(struct lkl_ring *ring);

/*
 * Return a request that has completed, with the host's result in *@res; NULL:
 * there is none.
 */
struct lkl_blk_io *lkl_ring_completed(struct lkl_ring *ring, int *res);

/*
 * Return true when @io has completed and lkl_ring_completed() would return it.
 */
bool lkl_ring_is_completed(struct lkl_ring *ring, const struct lkl_blk_io *io);

/* Return the descriptor that is readable when requests have completed. */
int lkl_ring_fd(const struct lkl_ring *ring);

#endif /* LKL_POSIX_RING_H */
