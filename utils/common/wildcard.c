// SPDX-License-Identifier: GPL-2.0
/*
 * Patterns with wildcards for names of files.  libc's fnmatch() does not exist on
 * all hosts, and takes bytes for characters unless the locale is a UTF-8 locale.
 */
#include <ctype.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "common/utf8.h"
#include "common/wildcard.h"
#include "shared/macros.h"

/* Bytes that are no UTF-8 are numbers behind the characters. */
#define BYTE_BASE	0x110000

static const struct {
	const char *name;
	int (*contains)(int c);
} wildcard_classes[] = {
	{ "alnum", isalnum }, { "alpha", isalpha }, { "blank", isblank },
	{ "cntrl", iscntrl }, { "digit", isdigit }, { "graph", isgraph },
	{ "lower", islower }, { "print", isprint }, { "punct", ispunct },
	{ "space", isspace }, { "upper", isupper }, { "xdigit", isxdigit },
};

/* Return the character at *@s, which is not the end, and go to the next one. */
static uint32_t wildcard_next(const char **s)
{
	uint32_t c;
	size_t n = utf8_decode(*s, &c);

	if (!n) {
		c = BYTE_BASE + (unsigned char)**s;
		n = 1;
	}
	*s += n;
	return c;
}

/* As wildcard_next(), but a backslash stands before the character. */
static uint32_t wildcard_next_literal(const char **p)
{
	if (p[0][0] == '\\' && p[0][1])
		++*p;
	return wildcard_next(p);
}

/* Parse a class such as "[:digit:]" at *@p.  Return false if there is none. */
static bool wildcard_take_class(const char **p, uint32_t c, bool *found)
{
	size_t i, n;

	if (p[0][0] != '[' || p[0][1] != ':')
		return false;
	for (i = 0; i < ARRAY_SIZE(wildcard_classes); i++) {
		n = strlen(wildcard_classes[i].name);
		if (strncmp(*p + 2, wildcard_classes[i].name, n) ||
		    strncmp(*p + 2 + n, ":]", 2))
			continue;
		/* The classes contain characters of ASCII only. */
		*found |= c < 0x80 && wildcard_classes[i].contains(c);
		*p += n + 4;
		return true;
	}
	return false;
}

/* Parse a character or a range of characters. */
static void wildcard_take_range(const char **p, uint32_t c, bool *found)
{
	uint32_t low = wildcard_next_literal(p), high = low;

	if (p[0][0] == '-' && p[0][1] && p[0][1] != ']') {
		++*p;
		high = wildcard_next_literal(p);
	}
	*found |= low <= c && c <= high;
}

/*
 * Parse a set behind its "[".  Store whether the set contains @c.  Return the end of
 * the set, or NULL if its "]" is missing.
 */
static const char *wildcard_take_set(const char *p, uint32_t c, bool *contains)
{
	bool negated = *p == '!' || *p == '^', found = false;
	const char *first = p + negated;

	for (p = first; *p != ']' || p == first;) {
		if (!*p)
			return NULL;
		if (!wildcard_take_class(&p, c, &found))
			wildcard_take_range(&p, c, &found);
	}
	*contains = found != negated;
	return p + 1;
}

/*
 * If the beginning of *@pattern, which is not "*", matches the first character of
 * *@name, go behind both.
 */
static bool wildcard_take(const char **pattern, const char **name)
{
	const char *p = *pattern, *rest = *name;
	uint32_t c = wildcard_next(&rest);
	const char *end = NULL;
	bool matches;

	if (!*p)
		return false;
	if (*p == '[')
		end = wildcard_take_set(p + 1, c, &matches);
	if (end) {
		p = end;
	} else if (*p == '?') {
		p++;
		matches = true;
	} else {
		matches = wildcard_next_literal(&p) == c;
	}
	if (!matches)
		return false;
	*pattern = p;
	*name = rest;
	return true;
}

bool wildcard_is_pattern(const char *s)
{
	return strpbrk(s, "*?[");
}

bool wildcard_matches(const char *pattern, const char *name)
{
	/* Where the last "*" ends, and where the text behind its match begins */
	const char *star = NULL, *behind = NULL;

	if (*name == '.' && strncmp(pattern + (*pattern == '\\'), ".", 1))
		return false;
	while (*name) {
		if (*pattern == '*') {
			star = ++pattern;
			behind = name;
		} else if (!wildcard_take(&pattern, &name)) {
			if (!star)
				return false;
			/* Let the last "*" match one more character. */
			wildcard_next(&behind);
			pattern = star;
			name = behind;
		}
	}
	while (*pattern == '*')
		pattern++;
	return !*pattern;
}
