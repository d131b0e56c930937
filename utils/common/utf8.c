// SPDX-License-Identifier: GPL-2.0
/*
 * Characters in UTF-8.
 */
#include "common/utf8.h"

#define SURROGATE_MIN	0xd800
#define SURROGATE_MAX	0xdfff
#define UCS2_MAX	0xffff
#define UNICODE_MAX	0x10ffff

/* Return the number of bytes of a character that begins with @first, or 0. */
static size_t utf8_length(unsigned char first)
{
	if (first < 0x80)
		return 1;
	if (first < 0xc0)
		return 0;
	if (first < 0xe0)
		return 2;
	if (first < 0xf0)
		return 3;
	return first < 0xf8 ? 4 : 0;
}

size_t utf8_decode(const char *s, uint32_t *ret)
{
	/* The lowest character that needs this number of bytes. */
	static const uint32_t lowest[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t i, n = utf8_length(*s);
	uint32_t c = n < 2 ? (unsigned char)*s : *s & (0x7f >> n);

	for (i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3f);
	}
	if (!n || c < lowest[n] || c > UNICODE_MAX ||
	    (c >= SURROGATE_MIN && c <= SURROGATE_MAX))
		return 0;
	*ret = c;
	return n;
}

/* Return true if @s is UTF-8, without characters above @max. */
static bool utf8_is_below(const char *s, uint32_t max)
{
	uint32_t c;
	size_t n;

	for (; *s; s += n) {
		n = utf8_decode(s, &c);
		if (!n || c > max)
			return false;
	}
	return true;
}

bool utf8_is_valid(const char *s)
{
	return utf8_is_below(s, UNICODE_MAX);
}

bool utf8_is_ucs2(const char *s)
{
	return utf8_is_below(s, UCS2_MAX);
}
