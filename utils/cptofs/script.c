// SPDX-License-Identifier: GPL-2.0
/*
 * Scripts: parsing lines, whose words are quoted as in a shell but in which
 * nothing is expanded.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/alloc.h"
#include "common/host/host-file.h"
#include "common/report.h"
#include "cptofs/script-commands.h"
#include "cptofs/script.h"

#define BYTE_ORDER_MARK	"\xef\xbb\xbf"

struct script {
	const char *path;
	struct list lines;
};

/* State while a line is split into words. */
struct word_parser {
	const char *p;
	char *word;
	size_t len;
	const char *wrong;
};

static bool parser_put(struct word_parser *ps, char c)
{
	ps->word[ps->len++] = c;
	return true;
}

static bool parser_quoted(struct word_parser *ps, char quote)
{
	for (; *ps->p != quote; ps->p++) {
		if (!*ps->p) {
			ps->wrong = "a quotation mark is missing";
			return false;
		}
		if (quote == '"' && *ps->p == '\\' &&
		    ps->p[1] && strchr("\"\\$`", ps->p[1])) {
			ps->p++;
		} else if (quote == '"' && strchr("$`", *ps->p)) {
			ps->wrong =
				"scripts have no expansion: quote $ and ` with ' or \\";
			return false;
		}
		parser_put(ps, *ps->p);
	}
	ps->p++;
	return true;
}

static bool parser_plain(struct word_parser *ps)
{
	if (strchr("*?[$`|&;<>()", *ps->p)) {
		ps->wrong = "characters that are special in a shell must be quoted";
		return false;
	}
	if (*ps->p == '\\' && !*++ps->p) {
		ps->wrong = "a line cannot be continued on the next line";
		return false;
	}
	return parser_put(ps, *ps->p++);
}

/* Store the next word in @ps->word.  Return false at the end or on an error. */
static bool parser_next_word(struct word_parser *ps)
{
	ps->len = 0;
	ps->p += strspn(ps->p, " \t\r\n");
	if (!*ps->p || *ps->p == '#')
		return false;
	while (*ps->p && !strchr(" \t\r\n", *ps->p)) {
		char c = *ps->p;

		if (c == '\'' || c == '"') {
			ps->p++;
			if (!parser_quoted(ps, c))
				return false;
		} else if (!parser_plain(ps)) {
			return false;
		}
	}
	ps->word[ps->len] = 0;
	return true;
}

/* Split a line into words.  Return NULL, or what is wrong. */
static const char *line_split(const char *text, struct script_line *line)
{
	struct word_parser ps = {
		.p = text,
		.word = xrealloc(NULL, strlen(text) + 1),
	};

	while (parser_next_word(&ps)) {
		line->args = xrealloc(line->args,
				      (line->count + 2) * sizeof(*line->args));
		line->args[line->count++] = xstrdup(ps.word);
		line->args[line->count] = NULL;
	}
	free(ps.word);
	return ps.wrong;
}

/* Remove the first @n words. */
static void line_shift(struct script_line *line, int n)
{
	int i;

	for (i = 0; i < n; i++)
		free(line->args[i]);
	line->count -= n;
	memmove(line->args, line->args + n,
		(line->count + 1) * sizeof(*line->args));
}

/* Parse options: "-rf", "-m755", "-m 755".  Return false on an error. */
static bool line_take_options(struct script_line *line, const char *word)
{
	for (word++; *word; word++) {
		const char *known = strchr(line->cmd->options, *word);
		char letter = *word == 'R' ? 'r' : *word;

		if (!known || *word == ':')
			return false;
		line->options |= 1U << (letter - 'a');
		if (known[1] != ':')
			continue;
		if (!word[1] && line->count < 2)
			return false;
		free(line->value);
		line->value = xstrdup(word[1] ? word + 1 : line->args[1]);
		if (!word[1])
			line_shift(line, 1);
		break;
	}
	return true;
}

static const char *line_parse_options(struct script_line *line)
{
	while (line->count && line->args[0][0] == '-' && line->args[0][1]) {
		char *word = xstrdup(line->args[0]);
		bool end = !strcmp(word, "--");
		bool ok = end || line_take_options(line, word);

		free(word);
		if (!ok)
			return "no such option, or its value is missing";
		line_shift(line, 1);
		if (end)
			break;
	}
	return NULL;
}

static const char *line_parse_words(struct script_line *line)
{
	const struct script_command *cmd = script_commands;
	const char *wrong;

	while (cmd->name && strcmp(cmd->name, line->args[0]))
		cmd++;
	if (!cmd->name)
		return "no such command";
	line->cmd = cmd;
	line_shift(line, 1);
	wrong = line_parse_options(line);
	if (wrong)
		return wrong;
	if (line->count < cmd->min)
		return "arguments are missing";
	if (cmd->max >= 0 && line->count > cmd->max)
		return "too many arguments";
	return cmd->check ? cmd->check(line) : NULL;
}

static void line_free(struct script_line *line)
{
	while (line->count)
		free(line->args[--line->count]);
	free(line->args);
	free(line->value);
	free(line->where);
	free(line);
}

static int script_parse_line(struct script *s, const char *text,
			     unsigned int number)
{
	struct script_line *line = xzalloc(sizeof(*line));
	const char *wrong;

	if (asprintf(&line->where, "%s:%u", s->path, number) < 0)
		abort();
	wrong = line_split(text, line);
	if (!wrong && line->count)
		wrong = line_parse_words(line);
	if (wrong)
		report_error("%s: %s", line->where, wrong);
	if (wrong || !line->cmd) {
		line_free(line);
		return wrong ? -1 : 0;
	}
	list_add_tail(&s->lines, &line->link);
	return 0;
}

/* Return the rest of @f, terminated by a zero, and its length. */
static char *script_read_text(FILE *f, size_t *len)
{
	size_t size = 0, n;
	char *text = NULL;

	*len = 0;
	do {
		if (*len + 1 >= size)
			text = xgrow(text, &size, 1);
		n = fread(text + *len, 1, size - 1 - *len, f);
		*len += n;
	} while (n);
	text[*len] = 0;
	return text;
}

static int script_parse_text(struct script *s, char *text, char *text_end)
{
	char *line = text, *end;
	unsigned int number;
	int ret = 0;

	/* Editors of Windows may begin a file with this mark. */
	if (!strncmp(line, BYTE_ORDER_MARK, strlen(BYTE_ORDER_MARK)))
		line += strlen(BYTE_ORDER_MARK);
	for (number = 1; line < text_end; number++, line = end + 1) {
		end = memchr(line, '\n', text_end - line);
		if (!end)
			end = text_end;
		*end = 0;
		if (memchr(line, 0, end - line)) {
			report_error("%s:%u: not a text file", s->path,
				     number);
			ret = -1;
		} else {
			ret |= script_parse_line(s, line, number);
		}
	}
	return ret;
}

static int script_parse_file(struct script *s, FILE *f)
{
	size_t len;
	char *text = script_read_text(f, &len);
	int ret;

	if (ferror(f))
		ret = report_cannot("read", s->path, host_file_strerror(errno));
	else
		ret = script_parse_text(s, text, text + len);
	free(text);
	return ret;
}

struct script *script_read(const char *path)
{
	bool is_stdin = !strcmp(path, "-");
	FILE *f = is_stdin ? stdin : host_file_open_stream(path, "r");
	struct script *s;
	int ret;

	if (!f) {
		report_cannot("open", path, host_file_strerror(errno));
		return NULL;
	}
	s = xzalloc(sizeof(*s));
	s->path = path;
	list_init(&s->lines);
	ret = script_parse_file(s, f);
	if (!is_stdin)
		fclose(f);
	if (!ret)
		return s;
	script_free(s);
	return NULL;
}

void script_free(struct script *s)
{
	struct script_line *line, *next;

	if (!s)
		return;
	list_for_each_safe(line, next, &s->lines, link)
		line_free(line);
	free(s);
}

static void script_mark_last_copy(struct script *s)
{
	struct script_line *line, *last = NULL;

	list_for_each(line, &s->lines, link)
		if (line->cmd->run == cp_run)
			last = line;
	if (last)
		last->is_last_copy = true;
}

void script_run(struct script *s, struct copy *c)
{
	struct script_line *line;

	script_mark_last_copy(s);
	list_for_each(line, &s->lines, link) {
		if (copy_stopped(c))
			break;
		if (line->cmd->run(line, c)) {
			c->failed = true;
			break;
		}
		copy_step(c);
	}
}
