// SPDX-License-Identifier: GPL-2.0
/*
 * The names of files that several copies of one run have made.
 */
#include <stdlib.h>
#include <string.h>

#include "common/alloc.h"
#include "copy/sink/run-names.h"
#include "copy/sink/sink-parts.h"

/* Return the names in directory @dir. */
static struct sink_names *run_names_find(struct run_names *r,
					 const struct tree_ops *ops,
					 const char *dir)
{
	struct sink_names *names;
	char *path = xstrdup(dir), *name = path + 1;

	if (!r->root)
		r->root = sink_names_new(false);
	names = r->root;
	while (*name) {
		char *slash = strchr(name, '/');

		if (slash)
			*slash = 0;
		names = sink_names_pass(names, ops, path, name);
		if (!slash)
			break;
		*slash = '/';
		name = slash + 1;
	}
	free(path);
	return names;
}

void run_names_share(struct run_names *r, struct tree_sink *s, const char *dir)
{
	tree_sink_share_names(s, run_names_find(r, s->ops, dir), ++r->copies);
}

void run_names_add(struct run_names *r, const struct tree_ops *ops,
		   const char *dir, const char *name)
{
	sink_names_add(run_names_find(r, ops, dir), name, 0);
}

void run_names_remove(struct run_names *r, const struct tree_ops *ops,
		      const char *dir, const char *name)
{
	sink_names_remove(run_names_find(r, ops, dir), name);
}

void run_names_free(struct run_names *r)
{
	sink_names_free(r->root);
	*r = (struct run_names) { };
}
