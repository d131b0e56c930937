// SPDX-License-Identifier: GPL-2.0
/*
 * Lines of a JSON text.  The parser does not keep where a value stood, so when
 * there is something to say about one, its key is looked for again, in a text
 * that is known to be valid.
 */
#include <string.h>

#include "config/configuration.h"

/**
 * struct scan - a place in a text
 * @at:		the next character
 * @end:	behind the last one
 * @line:	that @at is in
 */
struct scan {
	const char *at;
	const char *end;
	unsigned int line;
};

static int next(struct scan *s)
{
	if (s->at == s->end)
		return 0;
	if (*s->at == '\n')
		s->line++;
	return (unsigned char)*s->at++;
}

static int peek(struct scan *s)
{
	while (s->at < s->end && strchr(" \t\r\n", *s->at))
		next(s);
	return s->at < s->end ? (unsigned char)*s->at : 0;
}

/* From one quotation mark to the other. */
static void skip_string(struct scan *s)
{
	int c;

	next(s);
	while ((c = next(s)) && c != '"')
		if (c == '\\')
			next(s);
}

/* A value, and all that is in it. */
static void skip_value(struct scan *s)
{
	unsigned int depth = 0;
	int c;

	while ((c = peek(s))) {
		if (!depth && (c == ',' || c == '}' || c == ']'))
			return;
		if (c == '"') {
			skip_string(s);
			continue;
		}
		if (c == '{' || c == '[')
			depth++;
		if (c == '}' || c == ']')
			depth--;
		next(s);
	}
}

/* Whether the string at hand is a key; goes behind it. */
static bool match(struct scan *s, const char *key)
{
	const char *from = s->at + 1;

	skip_string(s);
	return (size_t)(s->at - 1 - from) == strlen(key) &&
	       !memcmp(from, key, strlen(key));
}

/* To the value of a key of the object at hand; false: it is not there. */
static bool enter_key(struct scan *s, const char *key, unsigned int *line)
{
	if (peek(s) != '{')
		return false;
	next(s);
	while (peek(s) == '"') {
		bool found;

		*line = s->line;
		found = match(s, key);
		if (peek(s) == ':')
			next(s);
		if (found)
			return true;
		skip_value(s);
		if (peek(s) == ',')
			next(s);
	}
	return false;
}

static bool enter_element(struct scan *s, size_t index, unsigned int *line)
{
	if (peek(s) != '[')
		return false;
	next(s);
	while (index--) {
		skip_value(s);
		if (peek(s) != ',')
			return false;
		next(s);
	}
	peek(s);
	*line = s->line;
	return true;
}

unsigned int lkl_config_line(const char *text, size_t len,
			     const struct lkl_config_place *place)
{
	struct scan s = { text, text + len, 1 };
	unsigned int found, line;

	peek(&s);
	line = s.line;
	if (place->list && (!enter_key(&s, place->list, &found) ||
			    !enter_element(&s, place->index, &found)))
		return line;
	if (place->list)
		line = found;
	/* A key with an escape sequence is not found, but what it is in. */
	if (place->name && enter_key(&s, place->name, &found))
		line = found;
	return line;
}

unsigned int lkl_config_drop_commas(char *text, size_t len)
{
	struct scan s = { text, text + len, 1 };
	unsigned int first = 0;
	int c;

	while ((c = peek(&s))) {
		unsigned int line = s.line;
		char *comma = text + (s.at - text);

		if (c == '"') {
			skip_string(&s);
			continue;
		}
		next(&s);
		if (c != ',')
			continue;
		c = peek(&s);
		if (c != ']' && c != '}')
			continue;
		*comma = ' ';
		if (!first)
			first = line;
	}
	return first;
}
