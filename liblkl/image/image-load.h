/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel image: a file that is mapped (image-elf.c), or a part of the
 * program (image-builtin.c).
 */
#ifndef LKL_IMAGE_LOAD_H
#define LKL_IMAGE_LOAD_H

#include <stdint.h>

#include <lkl_host.h>
#include <lkl/abi.h>

/**
 * struct lkl_image - the kernel image in this process
 * @base:	host address of its address 0; NULL when it is linked in
 * @size:	bytes reserved at @base
 * @table:	the kernel's functions
 */
struct lkl_image {
	unsigned char *base;
	uint64_t size;
	const struct lkl_entry_table *table;
};

/* Map the image and make it ready for a boot; return 0 or an error. */
int lkl_image_load(const struct lkl_host_operations *host,
		   struct lkl_image *image);
/* Remove the image; the next lkl_image_load() gets a fresh kernel. */
void lkl_image_unload(const struct lkl_host_operations *host,
		      struct lkl_image *image);

#endif /* LKL_IMAGE_LOAD_H */
