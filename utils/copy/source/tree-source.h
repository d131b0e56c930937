/* SPDX-License-Identifier: GPL-2.0 */
#ifndef COPY_TREE_SOURCE_H
#define COPY_TREE_SOURCE_H

#include "copy/core/engine.h"
#include "copy/source/ahead.h"
#include "copy/source/links.h"
#include "shared/list.h"

/**
 * struct tree_source - files of the host or of an image
 * @base:	the source
 * @ops:	the tree of the files
 * @sorted:	emit files in the order of their names, so that the order does
 *		not depend on the file system
 * @link_xattrs: emit attributes after LINK events as well
 */
struct tree_source {
	struct copy_source base;
	const struct tree_ops *ops;
	bool sorted;
	bool link_xattrs;
	/* private */
	struct list roots;
	struct copy_links links;
	struct ahead ahead;
	const struct ahead_file *file;
	struct path_buf path;
	char *names;
	char *value;
	enum tree_type type;
	bool type_is_known;
	unsigned int owner_checks;
};

void tree_source_init(struct tree_source *s, const struct tree_ops *ops);
void tree_source_exit(struct tree_source *s);

/*
 * Copy file @path to @name, or the files in directory @path if @name is NULL.
 */
void tree_source_add(struct tree_source *s, const char *path,
		     const char *name);

/*
 * Return the names of all files in a directory, allocated, and store their
 * number; *@err is 0 or an error.  Stop early when the copy is stopped.
 */
char **tree_read_names(const struct tree_ops *ops, struct copy *c,
		       struct tree_dir *dir, size_t *count, int *err);

#endif /* COPY_TREE_SOURCE_H */
