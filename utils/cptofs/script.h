/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Scripts: commands that are executed in an image, one in each line, with the
 * names and options of the shell's commands.
 */
#ifndef CPTOFS_SCRIPT_H
#define CPTOFS_SCRIPT_H

#include "copy/core/engine.h"

struct script;

/*
 * Read and check a script; "-" is standard input.  Return NULL after a message.
 */
struct script *script_read(const char *path);
void script_free(struct script *s);

/*
 * Execute a script in a thread whose root directory is the image.  Stop at the
 * first line that fails, and set @c->failed.
 */
void script_run(struct script *s, struct copy *c);

#endif /* CPTOFS_SCRIPT_H */
