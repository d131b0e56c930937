// SPDX-License-Identifier: GPL-2.0
/*
 * Guest RAM at boot.  The host reserved address space for RAM.  Only its start
 * is RAM at boot; the rest is added when memory gets low (hotplug.c).
 */
#include <linux/export.h>
#include <linux/init.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/pgtable.h>
#include <linux/sizes.h>
#include <asm/pgalloc.h>
#include <asm/ram.h>
#include <asm/setup.h>

/* The kernel does not boot with less. */
#define RAM_MIN		SZ_16M

unsigned long lkl_ram_base __ro_after_init;
unsigned long lkl_vmemmap __ro_after_init;
unsigned long lkl_vmalloc_start __ro_after_init;
unsigned long lkl_vmalloc_end __ro_after_init;
phys_addr_t lkl_ram_max __ro_after_init;

unsigned long *empty_zero_page;
EXPORT_SYMBOL(empty_zero_page);

pgd_t swapper_pg_dir[PTRS_PER_PGD] __page_aligned_bss;

static phys_addr_t ram_limit __initdata = PHYS_ADDR_MAX;

static int __init ram_parse_mem(char *p)
{
	if (!p)
		return -EINVAL;
	ram_limit = PAGE_ALIGN_DOWN(memparse(p, &p));
	return 0;
}
early_param("mem", ram_parse_mem);

void __init lkl_ram_init(void)
{
	phys_addr_t boot;

	lkl_ram_base = lkl_boot_args.ram_base;
	lkl_vmemmap = lkl_boot_args.page_array;
	lkl_vmalloc_start = lkl_boot_args.vmalloc_base;
	lkl_vmalloc_end = lkl_vmalloc_start + lkl_boot_args.vmalloc_size;

	if (ram_limit < RAM_MIN) {
		pr_warn("lkl: mem=%lluM is too little, using %lluM\n",
			(u64)ram_limit >> 20, (u64)RAM_MIN >> 20);
		ram_limit = RAM_MIN;
	}
	lkl_ram_max = min_t(phys_addr_t, ram_limit, lkl_boot_args.ram_max);
	boot = min_t(phys_addr_t, lkl_ram_max, lkl_boot_args.ram_boot);

	/* Allocate from below, so that boot touches few huge pages of the host. */
	memblock_set_bottom_up(true);
	memblock_add(0, boot);
	/* Callers take physical address 0 for a failed allocation. */
	memblock_reserve(0, PAGE_SIZE);
	max_pfn = PHYS_PFN(boot);
	max_low_pfn = max_pfn;
	high_memory = __va(boot);
}

void __init lkl_paging_init(void)
{
	unsigned long max_zone_pfn[MAX_NR_ZONES] = { };

	sparse_init();
	max_zone_pfn[ZONE_NORMAL] = max_low_pfn;
	free_area_init(max_zone_pfn);
	empty_zero_page = memblock_alloc(PAGE_SIZE, PAGE_SIZE);
	if (!empty_zero_page)
		panic("lkl: no memory for the zero page");
}

void __init mem_init(void)
{
	memblock_free_all();
}

/* The host reserved zeroed memory for the array of struct page. */
int __meminit vmemmap_populate(unsigned long start, unsigned long end,
			       int node, struct vmem_altmap *altmap)
{
	return 0;
}

#ifdef CONFIG_MEMORY_HOTPLUG
void vmemmap_free(unsigned long start, unsigned long end,
		  struct vmem_altmap *altmap)
{
}
#endif

pgd_t *pgd_alloc(struct mm_struct *mm)
{
	return (pgd_t *)get_zeroed_page(GFP_KERNEL);
}

static const pgprot_t protection_map[16] = {
	[VM_NONE]				= PAGE_NONE,
	[VM_READ]				= PAGE_READONLY,
	[VM_WRITE]				= PAGE_READONLY,
	[VM_WRITE | VM_READ]			= PAGE_READONLY,
	[VM_EXEC]				= PAGE_READONLY_EXEC,
	[VM_EXEC | VM_READ]			= PAGE_READONLY_EXEC,
	[VM_EXEC | VM_WRITE]			= PAGE_READONLY_EXEC,
	[VM_EXEC | VM_WRITE | VM_READ]		= PAGE_READONLY_EXEC,
	[VM_SHARED]				= PAGE_NONE,
	[VM_SHARED | VM_READ]			= PAGE_READONLY,
	[VM_SHARED | VM_WRITE]			= PAGE_SHARED,
	[VM_SHARED | VM_WRITE | VM_READ]	= PAGE_SHARED,
	[VM_SHARED | VM_EXEC]			= PAGE_READONLY_EXEC,
	[VM_SHARED | VM_EXEC | VM_READ]		= PAGE_READONLY_EXEC,
	[VM_SHARED | VM_EXEC | VM_WRITE]	= PAGE_SHARED_EXEC,
	[VM_SHARED | VM_EXEC | VM_WRITE | VM_READ] = PAGE_SHARED_EXEC
};
DECLARE_VM_GET_PAGE_PROT
