// SPDX-License-Identifier: GPL-2.0
/*
 * Thousands of damaged configurations: each is loaded or refused with a message
 * that names a line of it, and what was loaded can be shown and loaded again.
 * LKL_SEED repeats a run.
 */
#define _GNU_SOURCE
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/check-main.h"
#include "support/config-texts.h"
#include "config/configuration.h"
#include "core/instance.h"

#define ROUNDS	30000

/* There is no kernel in this program. */
struct lkl_instance *lkl_this_instance(void)
{
	return NULL;
}

static uint64_t state;

static unsigned int cfg_below(unsigned int n)
{
	state = state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (state >> 33) % n;
}

static const char *const samples[] = {
	two_taps, trailing_comma, every_key, every_key_otherwise,
};

/* Pieces of text that are inserted at random places. */
static const char *const pieces[] = {
	"{", "}", "[", "]", ",", ":", "\"", "\\", "\n", "|", ";", "=", "0",
	"-1", "1e999", "99999999999999999999", "null", "true", "\\u0000",
	"\\ud800", "\xff", "\xc3", ",}", ",]", "[]", "{}", "\"debug\":",
	"\"interfaces\":", "{\"type\":\"tap\"}", "::", "%s%n", "\t",
};

/* A block of exactly its size, so that a sanitizer sees what is beyond. */
static char *cfg_damage(const char *sample, size_t *len)
{
	size_t n = strlen(sample);
	char *text = malloc(n), *more;
	unsigned int times = 1 + cfg_below(4);

	memcpy(text, sample, n);
	while (times-- && n) {
		size_t at = cfg_below(n),
		       cut = cfg_below(4) ? 0 : cfg_below(n - at + 1);
		const char *piece = pieces[cfg_below(ARRAY_SIZE(pieces))];
		size_t add = cfg_below(4) ? strlen(piece) : 0;

		if (!cfg_below(3))
			text[at] = cfg_below(256);
		more = malloc(n - cut + add + 1);
		memcpy(more, text, at);
		memcpy(more + at, piece, add);
		memcpy(more + at + add, text + at + cut, n - at - cut);
		free(text);
		n = n - cut + add;
		text = malloc(n ? n : 1);
		memcpy(text, more, n);
		free(more);
	}
	*len = n;
	return text;
}

static char said[65536];
static size_t said_len;

static void cfg_say(const struct lkl_config *cfg, const char *text, int len)
{
	if (said_len + len >= sizeof(said))
		return;
	memcpy(said + said_len, text, len);
	said_len += len;
	said[said_len] = '\0';
}

static unsigned int cfg_lines(const char *text, size_t len)
{
	unsigned int n = 1;

	while (len--)
		n += *text++ == '\n';
	return n;
}

static void check_message(const char *text, size_t len)
{
	unsigned int line = 0;

	ck_assert_msg(sscanf(said, "x:%u: ", &line) == 1, "%s", said);
	ck_assert_msg(line >= 1 && line <= cfg_lines(text, len), "%s", said);
}

static void check_loaded(struct lkl_config *cfg)
{
	struct lkl_config again = { .message = cfg_say };
	char *first;

	said_len = 0;
	ck_assert_int_eq(lkl_show_config(cfg), 0);
	first = strdup(said);
	ck_assert_msg(!lkl_config_load_text(&again, "x", first, strlen(first)),
		      "%s", said);
	said_len = 0;
	ck_assert_int_eq(lkl_show_config(&again), 0);
	ck_assert_str_eq(said, first);
	lkl_config_free(&again);
	free(first);
}

START_TEST(damaged_texts_are_refused_with_their_line)
{
	const char *seed = getenv("LKL_SEED");
	unsigned int i, loaded = 0;

	state = seed ? strtoull(seed, NULL, 0) : 1;
	for (i = 0; i < ROUNDS; i++) {
		struct lkl_config cfg = { .message = cfg_say };
		size_t len;
		char *text = cfg_damage(samples[cfg_below(ARRAY_SIZE(samples))],
					&len);
		int ret;

		said_len = 0;
		said[0] = '\0';
		ret = lkl_config_load_text(&cfg, "x", text, len);
		if (ret) {
			ck_assert_int_eq(ret, -LKL_EINVAL);
			check_message(text, len);
			ck_assert_int_eq(cfg.set, 0);
		} else {
			check_loaded(&cfg);
			loaded++;
		}
		lkl_config_free(&cfg);
		free(text);
	}
	/* Neither all nor none. */
	ck_assert_int_gt(loaded, ROUNDS / 100);
	ck_assert_int_lt(loaded, ROUNDS * 99 / 100);
}
END_TEST

/* Look for lines in texts that are not valid either: no read beyond the end. */
START_TEST(lines_are_looked_for_in_anything)
{
	const struct lkl_config_place places[] = {
		{ NULL, 0, "debug" }, { NULL, 0, "interfaces" },
		{ "interfaces", 1, NULL }, { "interfaces", 1, "qdisc" },
		{ "interfaces", 99, "" },
	};
	unsigned int i, j;

	state = 2;
	for (i = 0; i < ROUNDS; i++) {
		size_t len;
		char *text = cfg_damage(samples[cfg_below(ARRAY_SIZE(samples))],
					&len);

		for (j = 0; j < ARRAY_SIZE(places); j++) {
			unsigned int line = lkl_config_line(text, len, &places[j]);

			ck_assert_int_ge(line, 1);
			ck_assert_int_le(line, cfg_lines(text, len));
		}
		ck_assert_int_le(lkl_config_drop_commas(text, len),
				 cfg_lines(text, len));
		free(text);
	}
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("damaged configurations");

	tcase_set_timeout(tc, 300);
	tcase_add_test(tc, damaged_texts_are_refused_with_their_line);
	tcase_add_test(tc, lines_are_looked_for_in_anything);
	return run_case(tc, CK_FORK);
}
