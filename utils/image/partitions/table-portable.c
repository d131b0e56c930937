// SPDX-License-Identifier: GPL-2.0
/*
 * Reading partition tables with the portable prober.
 */
#include "image/detect/device-source.h"
#include "image/partitions/table-open.h"
#include "image/prober/tables/prober-table.h"

#define SECTOR		512

static void table_portable_copy(const struct image_device *d,
				const struct prober_table *from,
				struct partition_table *t)
{
	size_t i;

	for (i = 0; i < from->count; i++) {
		const struct prober_partition *p = &from->list[i];

		if (!partition_table_add(d, t, p->number, p->start / SECTOR,
					 p->size / SECTOR, p->is_extended))
			return;
	}
}

bool partition_table_open(const struct image_device *d,
			  struct partition_table *t, unsigned int sector,
			  enum table_state state)
{
	static const int flags[] = {
		[TABLE_WHOLE] = 0,
		[TABLE_UNPROTECTED] = PROBER_UNPROTECTED,
		[TABLE_CUT] = PROBER_CUT,
		[TABLE_HIDDEN] = PROBER_HIDDEN,
	};
	struct prober_table found;
	struct device_source s;

	*t = (struct partition_table) { };
	device_source_init(&s, d, 0, 0);
	if (!prober_table_read(&s.source, sector ? sector : SECTOR,
			       flags[state], &found))
		return false;
	t->is_dos = found.kind == PROBER_DOS;
	table_portable_copy(d, &found, t);
	prober_table_free(&found);
	return t->count;
}
