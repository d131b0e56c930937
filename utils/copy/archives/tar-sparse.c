// SPDX-License-Identifier: GPL-2.0
/*
 * Maps of sparse files, in the formats of GNU tar.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/alloc.h"
#include "copy/archives/tar-format.h"

/* An extent in a header of the old GNU format. */
struct sparse_extent {
	char off[12];
	char len[12];
};

#define IN_HEADER	4
#define IN_BLOCK	21
/* Offsets in the header of the old GNU format. */
#define OLD_EXTENTS	386
#define OLD_MORE	482
#define OLD_SIZE	483
/* Offset in a further block. */
#define BLOCK_MORE	504
/* Limit, so that an archive cannot use up the memory: 160 MiB. */
#define EXTENTS_MAX	10000000

void tar_sparse_add(struct tar_entry *e, uint64_t off, uint64_t len)
{
	if (e->map_count == e->map_size)
		e->map = xgrow(e->map, &e->map_size, sizeof(*e->map));
	e->map[e->map_count++] = (struct copy_extent) { off, len };
	e->sparse = true;
}

/* Add the extents of a header up to an empty one. */
static bool sparse_add_fields(struct tar_entry *e, const void *p, size_t n)
{
	const struct sparse_extent *x = p;
	int64_t off, len;
	size_t i;

	for (i = 0; i < n && x[i].off[0]; i++) {
		if (!tar_header_get(x[i].off, sizeof(x[i].off), &off) ||
		    !tar_header_get(x[i].len, sizeof(x[i].len), &len) ||
		    off < 0 || len < 0)
			return false;
		tar_sparse_add(e, off, len);
	}
	return true;
}

bool tar_sparse_read_old(struct tar_entry *e, struct tar_input *in,
			 const struct tar_header *h)
{
	const char *p = (const char *)h;
	bool more = p[OLD_MORE];
	int64_t size;

	e->sparse = true;
	if (!tar_header_get(p + OLD_SIZE, 12, &size) || size < 0 ||
	    !sparse_add_fields(e, p + OLD_EXTENTS, IN_HEADER))
		return false;
	e->node.size = size;
	while (more) {
		p = (const char *)tar_input_block(in);
		if (!p || !sparse_add_fields(e, p, IN_BLOCK) ||
		    e->map_count > EXTENTS_MAX)
			return false;
		more = p[BLOCK_MORE];
	}
	return true;
}

bool tar_sparse_parse(struct tar_entry *e, const char *text)
{
	unsigned long long off, len;
	char *end;

	while (*text) {
		errno = 0;
		off = strtoull(text, &end, 10);
		if (end == text || *end != ',')
			return false;
		text = end + 1;
		len = strtoull(text, &end, 10);
		if (end == text || (*end && *end != ',') || errno)
			return false;
		text = end + (*end == ',');
		tar_sparse_add(e, off, len);
	}
	return true;
}

/* Read a number that ends in a newline, and count its bytes. */
static bool sparse_read_number(struct tar_entry *e, struct tar_input *in,
			       uint64_t *value, uint64_t *used)
{
	const char *p;
	size_t n;
	char c;

	*value = 0;
	while (*used < e->stored && (p = tar_input_peek(in, 1, &n))) {
		c = *p;
		tar_input_consume(in, 1);
		++*used;
		if (c == '\n')
			return true;
		if (c < '0' || c > '9' || *value > INT64_MAX / 10 - 1)
			return false;
		*value = *value * 10 + c - '0';
	}
	return false;
}

bool tar_sparse_read_ahead(struct tar_entry *e, struct tar_input *in)
{
	uint64_t count, off, len, used = 0;

	if (!sparse_read_number(e, in, &count, &used) || count > EXTENTS_MAX)
		return false;
	while (count--) {
		if (!sparse_read_number(e, in, &off, &used) ||
		    !sparse_read_number(e, in, &len, &used))
			return false;
		tar_sparse_add(e, off, len);
	}
	len = -used % TAR_BLOCK;
	if (used + len > e->stored)
		return false;
	e->stored -= used + len;
	return tar_input_skip(in, len);
}

bool tar_sparse_is_valid(const struct tar_entry *e)
{
	uint64_t end = 0, sum = 0;
	size_t i;

	for (i = 0; i < e->map_count; i++) {
		const struct copy_extent *x = &e->map[i];

		if (x->off < end || x->len > e->node.size ||
		    x->off > e->node.size - x->len)
			return false;
		end = x->off + x->len;
		sum += x->len;
	}
	return sum <= e->stored;
}
