// SPDX-License-Identifier: GPL-2.0
/*
 * Patterns with wildcards, and text for a terminal.
 */
#include <stdbool.h>
#include <stdlib.h>

#include "common/escape.h"
#include "common/wildcard.h"
#include "shared/macros.h"
#include "support/check-main.h"

static const struct {
	const char *pattern;
	const char *name;
	bool matches;
} patterns[] = {
	{ "", "", true },
	{ "", "a", false },
	{ "a", "", false },
	{ "abc", "abc", true },
	{ "abc", "abcd", false },
	{ "*", "", true },
	{ "*", "abc", true },
	{ "a*c", "ac", true },
	{ "a*c", "abcbc", true },
	{ "a*c", "abcb", false },
	{ "*.conf", "x.conf", true },
	{ "*.conf", "x.conf.old", false },
	{ "a*b*c", "a1b2b3c", true },
	{ "a**", "a", true },
	{ "*aab", "aaaaab", true },
	{ "?", "a", true },
	{ "?", "", false },
	{ "?", "ab", false },
	{ "[abc]", "b", true },
	{ "[abc]", "d", false },
	{ "[a-c]x", "bx", true },
	{ "[!a-c]", "b", false },
	{ "[^a-c]", "d", true },
	{ "[]a]", "]", true },
	{ "[!]a]", "b", true },
	{ "[a-]", "-", true },
	{ "[a-]", "b", false },
	{ "[\\]]", "]", true },
	{ "[\\a-\\c]", "b", true },
	{ "[[:digit:]x]", "7", true },
	{ "[[:digit:]x]", "x", true },
	{ "[![:upper:]]", "A", false },
	{ "[[:unknown:]", ":", true },
	{ "[[:alpha:]]", "\xc3\xa4", false },
	{ "[abc", "[abc", true },
	{ "[", "[", true },
	{ "a[", "ab", false },
	{ "\\*", "*", true },
	{ "\\*", "a", false },
	{ "\\a", "a", true },
	{ "a\\", "a\\", true },
	/* Hidden files */
	{ "*", ".a", false },
	{ "?a", ".a", false },
	{ "[.]a", ".a", false },
	{ ".*", ".a", true },
	{ "\\.*", ".a", true },
	{ "*a", "b.a", true },
	/* Characters of several bytes, and bytes that are no characters */
	{ "?", "\xc3\xa4", true },
	{ "??", "\xc3\xa4", false },
	{ "?", "\xf0\x9f\x98\x80", true },
	{ "[\xc3\xa4\xc3\xb6]", "\xc3\xb6", true },
	{ "[\xc3\xa4-\xc3\xb6]", "\xc3\xa5", true },
	{ "[\xc3\xa4]", "\xc3\xb6", false },
	{ "?", "\xff", true },
	{ "a\xff*", "a\xff\xfe", true },
	{ "a\xff", "a\xc3\xbf", false },
	{ "*\xa4", "\xc3\xa4", false },
};

START_TEST(a_pattern_matches_as_in_a_shell)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(patterns); i++)
		ck_assert_msg(wildcard_matches(patterns[i].pattern, patterns[i].name) ==
				      patterns[i].matches,
			      "pattern '%s', name '%s'", patterns[i].pattern, patterns[i].name);
}
END_TEST

START_TEST(a_name_without_wildcards_is_no_pattern)
{
	ck_assert(wildcard_is_pattern("a*"));
	ck_assert(wildcard_is_pattern("a?"));
	ck_assert(wildcard_is_pattern("[a]"));
	ck_assert(!wildcard_is_pattern("a]!^\\"));
}
END_TEST

START_TEST(commands_to_a_terminal_become_text)
{
	char *text = escape_text("\x1b[2J \xc3\xa4 \xff \xc2\x9b\x7f");

	ck_assert_str_eq(text, "\\033[2J \xc3\xa4 \\377 \\302\\233\\177");
	free(text);
	text = escape_text("");
	ck_assert_str_eq(text, "");
	free(text);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("wildcard");

	tcase_add_test(tc, a_pattern_matches_as_in_a_shell);
	tcase_add_test(tc, a_name_without_wildcards_is_no_pattern);
	tcase_add_test(tc, commands_to_a_terminal_become_text);
	return run_case(tc, CK_FORK);
}
