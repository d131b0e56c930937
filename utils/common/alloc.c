// SPDX-License-Identifier: GPL-2.0
/*
 * Memory allocation that does not fail.
 */
#include <stdlib.h>
#include <string.h>

#include "common/alloc.h"
#include "common/report.h"

#define FIRST_SIZE	32

void *xrealloc(void *p, size_t size)
{
	p = realloc(p, size);
	if (!p) {
		report_error("out of memory");
		abort();
	}
	return p;
}

void *xzalloc(size_t size)
{
	return memset(xrealloc(NULL, size), 0, size);
}

char *xstrndup(const char *s, size_t len)
{
	char *copy = xrealloc(NULL, len + 1);

	memcpy(copy, s, len);
	copy[len] = 0;
	return copy;
}

char *xstrdup(const char *s)
{
	return xstrndup(s, strlen(s));
}

void *xgrow(void *array, size_t *size, size_t element)
{
	*size = *size ? *size * 2 : FIRST_SIZE;
	return xrealloc(array, *size * element);
}
