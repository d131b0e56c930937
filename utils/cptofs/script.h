/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Scripts: several things to do in an image, one in a line, with the names and
 * options that they have in a shell.
 */
#ifndef UTILS_SCRIPT_H
#define UTILS_SCRIPT_H

#include "copy/core/engine.h"

struct script;

/* All of it is checked; "-" is standard input.  NULL after a message. */
struct script *script_read(const char *path);
void script_free(struct script *s);

/*
 * Do it, in a thread whose root directory is the image.  Stops at the first
 * line that fails, then @c->failed is set.
 */
void script_run(struct script *s, struct copy *c);

#endif /* UTILS_SCRIPT_H */
