/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the tools that copy have in common: options, signals, and the way into
 * an image and out of it.
 */
#ifndef UTILS_TOOL_H
#define UTILS_TOOL_H

#include <getopt.h>

#include "image/confine.h"
#include "copy/core/engine.h"
#include "image/image.h"

#define EXIT_USAGE	2

/**
 * struct tool - a tool that runs
 * @program:	its name
 * @usage:	text of --help
 * @image:	the image
 * @copy:	how to copy
 * @confine:	who looks at images of strangers confines itself, see confine.h
 * @no_sandbox:	but not when the user does not want it
 */
struct tool {
	const char *program;
	const char *usage;
	struct image image;
	struct copy copy;
	struct confine *confine;
	bool no_sandbox;
};

enum {
	OPT_STRICT = 256, OPT_CLAMP, OPT_PROGRESS, OPT_NO_SANDBOX, OPT_USER,
	OPT_TOOL,
};

#define COMMON_SHORT	"t:P:pm:vhV"
#define COMMON_LONG \
	{ "filesystem-type", required_argument, NULL, 't' }, \
	{ "partition", required_argument, NULL, 'P' }, \
	{ "enable-printk", no_argument, NULL, 'p' }, \
	{ "mb", required_argument, NULL, 'm' }, \
	{ "strict", no_argument, NULL, OPT_STRICT }, \
	{ "clamp-mtime", required_argument, NULL, OPT_CLAMP }, \
	{ "progress", no_argument, NULL, OPT_PROGRESS }, \
	{ "verbose", no_argument, NULL, 'v' }, \
	{ "help", no_argument, NULL, 'h' }, \
	{ "version", no_argument, NULL, 'V' }

/* For tools that confine themselves. */
#define CONFINE_LONG \
	{ "no-sandbox", no_argument, NULL, OPT_NO_SANDBOX }, \
	{ "user", required_argument, NULL, OPT_USER }

/* Defaults for everything; @owner and @group of what is created. */
void tool_init(struct tool *t, const char *argv0, const char *usage,
	       uint32_t owner, uint32_t group);

/*
 * Each gives 0: go on, -1: done, successfully, otherwise an exit status.
 * tool_option() is for what the tool itself does not know.
 */
int tool_option(struct tool *t, int opt);
int tool_owner(struct tool *t, int opt);
int tool_usage_error(const struct tool *t, const char *what, const char *arg);
/* After all options; from now on signals end the copy at a safe point. */
int tool_ready(struct tool *t);

bool tool_number(const char *s, unsigned long max, unsigned long *val);

/*
 * Open the image, call @work in a thread whose root directory is that of the
 * image, and close it.  Returns an exit status.
 */
int tool_run(struct tool *t, void (*work)(void *arg), void *arg);

#endif /* UTILS_TOOL_H */
