// SPDX-License-Identifier: GPL-2.0
/*
 * The buffers of a request.
 */
#include <malloc.h>
#include <string.h>

#include "disk/vector.h"

#define VECTOR_ALIGN	4096

uint64_t lkl_host_win32_vector_adjacent(const struct lkl_blk_io *io,
					uint32_t first, uint32_t *next)
{
	const struct iovec *v = &io->iov[first];
	uint64_t len = v->iov_len;
	uint32_t i;

	for (i = first + 1; i < io->iov_count; i++) {
		if ((char *)v->iov_base + len != io->iov[i].iov_base)
			break;
		len += io->iov[i].iov_len;
	}
	*next = i;
	return len;
}

uint32_t lkl_host_win32_vector_pieces(const struct lkl_blk_io *io)
{
	uint32_t n = 0, i = 0;

	for (; i < io->iov_count; n++)
		lkl_host_win32_vector_adjacent(io, i, &i);
	return n;
}

void *lkl_host_win32_vector_bounce(const struct lkl_blk_io *io)
{
	char *bounce = _aligned_malloc(io->len, VECTOR_ALIGN), *p = bounce;
	uint32_t i;

	if (!bounce || io->op != LKL_BLK_OP_WRITE)
		return bounce;
	for (i = 0; i < io->iov_count; i++) {
		memcpy(p, io->iov[i].iov_base, io->iov[i].iov_len);
		p += io->iov[i].iov_len;
	}
	return bounce;
}

void lkl_host_win32_vector_scatter(const struct lkl_blk_io *io,
				   const void *bounce)
{
	const char *p = bounce;
	uint32_t i;

	for (i = 0; i < io->iov_count; i++) {
		memcpy(io->iov[i].iov_base, p, io->iov[i].iov_len);
		p += io->iov[i].iov_len;
	}
}

void lkl_host_win32_vector_free(void *bounce)
{
	_aligned_free(bounce);
}
