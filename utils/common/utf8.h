/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Characters in UTF-8.
 */
#ifndef COMMON_UTF8_H
#define COMMON_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Store the first character of string @s.  Return its number of bytes, or 0 if
 * the string does not begin with a valid character.  The end of the string is
 * a character of one byte.
 */
size_t utf8_decode(const char *s, uint32_t *ret);

/* Return true if @s is UTF-8. */
bool utf8_is_valid(const char *s);

/* Return true if @s is UTF-8 and each character fits in one unit of UTF-16. */
bool utf8_is_ucs2(const char *s);

#endif /* COMMON_UTF8_H */
