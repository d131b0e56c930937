// SPDX-License-Identifier: GPL-2.0
/*
 * Line numbers in a JSON text.  The parser does not keep the place of a value,
 * so for a message about a value its key is searched again, in a text that is
 * known to be valid.
 */
#include <string.h>

#include "config/configuration.h"

/**
 * struct scan - a place in a text
 * @at:		the next character
 * @end:	behind the last character
 * @line:	line of @at
 */
struct scan {
	const char *at;
	const char *end;
	unsigned int line;
};

static int scan_next(struct scan *s)
{
	if (s->at == s->end)
		return 0;
	if (*s->at == '\n')
		s->line++;
	return (unsigned char)*s->at++;
}

static int scan_peek(struct scan *s)
{
	while (s->at < s->end && strchr(" \t\r\n", *s->at))
		scan_next(s);
	return s->at < s->end ? (unsigned char)*s->at : 0;
}

/* Skip a string, from one quotation mark to the other. */
static void scan_skip_string(struct scan *s)
{
	int c;

	scan_next(s);
	while ((c = scan_next(s)) && c != '"')
		if (c == '\\')
			scan_next(s);
}

/* Skip a value and all that is in it. */
static void scan_skip_value(struct scan *s)
{
	unsigned int depth = 0;
	int c;

	while ((c = scan_peek(s))) {
		if (!depth && (c == ',' || c == '}' || c == ']'))
			return;
		if (c == '"') {
			scan_skip_string(s);
			continue;
		}
		if (c == '{' || c == '[')
			depth++;
		if (c == '}' || c == ']')
			depth--;
		scan_next(s);
	}
}

/* Skip the string that follows; return whether it is the key @key. */
static bool scan_match_key(struct scan *s, const char *key)
{
	const char *from = s->at + 1;

	scan_skip_string(s);
	return (size_t)(s->at - 1 - from) == strlen(key) &&
	       !memcmp(from, key, strlen(key));
}

/* Go to the value of a key of the object that follows, if the key exists. */
static bool scan_enter_key(struct scan *s, const char *key, unsigned int *line)
{
	if (scan_peek(s) != '{')
		return false;
	scan_next(s);
	while (scan_peek(s) == '"') {
		bool found;

		*line = s->line;
		found = scan_match_key(s, key);
		if (scan_peek(s) == ':')
			scan_next(s);
		if (found)
			return true;
		scan_skip_value(s);
		if (scan_peek(s) == ',')
			scan_next(s);
	}
	return false;
}

static bool scan_enter_element(struct scan *s, size_t index, unsigned int *line)
{
	if (scan_peek(s) != '[')
		return false;
	scan_next(s);
	while (index--) {
		scan_skip_value(s);
		if (scan_peek(s) != ',')
			return false;
		scan_next(s);
	}
	scan_peek(s);
	*line = s->line;
	return true;
}

unsigned int lkl_config_line(const char *text, size_t len,
			     const struct lkl_config_place *place)
{
	struct scan s = { text, text + len, 1 };
	unsigned int found, line;

	scan_peek(&s);
	line = s.line;
	if (place->list && (!scan_enter_key(&s, place->list, &found) ||
			    !scan_enter_element(&s, place->index, &found)))
		return line;
	if (place->list)
		line = found;
	/* A key with an escape sequence is not found, only its object. */
	if (place->name && scan_enter_key(&s, place->name, &found))
		line = found;
	return line;
}

unsigned int lkl_config_drop_commas(char *text, size_t len)
{
	struct scan s = { text, text + len, 1 };
	unsigned int first = 0;
	int c;

	while ((c = scan_peek(&s))) {
		unsigned int line = s.line;
		char *comma = text + (s.at - text);

		if (c == '"') {
			scan_skip_string(&s);
			continue;
		}
		scan_next(&s);
		if (c != ',')
			continue;
		c = scan_peek(&s);
		if (c != ']' && c != '}')
			continue;
		*comma = ' ';
		if (!first)
			first = line;
	}
	return first;
}
