/* SPDX-License-Identifier: GPL-2.0 */
#ifndef COPY_TREE_SOURCE_H
#define COPY_TREE_SOURCE_H

#include "copy/core/engine.h"
#include "copy/trees/links.h"
#include "shared/list.h"

/**
 * struct tree_source - files of the host or of an image
 * @base:	for the engine
 * @ops:	the side that they are on
 * @sorted:	in the order of their names, so that two runs give the same
 * @link_xattrs: LINK events too are followed by attributes
 */
struct tree_source {
	struct copy_source base;
	const struct tree_ops *ops;
	bool sorted;
	bool link_xattrs;
	/* private */
	struct list roots;
	struct copy_links links;
	struct path_buf path;
	char *names;
	char *value;
};

void tree_source_init(struct tree_source *s, const struct tree_ops *ops);
void tree_source_exit(struct tree_source *s);

/* Copy @path as @name, or, when that is NULL, what is in directory @path. */
void tree_source_add(struct tree_source *s, const char *path,
		     const char *name);

#endif /* COPY_TREE_SOURCE_H */
