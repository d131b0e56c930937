// SPDX-License-Identifier: GPL-2.0
/*
 * Mappings of vmalloc space: makes one call to the host for each run of
 * physically contiguous pages that is mapped, and one for each range that is
 * unmapped.
 */
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <linux/panic.h>
#include <asm/cacheflush.h>
#include <asm/host.h>

/* Map the pages of [start, end) in the host (flush_cache_vmap()). */
void lkl_vmap(unsigned long start, unsigned long end)
{
	unsigned long addr = start, run, pfn;
	int ret;

	while (addr < end) {
		pfn = pte_pfn(*virt_to_kpte(addr));
		for (run = 1; addr + run * PAGE_SIZE < end; run++)
			if (pte_pfn(*virt_to_kpte(addr + run * PAGE_SIZE)) !=
			    pfn + run)
				break;
		ret = lkl_host_vm_alias(addr, PFN_PHYS(pfn), run * PAGE_SIZE);
		/* The hook cannot return an error, and the caller writes there. */
		if (ret)
			panic("lkl: host cannot map %lu pages: %d", run, ret);
		addr += run * PAGE_SIZE;
	}
}

/* Unmap [start, end) in the host (flush_cache_vunmap()). */
void lkl_vunmap(unsigned long start, unsigned long end)
{
	lkl_host_vm_unalias(start, end - start);
}
