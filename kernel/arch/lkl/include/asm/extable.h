/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ASM_LKL_EXTABLE_H
#define _ASM_LKL_EXTABLE_H

/*
 * The layout that scripts/sorttable expects for ELF files of x86: two relative
 * addresses and a word of data, which is not used.
 */
#ifndef __ASSEMBLY__
struct exception_table_entry {
	int insn, fixup, data;
};

#define ARCH_HAS_RELATIVE_EXTABLE

#define swap_ex_entry_fixup(a, b, tmp, delta)				\
	do {								\
		(a)->fixup = (b)->fixup + (delta);			\
		(b)->fixup = (tmp).fixup - (delta);			\
	} while (0)

#define _ASM_EXTABLE(from, to)						\
	" .pushsection \"__ex_table\",\"a\"\n"				\
	" .balign 4\n"							\
	" .long (" #from ") - .\n"					\
	" .long (" #to ") - .\n"					\
	" .long 0\n"							\
	" .popsection\n"
#else
#define _ASM_EXTABLE(from, to)						\
	.pushsection __ex_table, "a";					\
	.balign 4;							\
	.long (from) - .;						\
	.long (to) - .;							\
	.long 0;							\
	.popsection
#endif

#endif /* _ASM_LKL_EXTABLE_H */
