/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Lines of scripts, and functions that the commands share.
 */
#ifndef CPTOFS_SCRIPT_LINE_H
#define CPTOFS_SCRIPT_LINE_H

#include "copy/core/engine.h"
#include "shared/list.h"

struct script_line;

/**
 * struct script_command - a command
 * @name:	name of the command
 * @options:	letters of its options, as for getopt(3); R is the same as r
 * @min:	minimal number of arguments
 * @max:	maximal number of arguments, -1: any
 * @check:	check and parse the arguments before the script runs; return
 *		NULL, or what is wrong
 * @run:	execute the line; return 0, or -1 after a message
 */
struct script_command {
	const char *name;
	const char *options;
	int min;
	int max;
	const char *(*check)(struct script_line *line);
	int (*run)(const struct script_line *line, struct copy *c);
};

/**
 * struct script_line - a line of a script
 * @link:	in the list of lines
 * @where:	"FILE:LINE" for messages
 * @cmd:	the command
 * @args:	arguments without options
 * @count:	number of @args
 * @options:	options that are given, as bits; the lowest is option a
 * @value:	value of the option that has one, or NULL
 * @uid:	user for chown
 * @gid:	group for chown
 * @size:	size for truncate
 * @node:	type and number for mknod
 * @is_last_copy: this is the last cp of the script
 */
struct script_line {
	struct list link;
	char *where;
	const struct script_command *cmd;
	char **args;
	int count;
	uint32_t options;
	char *value;
	uint32_t uid;
	uint32_t gid;
	uint64_t size;
	struct tree_node node;
	bool is_last_copy;
};

/* A walk through a tree that visits directories after the files in them. */
struct walk {
	const struct script_line *line;
	struct copy *c;
	struct path_buf path;
	int (*visit)(struct walk *w, int dir, const char *name,
		     const struct tree_node *node);
};

/* Return true if the option is given. */
bool line_has(const struct script_line *line, char letter);
/* Report "FILE:LINE: COMMAND: 'PATH': WHY"; return -1. */
int line_error(const struct script_line *line, const char *path,
	       const char *why);
int line_result(const struct script_line *line, const char *path, long err);
/* Execute a line for one of its arguments, a path in the image. */
typedef int line_path_fn(const struct script_line *line, struct copy *c,
			 const char *path);

int line_run_on_paths(const struct script_line *line, struct copy *c,
		      line_path_fn *one);
int script_walk_from(const struct script_line *line, struct copy *c,
		     const char *path,
		     int (*visit)(struct walk *w, int dir, const char *name,
				  const struct tree_node *node));
long script_clamp_parent(struct copy *c, const char *path);
int script_finish_new(const struct script_line *line, struct copy *c,
		      const char *path);
const char *check_mode_value(struct script_line *line);
bool script_is_dir(const char *path);
/* Move the first argument to @value. */
void line_drop_first(struct script_line *line);
bool script_parse_id(const char *s, const char **end, uint32_t *id);

#endif /* CPTOFS_SCRIPT_LINE_H */
