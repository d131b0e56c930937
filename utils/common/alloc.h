/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory allocation that does not fail: these functions end the program when
 * there is no memory.  A tool without memory cannot even report which file it
 * could not copy.
 */
#ifndef COMMON_ALLOC_H
#define COMMON_ALLOC_H

#include <stddef.h>

void *xrealloc(void *p, size_t size);
void *xzalloc(size_t size);
char *xstrdup(const char *s);
/* Return a copy of the first @len bytes of @s, terminated by a zero. */
char *xstrndup(const char *s, size_t len);

/*
 * Enlarge @array, which has room for *@size elements of @element bytes, and
 * increase *@size.  Return the array, which may have moved.
 */
void *xgrow(void *array, size_t *size, size_t element);

#endif /* COMMON_ALLOC_H */
