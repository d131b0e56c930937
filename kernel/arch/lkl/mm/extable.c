// SPDX-License-Identifier: GPL-2.0
/*
 * The exception table: accesses to memory of the host program, which may fault.
 */
#include <linux/extable.h>
#include <asm/entry.h>
#include <asm/extable.h>

/*
 * Return the address to continue at after a fault at @ip, 0 if the instruction
 * must not fault.  Called in the host's signal handler: only reads tables.
 */
u64 LKL_ABI lkl_fixup(u64 ip)
{
	const struct exception_table_entry *e = search_exception_tables(ip);

	return e ? (unsigned long)&e->fixup + e->fixup : 0;
}
