// SPDX-License-Identifier: GPL-2.0
/*
 * Memory for what is written to a device that must not change.
 *
 * Only a replay of a journal writes to what is only read, which is little: a hash
 * table of blocks is enough.  A block knows which of its sectors were written, so a
 * write never needs to read the device.
 */
#include <stdlib.h>
#include <string.h>

#include "disk/overlay.h"

#define SECTOR	512
#define BLOCK	4096
#define BUCKETS_MIN	64
/* Memory that a block takes, with its place in the table. */
#define COST	(sizeof(struct overlay_block) + 64)

/**
 * struct overlay_block - a block of the device of which a part was written
 * @next:	next block of the same bucket
 * @number:	offset on the device, in blocks
 * @written:	one bit for each sector
 * @data:	the sectors
 */
struct overlay_block {
	struct overlay_block *next;
	uint64_t number;
	uint8_t written;
	char data[BLOCK];
};

static size_t overlay_hash(uint64_t number, size_t buckets)
{
	return (number * 0x9e3779b97f4a7c15ULL >> 32) & (buckets - 1);
}

/* Return block @number, or NULL.  A number is the beginning of a block. */
static struct overlay_block *overlay_find(const struct overlay *o,
					  uint64_t number)
{
	struct overlay_block *b;

	if (number < o->first || number >= o->end)
		return NULL;
	b = o->buckets[overlay_hash(number, o->bucket_count)];
	while (b && b->number != number)
		b = b->next;
	return b;
}

static void overlay_link(struct overlay_block **buckets, size_t count,
			 struct overlay_block *b)
{
	size_t i = overlay_hash(b->number, count);

	b->next = buckets[i];
	buckets[i] = b;
}

/* Let the table have at least one bucket for each block. */
static bool overlay_grow(struct overlay *o)
{
	size_t count = o->bucket_count ? 2 * o->bucket_count : BUCKETS_MIN, i;
	struct overlay_block **buckets, *b;

	if (o->block_count < o->bucket_count)
		return true;
	buckets = calloc(count, sizeof(*buckets));
	if (!buckets)
		return false;
	for (i = 0; i < o->bucket_count; i++)
		while ((b = o->buckets[i])) {
			o->buckets[i] = b->next;
			overlay_link(buckets, count, b);
		}
	free(o->buckets);
	o->buckets = buckets;
	o->bucket_count = count;
	return true;
}

static struct overlay_block *overlay_add(struct overlay *o, uint64_t number,
					 uint64_t *left)
{
	struct overlay_block *b;

	if (*left < COST || !overlay_grow(o))
		return NULL;
	b = malloc(sizeof(*b));
	if (!b)
		return NULL;
	b->number = number;
	b->written = 0;
	overlay_link(o->buckets, o->bucket_count, b);
	o->block_count++;
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
	struct overlay_block *b, *next;
	size_t i;

	for (i = 0; i < o->bucket_count; i++)
		for (b = o->buckets[i]; b; b = next) {
			next = b->next;
			free(b);
		}
	free(o->buckets);
	*o = (struct overlay) { };
}
