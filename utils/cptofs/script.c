// SPDX-License-Identifier: GPL-2.0
/*
 * Reading scripts: words as in a shell, without anything that a shell would
 * replace by something else.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/alloc.h"
#include "common/report.h"
#include "cptofs/script-commands.h"
#include "cptofs/script.h"

struct script {
	const char *path;
	struct script_op *first;
	struct script_op **last;
};

/* A line that is taken apart. */
struct parser {
	const char *p;
	char *word;
	size_t len;
	const char *wrong;
};

static bool put(struct parser *ps, char c)
{
	ps->word[ps->len++] = c;
	return true;
}

static bool quoted(struct parser *ps, char quote)
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
			ps->wrong = "nothing is replaced here: quote $ and ` with ' or \\";
			return false;
		}
		put(ps, *ps->p);
	}
	ps->p++;
	return true;
}

static bool plain(struct parser *ps)
{
	if (strchr("*?[$`|&;<>()", *ps->p)) {
		ps->wrong = "characters that are special in a shell must be quoted";
		return false;
	}
	if (*ps->p == '\\' && !*++ps->p) {
		ps->wrong = "a line cannot be continued";
		return false;
	}
	return put(ps, *ps->p++);
}

/* The next word, in @ps->word; false at the end, or when something is wrong. */
static bool next_word(struct parser *ps)
{
	ps->len = 0;
	ps->p += strspn(ps->p, " \t\r\n");
	if (!*ps->p || *ps->p == '#')
		return false;
	while (*ps->p && !strchr(" \t\r\n", *ps->p)) {
		char c = *ps->p;

		if (c == '\'' || c == '"') {
			ps->p++;
			if (!quoted(ps, c))
				return false;
		} else if (!plain(ps)) {
			return false;
		}
	}
	ps->word[ps->len] = 0;
	return true;
}

/* NULL, or what is wrong. */
static const char *split(const char *line, struct script_op *op)
{
	struct parser ps = {
		.p = line,
		.word = xrealloc(NULL, strlen(line) + 1),
	};

	while (next_word(&ps)) {
		op->args = xrealloc(op->args,
				    (op->count + 2) * sizeof(*op->args));
		op->args[op->count++] = xstrdup(ps.word);
		op->args[op->count] = NULL;
	}
	free(ps.word);
	return ps.wrong;
}

/* Takes @n words from the beginning. */
static void shift(struct script_op *op, int n)
{
	int i;

	for (i = 0; i < n; i++)
		free(op->args[i]);
	op->count -= n;
	memmove(op->args, op->args + n, (op->count + 1) * sizeof(*op->args));
}

/* "-rf", "-m755", "-m 755": false if there is no such option. */
static bool take_options(struct script_op *op, const char *word)
{
	for (word++; *word; word++) {
		const char *known = strchr(op->cmd->options, *word);
		char letter = *word == 'R' ? 'r' : *word;

		if (!known || *word == ':')
			return false;
		op->options |= 1U << (letter - 'a');
		if (known[1] != ':')
			continue;
		if (!word[1] && op->count < 2)
			return false;
		free(op->value);
		op->value = xstrdup(word[1] ? word + 1 : op->args[1]);
		if (!word[1])
			shift(op, 1);
		break;
	}
	return true;
}

static const char *parse_options(struct script_op *op)
{
	while (op->count && op->args[0][0] == '-' && op->args[0][1]) {
		char *word = xstrdup(op->args[0]);
		bool end = !strcmp(word, "--");
		bool ok = end || take_options(op, word);

		free(word);
		if (!ok)
			return "no such option, or its value is missing";
		shift(op, 1);
		if (end)
			break;
	}
	return NULL;
}

static const char *parse_words(struct script_op *op)
{
	const struct script_command *cmd = script_commands;
	const char *wrong;

	while (cmd->name && strcmp(cmd->name, op->args[0]))
		cmd++;
	if (!cmd->name)
		return "no such command";
	op->cmd = cmd;
	shift(op, 1);
	wrong = parse_options(op);
	if (wrong)
		return wrong;
	if (op->count < cmd->min)
		return "arguments are missing";
	if (cmd->max >= 0 && op->count > cmd->max)
		return "too many arguments";
	return cmd->check ? cmd->check(op) : NULL;
}

static void op_free(struct script_op *op)
{
	while (op->count)
		free(op->args[--op->count]);
	free(op->args);
	free(op->value);
	free(op->where);
	free(op);
}

static int parse_line(struct script *s, const char *line, unsigned int number)
{
	struct script_op *op = xzalloc(sizeof(*op));
	const char *wrong;

	if (asprintf(&op->where, "%s:%u", s->path, number) < 0)
		abort();
	wrong = split(line, op);
	if (!wrong && op->count)
		wrong = parse_words(op);
	if (wrong)
		report_error("%s: %s", op->where, wrong);
	if (wrong || !op->cmd) {
		op_free(op);
		return wrong ? -1 : 0;
	}
	*s->last = op;
	s->last = &op->next;
	return 0;
}

static int parse_file(struct script *s, FILE *f)
{
	unsigned int number = 0;
	char *line = NULL;
	size_t size = 0;
	ssize_t n;
	int ret = 0;

	while ((n = getline(&line, &size, f)) >= 0) {
		number++;
		if (memchr(line, 0, n)) {
			report_error("%s:%u: not a text file", s->path,
				     number);
			ret = -1;
		} else {
			ret |= parse_line(s, line, number);
		}
	}
	if (ferror(f)) {
		ret = report_cannot("read", s->path, strerror(errno));
	}
	free(line);
	return ret;
}

struct script *script_read(const char *path)
{
	bool is_stdin = !strcmp(path, "-");
	FILE *f = is_stdin ? stdin : fopen(path, "re");
	struct script *s;
	int ret;

	if (!f) {
		report_cannot("open", path, strerror(errno));
		return NULL;
	}
	s = xzalloc(sizeof(*s));
	s->path = path;
	s->last = &s->first;
	ret = parse_file(s, f);
	if (!is_stdin)
		fclose(f);
	if (!ret)
		return s;
	script_free(s);
	return NULL;
}

void script_free(struct script *s)
{
	while (s && s->first) {
		struct script_op *op = s->first;

		s->first = op->next;
		op_free(op);
	}
	free(s);
}

void script_run(struct script *s, struct copy *c)
{
	const struct script_op *op;

	for (op = s->first; op && !copy_stopped(c); op = op->next) {
		if (op->cmd->run(op, c)) {
			c->failed = true;
			break;
		}
		copy_step(c);
	}
}
