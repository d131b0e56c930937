// SPDX-License-Identifier: GPL-2.0
/*
 * Where the data of a sparse file lies.
 */
#include <stdlib.h>
#include <string.h>

#include "common/alloc.h"
#include "copy/source/source-parts.h"

#define READ_SIZE	(256U << 10)
/* An attribute of a file, as Windows defines it */
#define NTFS_SPARSE	0x200

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

/* Add what is not zero of the @len bytes at @off, in blocks of @unit bytes. */
static void extents_add_data(struct extent_map *m, const char *data, size_t len,
			     uint64_t off, size_t unit)
{
	size_t at, some;

	for (at = 0; at < len; at += some) {
		some = len - at < unit ? len - at : unit;
		if (!extents_is_zero(data + at, some))
			extent_map_add(m, off + at, some);
	}
}

/* Find data by reading: a block of @unit bytes with nothing but zeros is a hole. */
static void extents_read(struct tree_source *s, struct copy *c, int fd,
			 uint64_t size, size_t unit, struct extent_map *m)
{
	size_t want = unit < READ_SIZE ? READ_SIZE - READ_SIZE % unit : unit;
	char *data = xrealloc(NULL, want);
	uint64_t off = 0;
	long n = 0;

	while (off < size && !copy_stopped(c)) {
		n = s->ops->read(fd, data, want, off);
		if (n <= 0)
			break;
		extents_add_data(m, data, n, off, unit);
		off += n;
		copy_step(c);
	}
	free(data);
	/* The rest is read once more, which reports why it cannot be read. */
	if (n <= 0 && off < size)
		extent_map_add(m, off, size - off);
}

static bool extents_is_sparse_ntfs(struct tree_source *s, int fd)
{
	uint32_t attributes;

	return s->ops->get_xattr(fd, NULL, "system.ntfs_attrib", &attributes,
				 sizeof(attributes)) == sizeof(attributes) &&
	       attributes & NTFS_SPARSE;
}

/*
 * Return the size of the blocks that may be holes if the driver of the type knows
 * the holes, but does not show them; otherwise 0.  A compressed file has few blocks
 * as well, but no holes.
 */
static size_t extents_hidden_unit(struct tree_source *s, int fd)
{
	enum tree_type type = source_type(s, fd);

	if (type == TREE_TYPE_SQUASHFS || type == TREE_TYPE_UDF ||
	    (type == TREE_TYPE_NTFS && extents_is_sparse_ntfs(s, fd)))
		return s->ops->block_size(fd);
	return 0;
}

int source_find_extents(struct tree_source *s, struct copy *c, int fd,
			uint64_t size, struct extent_map *m)
{
	int ret = extents_seek(s, c, fd, size, m);
	size_t unit = 0;

	if (!ret && m->count && m->extents[0].len == size)
		unit = extents_hidden_unit(s, fd);
	if (unit) {
		m->count = 0;
		extents_read(s, c, fd, size, unit, m);
	}
	if (!ret && !m->count)
		extent_map_add(m, 0, 0);
	return ret;
}
