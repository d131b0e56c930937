/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The buffers of a request.  The host has no calls for several buffers of any
 * size, so a request takes several calls, or one call with a copy of the data.
 */
#ifndef LKL_WIN32_VECTOR_H
#define LKL_WIN32_VECTOR_H

#include <lkl_host.h>

/*
 * Return how many bytes at the start of buffer @first and of the buffers behind
 * lie one behind the other, and store the next buffer in *@next.
 */
uint64_t lkl_host_win32_vector_adjacent(const struct lkl_blk_io *io,
					uint32_t first, uint32_t *next);

/* Return in how many pieces the buffers lie. */
uint32_t lkl_host_win32_vector_pieces(const struct lkl_blk_io *io);

/*
 * Return a buffer in one piece, aligned to a page, for the data of @io, with the
 * data that @io writes; NULL if there is no memory.
 */
void *lkl_host_win32_vector_bounce(const struct lkl_blk_io *io);

/* Copy what @io has read from @bounce to the buffers of @io. */
void lkl_host_win32_vector_scatter(const struct lkl_blk_io *io,
				   const void *bounce);

/* Free a buffer of lkl_host_win32_vector_bounce(), or do nothing for NULL. */
void lkl_host_win32_vector_free(void *bounce);

#endif /* LKL_WIN32_VECTOR_H */
