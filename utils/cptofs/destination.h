/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The destination of a copy, with the rules of cp(1).
 */
#ifndef CPTOFS_DESTINATION_H
#define CPTOFS_DESTINATION_H

#include "copy/sink/tree-sink.h"
#include "copy/source/tree-source.h"

/**
 * struct destination - the destination of a copy
 * @sink:	the directory
 * @name:	new name of a single source in the directory, NULL: its own name
 */
struct destination {
	struct tree_sink sink;
	char *name;
};

/*
 * Open a destination: if @path is a directory, sources are copied into it;
 * otherwise, @path is the new name of a single source.  Return 0, or -1 after a
 * message.
 */
int destination_open(struct destination *t, struct copy *c,
		     const struct tree_ops *to, const char *path, int sources);
void destination_close(struct destination *t);

/* Add a source on the host: a file, or the files in "." or the like. */
void destination_add_host(struct destination *t, struct copy *c,
			  struct tree_source *s, const char *path);
/* Add the files in directory @path, or file @path itself. */
void destination_add_contents(struct destination *t, struct copy *c,
			      struct tree_source *s, const char *path);
void destination_add(struct destination *t, struct tree_source *s,
		     const char *path);

#endif /* CPTOFS_DESTINATION_H */
