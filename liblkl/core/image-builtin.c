// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel image in a static program: it is linked in.  There is no fresh
 * copy to load for the next boot, so the first one is kept.
 */
#include <string.h>

#include "core/image.h"

const struct lkl_entry_table *LKL_ABI lkl_kernel_entry(void);

/* Initial contents of the image's data; stays for the life of the process. */
static void *initial_data;

static void *data_start(const struct lkl_entry_table *t)
{
	return (void *)(uintptr_t)t->data_start;
}

static int save_data(const struct lkl_host_operations *host,
		     const struct lkl_entry_table *t)
{
	uint64_t len = t->data_end - t->data_start;

	initial_data = host->mem_alloc(len);
	if (!initial_data)
		return -LKL_ENOMEM;
	memcpy(initial_data, data_start(t), len);
	return 0;
}

static void restore_data(const struct lkl_entry_table *t)
{
	memcpy(data_start(t), initial_data, t->data_end - t->data_start);
	memset((void *)(uintptr_t)t->bss_start, 0, t->bss_end - t->bss_start);
}

int lkl_image_load(const struct lkl_host_operations *host,
		   struct lkl_image *image)
{
	image->table = lkl_kernel_entry();
	if (!initial_data)
		return save_data(host, image->table);
	restore_data(image->table);
	return 0;
}

void lkl_image_unload(const struct lkl_host_operations *host,
		      struct lkl_image *image)
{
	(void)host;
	image->table = NULL;
}
