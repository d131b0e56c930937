// SPDX-License-Identifier: GPL-2.0
/*
 * The list of partitions of a table.
 */
#include <stdlib.h>

#include "image/partitions/table-open.h"

#define SECTOR		512
#define ROOM_MIN	16

/* Fill in the place of a partition. */
static void table_list_fill(const struct image_device *d, uint64_t from,
			    uint64_t sectors, struct partition *p)
{
	int64_t start, size, whole = d->size;

	/* A partition that no file can have is not there. */
	if (__builtin_mul_overflow(from, SECTOR, &start) ||
	    __builtin_mul_overflow(sectors, SECTOR, &size) || start < 0 ||
	    size < 0)
		return;
	p->start = start;
	p->size = size;
	if (start < whole)
		p->present = size < whole - start ? size : whole - start;
}

/* Return true if the list has room for one more partition. */
static bool table_list_grow(struct partition_table *t)
{
	bool full = !t->count || (t->count >= ROOM_MIN &&
				  !(t->count & (t->count - 1)));
	size_t room = t->count < ROOM_MIN ? ROOM_MIN : 2 * (size_t)t->count;
	void *list;

	if (!full)
		return true;
	list = realloc(t->list, room * sizeof(*t->list));
	if (list)
		t->list = list;
	return list;
}

bool partition_table_add(const struct image_device *d,
			 struct partition_table *t, int number, uint64_t start,
			 uint64_t size, bool is_extended)
{
	if (!table_list_grow(t))
		return false;
	t->list[t->count] = (struct partition) {
		.number = number,
		.is_extended = is_extended,
	};
	table_list_fill(d, start, size, &t->list[t->count++]);
	return true;
}

void partition_table_free(struct partition_table *t)
{
	free(t->list);
	*t = (struct partition_table) { };
}

int partition_table_count(const struct partition_table *t)
{
	return t->count;
}

void partition_table_get(const struct partition_table *t, int index,
			 struct partition *p)
{
	*p = t->list[index];
}

bool partition_table_find(const struct partition_table *t, int number,
			  struct partition *p)
{
	int i;

	for (i = 0; i < t->count; i++) {
		if (t->list[i].number != number)
			continue;
		*p = t->list[i];
		return true;
	}
	return false;
}
