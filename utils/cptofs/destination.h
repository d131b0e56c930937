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
struct destination {
	struct tree_sink sink;
	char *name;
};

/*
 * Sources go into @path when it is a directory; a single one may get it as its
 * name otherwise.  0, or -1 after a message.
 */
int destination_open(struct destination *t, struct copy *c,
		     const struct tree_ops *to, const char *path, int sources);
void destination_close(struct destination *t);

/* Files of the host that are to go there. */
void destination_add_host(struct destination *t, struct copy *c,
			  struct tree_source *s, const char *path);
/* What is in directory @path; @path itself. */
void destination_add_contents(struct destination *t, struct copy *c,
			      struct tree_source *s, const char *path);
void destination_add(struct destination *t, struct tree_source *s,
		     const char *path);

#endif /* UTILS_TARGET_H */
