/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where a copy goes, as cp(1) has it, and the paths that name it.
 */
#ifndef UTILS_TARGET_H
#define UTILS_TARGET_H

#include "copy/trees/tree-sink.h"
#include "copy/trees/tree-source.h"

/**
 * struct target - where a copy goes
 * @sink:	the directory
 * @name:	the name that a single source gets in it, NULL: its own
 */
struct target {
	struct tree_sink sink;
	char *name;
};

/*
 * Sources go into @path when it is a directory; a single one may get it as its
 * name otherwise.  0, or -1 after a message.
 */
int target_open(struct target *t, struct copy *c, const struct tree_ops *to,
		const char *path, int sources);
void target_close(struct target *t);

/* Files of the host that are to go there. */
void target_add_host(struct target *t, struct copy *c, struct tree_source *s,
		     const char *path);
/* What is in directory @path; @path itself. */
void target_add_contents(struct target *t, struct copy *c,
			 struct tree_source *s, const char *path);
void target_add(struct target *t, struct tree_source *s, const char *path);

#endif /* UTILS_TARGET_H */
