/* SPDX-License-Identifier: GPL-2.0 */
/* A custom disk whose contents are those of an image, privately, in memory. */
#ifndef LKL_TESTS_MEMORY_DISK_H
#define LKL_TESTS_MEMORY_DISK_H

#include <stdbool.h>
#include <stddef.h>

#include <lkl.h>

/**
 * struct memory_disk - the disk
 * @data:	its contents
 * @size:	in bytes
 * @fails:	called before each request, with the lock of the CPU held: is it
 *		to fail?  May be NULL
 */
struct memory_disk {
	char *data;
	size_t size;
	bool (*fails)(unsigned int type);
};

/* Fills in @data and @size; fails the test if it cannot. */
void memory_disk_open(struct memory_disk *m, const char *image);
void memory_disk_close(struct memory_disk *m);
/* Return the argument of lkl_disk_add(). */
struct lkl_disk memory_disk(struct memory_disk *m);

#endif /* LKL_TESTS_MEMORY_DISK_H */
