// SPDX-License-Identifier: GPL-2.0
/*
 * Carries mappings of vmalloc space to the host: one host call for each run of
 * physically contiguous pages, one for each range that is unmapped.
 */
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <linux/printk.h>
#include <asm/cacheflush.h>
#include <asm/host.h>

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
		ret = host_vm_alias(addr, PFN_PHYS(pfn), run * PAGE_SIZE);
		/* The hook has no way to fail, and the memory is not there. */
		if (ret)
			panic("lkl: host cannot map %lu pages: %d", run, ret);
		addr += run * PAGE_SIZE;
	}
}

void lkl_vunmap(unsigned long start, unsigned long end)
{
	host_vm_unalias(start, end - start);
}
