/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Paths that grow and shrink by components, of any length.
 */
#ifndef COPY_PATH_H
#define COPY_PATH_H

#include <stdbool.h>
#include <stddef.h>

struct copy_path {
	char *str;
	size_t len;
	size_t size;
};

/* The new component is separated by a slash; what was the length before. */
size_t path_push(struct copy_path *p, const char *name);
void path_pop(struct copy_path *p, size_t old);
void path_set(struct copy_path *p, const char *path);
void path_free(struct copy_path *p);

/* How many bytes of two relative paths are the same directories. */
size_t path_common(const char *a, const char *b);

/* Without memory a copy cannot even say what it could not copy. */
void *xrealloc(void *p, size_t size);
char *xstrdup(const char *s);

#endif /* COPY_PATH_H */
