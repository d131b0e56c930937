/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The frame of a tool that copies: common options, signals, and a thread that
 * uses the image.
 */
#ifndef TOOL_TOOL_H
#define TOOL_TOOL_H

#include "common/options.h"
#include "copy/core/engine.h"
#include "image/image.h"
#include "process/confine.h"

/**
 * struct tool - a running tool
 * @image:	the image
 * @copy:	the copy
 * @confine:	confinement of the process while it reads the image
 * @confined:	the tool confines itself: it reads untrusted data
 * @no_sandbox:	the user has turned the confinement off
 * @progress:	show progress
 */
struct tool {
	struct image image;
	struct copy copy;
	struct confine confine;
	bool confined;
	bool no_sandbox;
	bool progress;
};

/* Options of all tools; their object is a struct tool. */
extern const struct option_spec tool_image_options[];
extern const struct option_spec tool_copy_options[];
/* Options of tools that confine themselves. */
extern const struct option_spec tool_confine_options[];

/* Functions for the tables of the tools; the object is a struct tool. */
int tool_set_owner(void *tool, const struct option_spec *spec, char *value);
int tool_set_group(void *tool, const struct option_spec *spec, char *value);
int tool_set_user(void *tool, const struct option_spec *spec, char *value);

/*
 * Set the defaults.  Created files get @owner and @group unless these are
 * OWNER_UNCHANGED.
 */
void tool_init(struct tool *t, uint32_t owner, uint32_t group);

/*
 * Prepare the process for a copy, when all options are parsed.  From then on,
 * signals end the copy at a safe point.  Return 0, or an exit status after a
 * message.
 */
int tool_prepare(struct tool *t);

/*
 * Open the image, call @work in a thread whose root directory is the image's,
 * and close the image.  Return an exit status.
 */
int tool_run(struct tool *t, void (*work)(void *arg), void *arg);

#endif /* TOOL_TOOL_H */
