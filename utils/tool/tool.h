/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The frame of a tool that copies: its options, signals, and running inside an
 * image.
 */
#ifndef TOOL_TOOL_H
#define TOOL_TOOL_H

#include "common/options.h"
#include "copy/core/engine.h"
#include "image/confine.h"
#include "image/image.h"

/**
 * struct tool - a tool that runs
 * @image:	the image
 * @copy:	how to copy
 * @confine:	how the process is confined before it reads the image
 * @confined:	the tool confines itself: it reads images of strangers
 * @no_sandbox:	the user does not want this
 * @progress:	show progress also when not on a terminal
 */
struct tool {
	struct image image;
	struct copy copy;
	struct confine confine;
	bool confined;
	bool no_sandbox;
	bool progress;
};

/* Options of all tools; the object is a struct tool. */
extern const struct option_spec tool_image_options[];
extern const struct option_spec tool_copy_options[];

/* Store an owner, a group, or a user; for the tables of the tools themselves. */
int tool_set_owner(void *tool, const struct option_spec *spec, char *value);
int tool_set_group(void *tool, const struct option_spec *spec, char *value);
int tool_set_user(void *tool, const struct option_spec *spec, char *value);

/* Options of a tool that confines itself. */
#define TOOL_CONFINE_OPTIONS						      \
	{ 0, "user", "USER", "continue as this user after a start as root",   \
	  .apply = tool_set_user },					      \
	{ 0, "no-sandbox", .help = "do not confine the process",	      \
	  .offset = offsetof(struct tool, no_sandbox) }

/*
 * Set defaults for everything.  What is created gets @owner and @group, if they
 * are not OWNER_LEAVE.
 */
void tool_init(struct tool *t, uint32_t owner, uint32_t group);

/*
 * Prepare the process after all options are parsed; from now on, signals end
 * the copy at a safe point.  Return 0 or, after a message, an exit status.
 */
int tool_prepare(struct tool *t);

/*
 * Open the image, call @work in a thread whose root directory is the image's,
 * and close the image.  Return an exit status.
 */
int tool_run(struct tool *t, void (*work)(void *arg), void *arg);

#endif /* TOOL_TOOL_H */
