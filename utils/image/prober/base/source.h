/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The bytes that the portable prober looks at.
 *
 * The prober reads tables and super blocks of strangers without a library and
 * without the functions of an operating system: everything comes through one
 * callback.  Every number in an image is checked before it is used.
 */
#ifndef PROBER_SOURCE_H
#define PROBER_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct prober_source - a disk or a part of one
 * @read:	fill @buf with @len bytes that begin at @offset; return true if there
 *		are as many.  The bytes are within @size
 * @context:	first argument of @read
 * @size:	number of bytes
 */
struct prober_source {
	bool (*read)(void *context, uint64_t offset, void *buf, uint32_t len);
	void *context;
	uint64_t size;
};

/* Read @len bytes at @at.  Return false if the source lacks one of them. */
static inline bool prober_read(const struct prober_source *s, uint64_t at,
			       void *buf, uint32_t len)
{
	return len <= s->size && at <= s->size - len &&
	       s->read(s->context, at, buf, len);
}

static inline bool prober_is_power_of_2(uint32_t n)
{
	return n && !(n & (n - 1));
}

#endif /* PROBER_SOURCE_H */
