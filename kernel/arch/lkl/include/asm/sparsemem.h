/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ASM_LKL_SPARSEMEM_H
#define _ASM_LKL_SPARSEMEM_H

/*
 * Guest RAM grows by sections.  Sections are small, so that a program with a
 * small disk image uses little memory.
 */
#define SECTION_SIZE_BITS	25
#define MAX_PHYSMEM_BITS	40

#endif /* _ASM_LKL_SPARSEMEM_H */
