/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ASM_LKL_TLBFLUSH_H
#define _ASM_LKL_TLBFLUSH_H

#include <linux/mm_types.h>

/*
 * There is no TLB.  No access goes through user page tables, and
 * flush_cache_vunmap(), which knows the exact range, undoes mappings of vmalloc
 * space.
 */
static inline void flush_tlb_all(void)
{
}

static inline void flush_tlb_mm(struct mm_struct *mm)
{
}

static inline void flush_tlb_range(struct vm_area_struct *vma,
				   unsigned long start, unsigned long end)
{
}

static inline void flush_tlb_page(struct vm_area_struct *vma,
				  unsigned long addr)
{
}

static inline void flush_tlb_kernel_range(unsigned long start,
					  unsigned long end)
{
}

#endif /* _ASM_LKL_TLBFLUSH_H */
