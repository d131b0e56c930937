/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Macros that a kernel programmer expects to find.
 */
#ifndef SHARED_MACROS_H
#define SHARED_MACROS_H

#include <stddef.h>
#include <stdint.h>

/* Return the number of elements of array @a. */
#define ARRAY_SIZE(a)		(sizeof(a) / sizeof((a)[0]))

/* Round @x up to a multiple of @a, a power of two. */
#define ALIGN_UP(x, a)		(((x) + (a) - 1) & ~((uint64_t)(a) - 1))

/* Return the object of type @type whose member @member is *@ptr. */
#define container_of(ptr, type, member) \
	((type *)((char *)(ptr) - offsetof(type, member)))

#endif /* SHARED_MACROS_H */
