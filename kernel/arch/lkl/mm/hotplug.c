// SPDX-License-Identifier: GPL-2.0
/*
 * Guest RAM grows with need: it is doubled when a quarter of it or less is
 * free, up to what the host reserved or mem= allows.
 *
 * The test is made when a system call returns, where no lock is held, and,
 * for a call that needs much memory itself, when the page reclaim code asks
 * its shrinkers, which is when free memory has fallen to the low watermark.
 */
#include <linux/init.h>
#include <linux/memblock.h>
#include <linux/memory.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/shrinker.h>
#include <linux/vmstat.h>
#include <linux/workqueue.h>
#include <asm/host.h>
#include <asm/ram.h>

/* Grow when fewer pages are free; 0: never. */
static unsigned long grow_mark;

static phys_addr_t ram_now(void)
{
	return PFN_PHYS(max_pfn);
}

static phys_addr_t ram_step(void)
{
	phys_addr_t step = min(ram_now(), lkl_ram_max - ram_now());

	return ALIGN_DOWN(step, memory_block_size_bytes());
}

static void update_mark(void)
{
	grow_mark = ram_step() ? max_pfn / 4 : 0;
}

bool lkl_ram_low(void)
{
	return global_zone_page_state(NR_FREE_PAGES) < READ_ONCE(grow_mark);
}

static DEFINE_MUTEX(grow_lock);

void lkl_ram_grow(void)
{
	phys_addr_t step;
	int ret = 0;

	mutex_lock(&grow_lock);
	step = ram_step();
	if (step && lkl_ram_low()) {
		ret = add_memory(0, ram_now(), step, MHP_NONE);
		if (ret)
			pr_warn_once("cannot add %llu MiB of RAM: %d\n",
				     (u64)step >> 20, ret);
	}
	update_mark();
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

	if (!IS_ALIGNED(ram_now(), memory_block_size_bytes()))
		return 0;
	s = shrinker_alloc(0, "lkl-ram");
	if (!s)
		return -ENOMEM;
	s->count_objects = grow_count;
	s->scan_objects = grow_scan;
	shrinker_register(s);
	update_mark();
	return 0;
}
late_initcall(lkl_ram_grow_init);

int arch_add_memory(int nid, u64 start, u64 size, struct mhp_params *params)
{
	int ret = __add_pages(nid, PHYS_PFN(start), PHYS_PFN(size), params);

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
