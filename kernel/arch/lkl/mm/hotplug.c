// SPDX-License-Identifier: GPL-2.0
/*
 * Growth of guest RAM: the size is doubled when less than a quarter is free, up
 * to the size that the host reserved or that mem= allows.
 *
 * The test is made when a system call returns, where no lock is held.  For a
 * call that needs much memory itself, the test is also made when page reclaim
 * asks its shrinkers, at the low watermark.
 */
#include <linux/init.h>
#include <linux/memblock.h>
#include <linux/memory.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/shrinker.h>
#include <linux/vmstat.h>
#include <linux/workqueue.h>
#include <asm/host.h>
#include <asm/ram.h>

/* RAM grows when fewer pages than this are free; 0 if it cannot grow. */
static unsigned long grow_mark;

static phys_addr_t ram_size(void)
{
	return PFN_PHYS(max_pfn);
}

static phys_addr_t ram_step(void)
{
	phys_addr_t step = min(ram_size(), lkl_ram_max - ram_size());

	return ALIGN_DOWN(step, memory_block_size_bytes());
}

static void grow_update_mark(void)
{
	grow_mark = ram_step() ? max_pfn / 4 : 0;
}

/* Return whether RAM should grow; called after every system call. */
bool lkl_ram_low(void)
{
	return global_zone_page_state(NR_FREE_PAGES) < READ_ONCE(grow_mark);
}

static DEFINE_MUTEX(grow_lock);

/* Add RAM if little is free; may sleep. */
void lkl_ram_grow(void)
{
	phys_addr_t step;
	int ret = 0;

	mutex_lock(&grow_lock);
	step = ram_step();
	if (step && lkl_ram_low()) {
		ret = add_memory(0, ram_size(), step, MHP_NONE);
		if (ret)
			pr_warn_once("lkl: cannot add %llu MiB of RAM: %d\n",
				     (u64)step >> 20, ret);
	}
	grow_update_mark();
	if (ret)
		grow_mark = 0;
	mutex_unlock(&grow_lock);
}

static void grow_work_fn(struct work_struct *work)
{
	lkl_ram_grow();
}

static DECLARE_WORK(grow_work, grow_work_fn);

static unsigned long grow_count(struct shrinker *s, struct shrink_control *sc)
{
	if (lkl_ram_low())
		schedule_work(&grow_work);
	return SHRINK_EMPTY;
}

static unsigned long grow_scan(struct shrinker *s, struct shrink_control *sc)
{
	return SHRINK_STOP;
}

static int __init lkl_ram_grow_init(void)
{
	struct shrinker *s;

	if (!IS_ALIGNED(ram_size(), memory_block_size_bytes()))
		return 0;
	s = shrinker_alloc(0, "lkl-ram");
	if (!s)
		return -ENOMEM;
	s->count_objects = grow_count;
	s->scan_objects = grow_scan;
	shrinker_register(s);
	grow_update_mark();
	return 0;
}
late_initcall(lkl_ram_grow_init);

int arch_add_memory(int nid, u64 start, u64 size, struct mhp_params *params)
{
	int ret;

	/* A host that does not promise more memory than it has may refuse. */
	ret = lkl_host_vm_commit((unsigned long)__va(start), size);
	if (ret)
		return ret;
	ret = __add_pages(nid, PHYS_PFN(start), PHYS_PFN(size), params);
	if (!ret) {
		max_pfn = max(max_pfn, PHYS_PFN(start + size));
		max_low_pfn = max_pfn;
		high_memory = __va(PFN_PHYS(max_pfn));
	}
	return ret;
}

void arch_remove_memory(u64 start, u64 size, struct vmem_altmap *altmap,
			struct dev_pagemap *pgmap)
{
	__remove_pages(PHYS_PFN(start), PHYS_PFN(size), altmap, pgmap);
}
