// SPDX-License-Identifier: GPL-2.0
/*
 * Partition tables of all formats.
 */
#include "image/prober/tables/prober-table.h"

bool prober_table_read(const struct prober_source *s, uint32_t sector, int flags,
		       struct prober_table *t)
{
	*t = (struct prober_table) { PROBER_NO_TABLE, NULL, 0, 0 };
	if (!(flags & PROBER_CUT) && prober_dos_read(s, sector, flags, t))
		t->kind = PROBER_DOS;
	else if (!(flags & PROBER_HIDDEN) &&
		 prober_gpt_read(s, sector, flags, t))
		t->kind = PROBER_GPT;
	else
		prober_table_free(t);
	return t->kind != PROBER_NO_TABLE;
}
