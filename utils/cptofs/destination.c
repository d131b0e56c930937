// SPDX-License-Identifier: GPL-2.0
/*
 * Where a copy goes, and the paths that name it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/alloc.h"
#include "common/report.h"
#include "cptofs/destination.h"

/* The target */

static void not_a_directory(struct copy *c, const struct tree_ops *to,
			    const char *path)
{
	report_error("'%s' is not a directory%s", path,
		     to == &lkl_tree ? " of the image" : "");
	c->failed = true;
}

static int open_sink(struct target *t, struct copy *c,
		     const struct tree_ops *to, const char *path)
{
	int fd = to->open(TREE_CWD, path, TREE_DIR, 0);

	if (fd < 0) {
		copy_fail(c, "open directory", path, to->strerror(fd));
		return -1;
	}
	tree_sink_init(&t->sink, to, fd, path);
	return 0;
}

static bool is_dir(const struct tree_ops *side, const char *path)
{
	int fd = side->open(TREE_CWD, path, TREE_DIR, 0);

	if (fd >= 0)
		side->close(fd);
	return fd >= 0;
}

/* @path is to be made: what it lies in is the target. */
static int open_parent(struct target *t, struct copy *c,
		       const struct tree_ops *to, char *path)
{
	char *slash = strrchr(path, '/');
	int ret;

	t->name = xstrdup(path_base(path));
	if (slash == path)
		slash++;
	if (slash)
		*slash = 0;
	ret = open_sink(t, c, to, slash ? path : ".");
	/* Messages name it as the user did. */
	if (!ret && !slash)
		path_set(&t->sink.path, "");
	if (!ret)
		t->sink.root_len = t->sink.path.len;
	return ret;
}

int target_open(struct target *t, struct copy *c, const struct tree_ops *to,
		const char *path, int sources)
{
	char *copy = xstrdup(path);
	int ret = -1;

	*t = (struct target) { };
	path_strip_slashes(copy);
	if (is_dir(to, copy))
		ret = open_sink(t, c, to, copy);
	else if (sources > 1)
		not_a_directory(c, to, path);
	else
		ret = open_parent(t, c, to, copy);
	if (ret)
		free(t->name);
	free(copy);
	return ret;
}

void target_close(struct target *t)
{
	tree_sink_exit(&t->sink);
	free(t->name);
}

/* Sources */

void target_add_contents(struct target *t, struct copy *c,
			 struct tree_source *s, const char *path)
{
	if (t->name)
		not_a_directory(c, t->sink.ops, t->name);
	else
		tree_source_add(s, path, NULL);
}

void target_add(struct target *t, struct tree_source *s, const char *path)
{
	tree_source_add(s, path, t->name ? t->name : path_base(path));
}

void target_add_host(struct target *t, struct copy *c, struct tree_source *s,
		     const char *path)
{
	char *copy = xstrdup(path);

	path_strip_slashes(copy);
	if (path_has_no_name(copy) || !strcmp(copy, "/"))
		target_add_contents(t, c, s, copy);
	else
		target_add(t, s, copy);
	free(copy);
}
