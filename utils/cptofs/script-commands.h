/* SPDX-License-Identifier: GPL-2.0 */
#ifndef UTILS_SCRIPT_OPS_H
#define UTILS_SCRIPT_OPS_H

#include "copy/core/engine.h"

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
 * struct script_op - a line
 * @next:	...
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
	struct script_line *next;
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

/* The last one has no name. */
extern const struct script_command script_commands[];

#endif /* UTILS_SCRIPT_OPS_H */
