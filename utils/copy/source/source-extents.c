// SPDX-License-Identifier: GPL-2.0
/*
 * Where the data of a sparse file lies.
 */
#include <stdlib.h>
#include <string.h>

#include "common/alloc.h"
#include "copy/source/source-parts.h"

static void extent_map_add(struct extent_map *m, uint64_t off, uint64_t len)
{
	struct copy_extent *last = m->count ? &m->extents[m->count - 1] : NULL;

	if (last && last->off + last->len == off) {
		last->len += len;
		return;
	}
	if (m->count == m->size)
		m->extents = xgrow(m->extents, &m->size,
				   sizeof(*m->extents));
	m->extents[m->count++] = (struct copy_extent) { off, len };
}

static int extents_seek(struct tree_source *s, struct copy *c, int fd,
			uint64_t size, struct extent_map *m)
{
	int64_t data, hole = 0;

	while ((uint64_t)hole < size && !copy_stopped(c)) {
		data = s->ops->seek_data(fd, hole);
		if (s->ops->is_no_data(data))
			break;
		hole = data < 0 ? data : s->ops->seek_hole(fd, data);
		if (hole < 0) {
			source_error(s, c, "find data of", hole);
			return -1;
		}
		if ((uint64_t)data >= size)
			break;
		extent_map_add(m, data,
			       ((uint64_t)hole < size ? (uint64_t)hole : size) -
				       data);
	}
	return 0;
}

static bool extents_is_zero(const char *data, size_t len)
{
	return !len || (!data[0] && !memcmp(data, data + 1, len - 1));
}

/* Find data by reading: a block of @unit bytes with nothing but zeros is a hole. */
static void extents_read(struct tree_source *s, struct copy *c, int fd,
			 uint64_t size, size_t unit, struct extent_map *m)
{
	char *block = xrealloc(NULL, unit);
	uint64_t off = 0;
	long n = 0;

	while (off < size && !copy_stopped(c)) {
		n = s->ops->read(fd, block, unit, off);
		if (n <= 0)
			break;
		if (!extents_is_zero(block, n))
			extent_map_add(m, off, n);
		off += n;
		copy_step(c);
	}
	free(block);
	/* The rest is read once more, which reports why it cannot be read. */
	if (n <= 0 && off < size)
		extent_map_add(m, off, size - off);
}

int source_find_extents(struct tree_source *s, struct copy *c, int fd,
			uint64_t size, struct extent_map *m)
{
	int ret = extents_seek(s, c, fd, size, m);
	size_t unit = 0;

	if (!ret && m->count && m->extents[0].len == size &&
	    source_type(s, fd) == TREE_TYPE_SQUASHFS)
		unit = s->ops->block_size(fd);
	/* The driver of squashfs knows the holes, but does not show them. */
	if (unit) {
		m->count = 0;
		extents_read(s, c, fd, size, unit, m);
	}
	if (!ret && !m->count)
		extent_map_add(m, 0, 0);
	return ret;
}
