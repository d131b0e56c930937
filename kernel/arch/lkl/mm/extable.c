// SPDX-License-Identifier: GPL-2.0
/*
 * Accesses to host memory that may fault: where to go on.
 */
#include <linux/extable.h>
#include <asm/extable.h>
#include <asm/host.h>

/* Called from the host's fault handler: only reads tables. */
u64 LKL_ABI lkl_fixup(u64 ip)
{
	const struct exception_table_entry *e = search_exception_tables(ip);

	return e ? (unsigned long)&e->fixup + e->fixup : 0;
}
