/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Paths that grow and shrink by components, of any length.
 */
#ifndef COPY_PATH_H
#define COPY_PATH_H

#include <stdbool.h>
#include <stddef.h>

struct path_buf {
	char *str;
	size_t len;
	size_t size;
};

/* The new component is separated by a slash; what was the length before. */
size_t path_push(struct path_buf *p, const char *name);
void path_pop(struct path_buf *p, size_t old);
void path_set(struct path_buf *p, const char *path);
void path_free(struct path_buf *p);

/* How many bytes of two relative paths are the same directories. */
size_t path_common(const char *a, const char *b);

/* A source like "." or ".." has no name of its own to give to the copy. */
bool path_ends_in_dots(const char *path);
/* A path in the image begins at its root, also without a slash. */
char *path_make_absolute(const char *path);
/* Store @path without "." and extra slashes; false: it has a ".." in it. */
bool path_normalize(struct path_buf *out, const char *path);
char *path_join(const char *a, const char *b);
const char *path_base(const char *path);
/* Remove slashes at the end of @path. */
void path_strip_slashes(char *path);

#endif /* COPY_PATH_H */
