/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LKL_LOADER_H
#define LKL_LOADER_H

#include <stdint.h>

#include <lkl_host.h>
#include <lkl/abi.h>

/**
 * struct lkl_image - the kernel image in this process
 * @base:	where its address 0 lies; NULL when it is linked in
 * @size:	bytes reserved there
 * @table:	the kernel's functions
 */
struct lkl_image {
	unsigned char *base;
	uint64_t size;
	const struct lkl_entry_table *table;
};

/* Map the image and make it ready for a boot; 0 or a negative error. */
int lkl_image_load(const struct lkl_host_operations *host,
		   struct lkl_image *image);
/* Remove it; the next lkl_image_load() starts afresh. */
void lkl_image_unload(const struct lkl_host_operations *host,
		      struct lkl_image *image);

#endif /* LKL_LOADER_H */
