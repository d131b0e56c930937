/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory that is always there: without it, these functions end the program.  A
 * tool that has no memory cannot even report which file it could not copy.
 */
#ifndef COMMON_ALLOC_H
#define COMMON_ALLOC_H

#include <stddef.h>

void *xrealloc(void *p, size_t size);
void *xzalloc(size_t size);
char *xstrdup(const char *s);
/* Return a copy of the first @len bytes of @s, with a zero behind them. */
char *xstrndup(const char *s, size_t len);

/*
 * Return @array, moved if necessary, with room for at least one more element of
 * @element bytes than *@size says; *@size grows.
 */
void *xgrow(void *array, size_t *size, size_t element);

#endif /* COMMON_ALLOC_H */
