/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Patterns with wildcards for names of files.
 */
#ifndef COMMON_WILDCARD_H
#define COMMON_WILDCARD_H

#include <stdbool.h>

/* Return true if @s contains a character that is special in a pattern. */
bool wildcard_is_pattern(const char *s);

/*
 * Return true if @name matches @pattern, in the notation of a shell: "*", "?",
 * "[a-z]", "[!a-z]", "[[:digit:]]", and a backslash before a character that is not
 * special.  A dot at the beginning of @name matches only a dot.
 *
 * The strings are UTF-8.  A byte that is no UTF-8 is a character, too.
 */
bool wildcard_matches(const char *pattern, const char *name);

#endif /* COMMON_WILDCARD_H */
