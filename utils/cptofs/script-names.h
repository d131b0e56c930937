/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The names of files that a run of cptofs has made: the copy of the command line
 * and the commands of a script.
 */
#ifndef CPTOFS_SCRIPT_NAMES_H
#define CPTOFS_SCRIPT_NAMES_H

#include "copy/core/engine.h"
#include "copy/sink/tree-sink.h"

/* If the run has a script, let sink @s for directory @fd know the names. */
void script_names_share(struct copy *c, struct tree_sink *s, int fd);
/* Remember that a command of the script, but not cp, has made file @path. */
void script_names_add(struct copy *c, const char *path);
/* Remember that file @path was removed. */
void script_names_remove(struct copy *c, const char *path);

#endif /* CPTOFS_SCRIPT_NAMES_H */
