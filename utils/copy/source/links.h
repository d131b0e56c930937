/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Files that have several names, with the first name of each in the target.
 */
#ifndef COPY_LINKS_H
#define COPY_LINKS_H

#include <stddef.h>
#include <stdint.h>

struct copy_link;

struct copy_links {
	struct copy_link **buckets;
	size_t size;
	size_t count;
};

/* Return the first name of a file, or NULL if the file is new. */
const char *links_find(const struct copy_links *l, uint64_t dev, uint64_t ino);
void links_add(struct copy_links *l, uint64_t dev, uint64_t ino,
	       const char *path);
void links_remove(struct copy_links *l, uint64_t dev, uint64_t ino);
void links_free(struct copy_links *l);

#endif /* COPY_LINKS_H */
