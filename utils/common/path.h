/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Paths: strings that grow and shrink by components, of any length, and
 * functions on path names.
 */
#ifndef COMMON_PATH_H
#define COMMON_PATH_H

#include <stdbool.h>
#include <stddef.h>

/**
 * struct path_buf - a path that changes; all zeros: none yet
 * @str:	the path
 * @len:	its length
 * @size:	size of the memory at @str
 */
struct path_buf {
	char *str;
	size_t len;
	size_t size;
};

/*
 * Append a slash, if necessary, and @name.  Return the previous length, for
 * path_pop().
 */
size_t path_push(struct path_buf *p, const char *name);
/* Cut the path to its previous length @old. */
void path_pop(struct path_buf *p, size_t old);
/* Replace the path by @path. */
void path_set(struct path_buf *p, const char *path);
void path_free(struct path_buf *p);

/* Return the length of the directories that relative paths @a and @b share. */
size_t path_common(const char *a, const char *b);

/* Return true if @name is "." or "..". */
static inline bool path_is_dots(const char *name)
{
	return name[0] == '.' && (!name[1] || (name[1] == '.' && !name[2]));
}

/* Return true if the last component is "." or "..", which name no file. */
bool path_ends_in_dots(const char *path);
/* Return a copy of @path that begins with a slash and does not end in one. */
char *path_make_absolute(const char *path);
/*
 * Store @path without leading, trailing and double slashes and without ".".
 * Return false if the path contains "..", which may lead out of the tree.
 */
bool path_normalize(struct path_buf *out, const char *path);
/*
 * Return a copy of @path, which a user has given for a file of the host, with
 * slashes between the components.
 */
char *path_from_host(const char *path);
/*
 * Return the length of the root directory at the beginning of @path, a path of
 * path_from_host(): 1 for "/x", and 3 for "C:/x" on Windows.
 */
size_t path_root_length(const char *path);
/* Return "A/B", allocated. */
char *path_join(const char *a, const char *b);
/* Return the last component of @path, a part of it. */
const char *path_base(const char *path);
/* Remove trailing slashes, but not the root directory's. */
void path_strip_slashes(char *path);

#endif /* COMMON_PATH_H */
