/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The names of files that several copies of one run have made in a tree: a copy
 * must not replace a file that an earlier copy has made under another name.
 */
#ifndef COPY_RUN_NAMES_H
#define COPY_RUN_NAMES_H

#include "copy/sink/tree-sink.h"

/**
 * struct run_names - names that one run has made; all zeros: none yet
 * @root:	names in the root directory, and below
 * @copies:	number of copies that were begun
 */
struct run_names {
	struct sink_names *root;
	unsigned int copies;
};

/*
 * In these functions, @dir is the absolute path of a directory, without symbolic
 * links, "." and "..".
 */

/* Let sink @s, whose root is directory @dir, know the names that were made. */
void run_names_share(struct run_names *r, struct tree_sink *s, const char *dir);
/* Remember that file @name in @dir was made, but not by a copy. */
void run_names_add(struct run_names *r, const struct tree_ops *ops,
		   const char *dir, const char *name);
/* Remember that file @name in @dir was removed. */
void run_names_remove(struct run_names *r, const struct tree_ops *ops,
		      const char *dir, const char *name);
void run_names_free(struct run_names *r);

#endif /* COPY_RUN_NAMES_H */
