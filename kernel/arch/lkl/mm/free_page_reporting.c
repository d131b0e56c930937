// SPDX-License-Identifier: GPL-2.0
/*
 * Free page reporting: return free memory to the host, in blocks of the size of
 * the host's huge pages.
 */
#include <linux/init.h>
#include <linux/page_reporting.h>
#include <linux/scatterlist.h>
#include <asm/host.h>

/* 2 MiB */
#define HOST_HUGE_PAGE_ORDER	(21 - PAGE_SHIFT)

static int report_free_pages(struct page_reporting_dev_info *info,
			     struct scatterlist *sgl, unsigned int nents)
{
	struct scatterlist *sg;
	unsigned int i;

	for_each_sg(sgl, sg, nents, i)
		lkl_host_ram_discard(page_to_phys(sg_page(sg)), sg->length);
	return 0;
}

static struct page_reporting_dev_info free_page_reporting = {
	.report = report_free_pages,
	.order = HOST_HUGE_PAGE_ORDER,
};

static int __init free_page_reporting_init(void)
{
	return page_reporting_register(&free_page_reporting);
}
late_initcall(free_page_reporting_init);
