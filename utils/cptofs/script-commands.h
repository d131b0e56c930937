/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The commands of scripts.
 */
#ifndef CPTOFS_SCRIPT_COMMANDS_H
#define CPTOFS_SCRIPT_COMMANDS_H

#include "cptofs/script-line.h"

/* script-create.c */
int cp_run(const struct script_line *line, struct copy *c);
int mkdir_run(const struct script_line *line, struct copy *c);
int ln_run(const struct script_line *line, struct copy *c);
int mknod_run(const struct script_line *line, struct copy *c);
int truncate_run(const struct script_line *line, struct copy *c);
int touch_run(const struct script_line *line, struct copy *c);
const char *mknod_check(struct script_line *line);
const char *truncate_check(struct script_line *line);

/* script-change.c */
int chmod_run(const struct script_line *line, struct copy *c);
int chown_run(const struct script_line *line, struct copy *c);
int rm_run(const struct script_line *line, struct copy *c);
const char *chmod_check(struct script_line *line);
const char *chown_check(struct script_line *line);
const char *rm_check(struct script_line *line);

/* All commands; an element without a name ends the table. */
extern const struct script_command script_commands[];

#endif /* CPTOFS_SCRIPT_COMMANDS_H */
