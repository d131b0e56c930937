// SPDX-License-Identifier: GPL-2.0
/*
 * Memory for what is written to a device that must not change.
 *
 * Only a replay of a journal writes to what is only read, which is little: a tree
 * of blocks is enough.  A block knows which of its sectors were written, so a
 * write never needs to read the device.
 */
#define _GNU_SOURCE
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "disk/overlay.h"

#define SECTOR	512
#define BLOCK	4096
/* Memory that a block takes, with its place in the tree. */
#define COST	(sizeof(struct overlay_block) + 64)

/**
 * struct overlay_block - a block of the device of which a part was written
 * @number:	offset on the device, in blocks
 * @written:	one bit for each sector
 * @data:	the sectors
 */
struct overlay_block {
	uint64_t number;
	uint8_t written;
	char data[BLOCK];
};

static int overlay_compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Return block @number, or NULL.  A number is the beginning of a block. */
static struct overlay_block *overlay_find(const struct overlay *o,
					  uint64_t number)
{
	void *node;

	if (number < o->first || number >= o->end)
		return NULL;
	node = tfind(&number, &o->root, overlay_compare);
	return node ? *(struct overlay_block **)node : NULL;
}

static struct overlay_block *overlay_add(struct overlay *o, uint64_t number,
					 uint64_t *left)
{
	struct overlay_block *b = *left < COST ? NULL : malloc(sizeof(*b));

	if (!b)
		return NULL;
	b->number = number;
	b->written = 0;
	if (!tsearch(b, &o->root, overlay_compare)) {
		free(b);
		return NULL;
	}
	*left -= COST;
	if (!o->end || number < o->first)
		o->first = number;
	if (number >= o->end)
		o->end = number + 1;
	return b;
}

/* Return how many of @len bytes from @at on are in one piece of @unit bytes. */
static size_t overlay_piece(size_t at, size_t len, size_t unit)
{
	return len < unit - at ? len : unit - at;
}

bool overlay_write(struct overlay *o, const void *buf, size_t len, uint64_t off,
		   uint64_t *left)
{
	const char *from = buf;

	while (len) {
		struct overlay_block *b = overlay_find(o, off / BLOCK);
		size_t at = off % BLOCK, i;
		size_t n = overlay_piece(at, len, BLOCK);

		if (!b)
			b = overlay_add(o, off / BLOCK, left);
		if (!b)
			return false;
		memcpy(b->data + at, from, n);
		for (i = at / SECTOR; i <= (at + n - 1) / SECTOR; i++)
			b->written |= 1 << i;
		from += n;
		off += n;
		len -= n;
	}
	return true;
}

bool overlay_may_have(const struct overlay *o, uint64_t len, uint64_t off)
{
	uint64_t i, end;

	if (!o->end || !len)
		return false;
	i = off / BLOCK;
	end = (off + len - 1) / BLOCK + 1;
	i = i < o->first ? o->first : i;
	end = end > o->end ? o->end : end;
	for (; i < end; i++)
		if (overlay_find(o, i))
			return true;
	return false;
}

void overlay_read(const struct overlay *o, void *buf, size_t len, uint64_t off)
{
	const struct overlay_block *b = NULL;
	char *to = buf;

	while (len) {
		size_t at = off % BLOCK;
		size_t n = overlay_piece(at % SECTOR, len, SECTOR);

		if (!b || b->number != off / BLOCK)
			b = overlay_find(o, off / BLOCK);
		if (b && b->written & 1 << at / SECTOR)
			memcpy(to, b->data + at, n);
		to += n;
		off += n;
		len -= n;
	}
}

void overlay_free(struct overlay *o)
{
	tdestroy(o->root, free);
	*o = (struct overlay) { };
}
