// SPDX-License-Identifier: GPL-2.0
/*
 * The destination of a copy.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/alloc.h"
#include "common/report.h"
#include "cptofs/destination.h"
#include "cptofs/script-names.h"

/* The directory */

static void destination_not_dir_error(struct copy *c, const struct tree_ops *to,
				      const char *path)
{
	report_error("'%s' is not a directory%s", path,
		     to == &guest_tree ? " of the image" : "");
	c->failed = true;
}

static int destination_open_sink(struct destination *t, struct copy *c,
				 const struct tree_ops *to, const char *path)
{
	int fd = to->open(TREE_CWD, path, TREE_DIR, 0);

	if (fd < 0) {
		copy_error(c, "open directory", path, to->strerror(fd));
		return -1;
	}
	tree_sink_init(&t->sink, to, fd, path);
	script_names_share(c, &t->sink, fd);
	return 0;
}

static bool destination_is_dir(const struct tree_ops *side, const char *path)
{
	int fd = side->open(TREE_CWD, path, TREE_DIR, 0);

	if (fd >= 0)
		side->close(fd);
	return fd >= 0;
}

/* Open the parent directory of @path, which does not exist yet. */
static int destination_open_parent(struct destination *t, struct copy *c,
				   const struct tree_ops *to, char *path)
{
	char *slash = strrchr(path, '/');
	int ret;

	t->name = xstrdup(path_base(path));
	/* The slash of the root directory is a part of its path. */
	if (slash && slash < path + path_root_length(path))
		slash++;
	if (slash)
		*slash = 0;
	ret = destination_open_sink(t, c, to, slash ? path : ".");
	/* Messages use the path as the user has given it. */
	if (!ret && !slash)
		path_set(&t->sink.path, "");
	if (!ret)
		t->sink.root_len = t->sink.path.len;
	return ret;
}

int destination_open(struct destination *t, struct copy *c,
		     const struct tree_ops *to, const char *path, int sources)
{
	char *copy = to == &host_tree ? path_from_host(path) : xstrdup(path);
	int ret = -1;

	*t = (struct destination) { };
	path_strip_slashes(copy);
	if (destination_is_dir(to, copy))
		ret = destination_open_sink(t, c, to, copy);
	else if (sources > 1)
		destination_not_dir_error(c, to, path);
	else
		ret = destination_open_parent(t, c, to, copy);
	if (ret)
		free(t->name);
	t->sink.keeps_names = !ret && (sources > 1 || c->names);
	t->sink.guards = !ret;
	free(copy);
	return ret;
}

void destination_close(struct destination *t)
{
	tree_sink_exit(&t->sink);
	free(t->name);
}

/* Sources */

void destination_add_contents(struct destination *t, struct copy *c,
			      struct tree_source *s, const char *path)
{
	if (t->name)
		destination_not_dir_error(c, t->sink.ops, t->name);
	else
		tree_source_add(s, path, NULL);
}

void destination_add(struct destination *t, struct tree_source *s,
		     const char *path)
{
	tree_source_add(s, path, t->name ? t->name : path_base(path));
}

void destination_add_host(struct destination *t, struct copy *c,
			  struct tree_source *s, const char *path)
{
	char *copy = path_from_host(path);

	path_strip_slashes(copy);
	if (path_ends_in_dots(copy) || !strcmp(copy, "/"))
		destination_add_contents(t, c, s, copy);
	else
		destination_add(t, s, copy);
	free(copy);
}
