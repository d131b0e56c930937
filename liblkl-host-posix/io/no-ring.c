// SPDX-License-Identifier: GPL-2.0
/*
 * Instead of ring.c where the library is built without io_uring: there is no
 * ring, so the poller calls no other function of this file.
 */
#include <stddef.h>

#include "io/ring.h"

struct lkl_ring *lkl_ring_create(void)
{
	return NULL;
}

void lkl_ring_destroy(struct lkl_ring *ring, unsigned int flying)
{
}

unsigned int lkl_ring_capacity(const struct lkl_ring *ring)
{
	return 0;
}

bool lkl_ring_start(struct lkl_ring *ring, struct lkl_blk_io *io)
{
	return false;
}

void lkl_ring_submit(struct lkl_ring *ring)
{
}

struct lkl_blk_io *lkl_ring_completed(struct lkl_ring *ring, int *res)
{
	return NULL;
}

bool lkl_ring_is_completed(struct lkl_ring *ring, const struct lkl_blk_io *io)
{
	return true;
}

int lkl_ring_fd(const struct lkl_ring *ring)
{
	return -1;
}
