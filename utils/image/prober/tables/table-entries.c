// SPDX-License-Identifier: GPL-2.0
/*
 * The list of partitions of a table.
 */
#include <stdlib.h>

#include "image/prober/tables/prober-table.h"

#define ROOM_MIN	16
/* More partitions than numbers that a user can give are of no use. */
#define ROOM_MAX	65536

void prober_table_free(struct prober_table *t)
{
	free(t->list);
	*t = (struct prober_table) { PROBER_NO_TABLE, NULL, 0, 0 };
}

struct prober_partition *prober_table_add(struct prober_table *t,
					  uint32_t number)
{
	if (t->count == t->room) {
		size_t room = t->room ? 2 * t->room : ROOM_MIN;
		void *list = NULL;

		if (room <= ROOM_MAX)
			list = realloc(t->list, room * sizeof(*t->list));
		if (!list)
			return NULL;
		t->list = list;
		t->room = room;
	}
	t->list[t->count] = (struct prober_partition) { .number = number };
	return &t->list[t->count++];
}
