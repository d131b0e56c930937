// SPDX-License-Identifier: GPL-2.0
/*
 * Text for a terminal.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/escape.h"
#include "common/utf8.h"

#define DELETE		0x7f
/* The first character behind a second row of control characters. */
#define CONTROLS_END	0xa0
/* Length of \ooo */
#define ESCAPED_LENGTH	4

/* Return true if a terminal takes the character for a command. */
static bool escape_is_control(uint32_t c)
{
	return c < ' ' || (c >= DELETE && c < CONTROLS_END);
}

/* Return the length of the beginning of @text that can be printed as it is. */
static size_t escape_plain_length(const char *text)
{
	size_t len = 0, n;
	uint32_t c;

	for (; (n = utf8_decode(text + len, &c)); len += n)
		if (escape_is_control(c))
			break;
	return len;
}

char *escape_text(const char *text)
{
	char *copy = malloc(ESCAPED_LENGTH * strlen(text) + 1);
	char *end = copy;
	size_t len;

	/* Reports use this function, including the one about too little memory. */
	if (!copy)
		abort();
	for (;;) {
		len = escape_plain_length(text);
		memcpy(end, text, len);
		end += len;
		text += len;
		if (!*text)
			break;
		end += sprintf(end, "\\%03o", (unsigned char)*text++);
	}
	*end = 0;
	return copy;
}
