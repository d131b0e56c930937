/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Characters in UTF-8.
 */
#ifndef COMMON_UTF8_H
#define COMMON_UTF8_H

#include <stddef.h>
#include <stdint.h>

/*
 * Store the first character of string @s.  Return its number of bytes, or 0 if
 * the string does not begin with a valid character.  The end of the string is
 * a character of one byte.
 */
size_t utf8_decode(const char *s, uint32_t *ret);

#endif /* COMMON_UTF8_H */
