// SPDX-License-Identifier: GPL-2.0
/*
 * Names in images, as UTF-8.
 */
#include <string.h>

#include "image/prober/base/text.h"

#define REPLACEMENT	0xfffd
#define HIGH_SURROGATE	0xd800
#define LOW_SURROGATE	0xdc00
#define AFTER_SURROGATES 0xe000

static void text_trim(char *text)
{
	size_t n = strlen(text);

	while (n && strchr(" \t\n\v\f\r", text[n - 1]))
		n--;
	text[n] = 0;
}

/* Append a character; return false if there is no room for the character. */
static bool text_add(char **to, const char *end, uint32_t c)
{
	static const uint8_t first[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
	int n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	int i;

	if (end - *to <= n)
		return false;
	for (i = n - 1; i > 0; i--, c >>= 6)
		(*to)[i] = 0x80 | (c & 0x3f);
	(*to)[0] = first[n] | c;
	*to += n;
	return true;
}

static uint32_t text_unit(const uint8_t *from, bool big_endian)
{
	return from[big_endian] | from[!big_endian] << 8;
}

void prober_text_bytes(char *text, size_t size, const uint8_t *from, size_t len)
{
	size_t n = 0;

	while (n < len && n < size - 1 && from[n])
		n++;
	memcpy(text, from, n);
	text[n] = 0;
	text_trim(text);
}

void prober_text_latin1(char *text, size_t size, const uint8_t *from, size_t len)
{
	const char *end = text + size;
	char *to = text;
	size_t i;

	for (i = 0; i < len && from[i] && text_add(&to, end, from[i]); i++)
		;
	*to = 0;
	text_trim(text);
}

void prober_text_utf16(char *text, size_t size, const uint8_t *from, size_t len,
		       bool big_endian)
{
	const char *end = text + size;
	char *to = text;
	size_t i;

	for (i = 0; i + 1 < len; i += 2) {
		uint32_t c = text_unit(from + i, big_endian), low = 0;

		if (c >= HIGH_SURROGATE && c < LOW_SURROGATE && i + 3 < len)
			low = text_unit(from + i + 2, big_endian);
		if (low >= LOW_SURROGATE && low < AFTER_SURROGATES) {
			c = 0x10000 + ((c - HIGH_SURROGATE) << 10) +
			    (low - LOW_SURROGATE);
			i += 2;
		} else if (c >= HIGH_SURROGATE && c < AFTER_SURROGATES) {
			c = REPLACEMENT;
		}
		if (!c || !text_add(&to, end, c))
			break;
	}
	*to = 0;
	text_trim(text);
}
