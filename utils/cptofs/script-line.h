/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A line of a script, and what its commands have in common.
 */
#ifndef CPTOFS_SCRIPT_LINE_H
#define CPTOFS_SCRIPT_LINE_H

#include "copy/core/engine.h"
#include "shared/list.h"

struct script_line;

/**
 * struct script_command - one that lines may have
 * @name:	...
 * @options:	letters, as for getopt(3); R is the same as r
 * @min:	number of arguments
 * @max:	..., -1 for any
 * @check:	looks at the arguments before anything is done: NULL, or what
 *		is wrong
 * @run:	0, or -1 after a message
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
 * struct script_line - a line
 * @link:	in the list of lines
 * @where:	"file:line", for messages
 * @cmd:	...
 * @args:	what is left after the options
 * @count:	their number
 * @options:	bits of those given, a is the lowest
 * @value:	that of the one that has one, or NULL
 * @uid:	of chown
 * @gid:	...
 * @size:	of truncate
 * @node:	of mknod
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
};

/* Directories and what is in them: that first. */
struct walk {
	const struct script_line *line;
	struct copy *c;
	struct path_buf path;
	int (*visit)(struct walk *w, int dir, const char *name,
		     const struct tree_node *node);
};

bool line_has(const struct script_line *line, char letter);
int line_error(const struct script_line *line, const char *path,
	       const char *why);
int line_result(const struct script_line *line, const char *path, long err);
int line_for_each_path(const struct script_line *line, struct copy *c,
		       int (*one)(const struct script_line *line,
				  struct copy *c, const char *path));
int script_walk_from(const struct script_line *line, struct copy *c,
		     const char *path,
		     int (*visit)(struct walk *w, int dir, const char *name,
				  const struct tree_node *node));
long script_clamp_parent(struct copy *c, const char *path);
int script_finish_new(const struct script_line *line, struct copy *c,
		      const char *path);
const char *check_mode_value(struct script_line *line);
bool script_is_dir(const char *path);
void line_drop_first(struct script_line *line);
bool script_parse_id(const char *s, const char **end, uint32_t *id);

#endif /* CPTOFS_SCRIPT_LINE_H */
