// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel image as a part of a static program.  There is no file to load a
 * fresh kernel from for the next boot, so a copy of the initial data is kept.
 * Nor is there a second image: only one kernel runs at a time.
 */
#include <stdbool.h>
#include <string.h>

#include "image/image-load.h"

const struct lkl_entry_table *LKL_ABI lkl_kernel_entry(void);

/* Initial contents of the image's data, kept until the process ends */
static void *initial_data;
static bool image_in_use;

static void *image_data_start(const struct lkl_entry_table *t)
{
	return (void *)(uintptr_t)t->data_start;
}

static int image_save_data(const struct lkl_host_operations *host,
			   const struct lkl_entry_table *t)
{
	uint64_t len = t->data_end - t->data_start;

	initial_data = host->mem_alloc(len);
	if (!initial_data)
		return -LKL_ENOMEM;
	memcpy(initial_data, image_data_start(t), len);
	return 0;
}

static void image_restore_data(const struct lkl_entry_table *t)
{
	memcpy(image_data_start(t), initial_data, t->data_end - t->data_start);
	memset((void *)(uintptr_t)t->bss_start, 0, t->bss_end - t->bss_start);
}

int lkl_image_load(const struct lkl_host_operations *host,
		   struct lkl_image *image)
{
	int ret = 0;

	if (__atomic_exchange_n(&image_in_use, true, __ATOMIC_ACQUIRE))
		return -LKL_EBUSY;
	image->table = lkl_kernel_entry();
	if (initial_data)
		image_restore_data(image->table);
	else
		ret = image_save_data(host, image->table);
	if (ret)
		lkl_image_unload(host, image);
	return ret;
}

void lkl_image_unload(const struct lkl_host_operations *host,
		      struct lkl_image *image)
{
	(void)host;
	image->table = NULL;
	__atomic_store_n(&image_in_use, false, __ATOMIC_RELEASE);
}
