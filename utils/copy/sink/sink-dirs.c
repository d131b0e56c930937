// SPDX-License-Identifier: GPL-2.0
/*
 * The open directories of a sink, and its messages.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/alloc.h"
#include "copy/sink/sink-parts.h"

/* Messages */

void sink_error(struct tree_sink *s, struct copy *c, const char *what, int err)
{
	/*
	 * A full or broken target fails at every step: one message is enough.
	 */
	if (s->reported || (c->stop && c->failed)) {
		s->reported = false;
		return;
	}
	copy_error(c, what, s->path.str, s->ops->strerror(err));
	if (s->ops->is_fatal(err))
		c->stop = true;
}

void sink_way_error(struct tree_sink *s, struct copy *c, const char *why)
{
	copy_error(c, "create", s->path.str, why);
	/* The caller sees an error, too. */
	s->reported = true;
}

void sink_clash_error(struct tree_sink *s, struct copy *c, const char *other)
{
	size_t size = strlen(other) + 64;
	char *why = xrealloc(NULL, size);

	snprintf(why, size, "in the target, its name is the same as '%s'",
		 other);
	sink_way_error(s, c, why);
	free(why);
}

/* Return true, after a message, if the target would store another name. */
bool sink_refuses_name(struct tree_sink *s, struct copy *c, const char *name)
{
	if (!tree_type_changes_name(s->target_type, name))
		return false;
	copy_error(c, "create", s->path.str,
		   "the type of the file system cannot hold this name");
	return true;
}

/*
 * Report an error when an attribute was set.  Return 0, also if the target does
 * not support the feature, or the error.
 */
int sink_check(struct tree_sink *s, struct copy *c, enum copy_feature feature,
	       const char *what, int err)
{
	if (err >= 0)
		return 0;
	if (s->ops->is_unsupported(err)) {
		copy_unsupported(c, feature, what, s->path.str,
				 s->ops->strerror(err));
		return 0;
	}
	sink_error(s, c, what, err);
	return err;
}

/* Directories */

struct sink_dir *sink_top(struct tree_sink *s)
{
	return &s->dirs[s->depth - 1];
}

struct sink_dir *sink_push(struct tree_sink *s, int fd, size_t path_len,
			   struct sink_names *names)
{
	struct sink_dir *l;

	if (s->depth == s->dirs_size) {
		size_t old = s->dirs_size;

		s->dirs = xgrow(s->dirs, &s->dirs_size, sizeof(*s->dirs));
		memset(s->dirs + old, 0,
		       (s->dirs_size - old) * sizeof(*s->dirs));
	}
	l = &s->dirs[s->depth++];
	/* The memory of the buffer is used again. */
	l->attrs.len = 0;
	l->fd = fd;
	l->names = names;
	l->path_len = path_len;
	l->has_node = false;
	l->again = false;
	l->inherits = false;
	return l;
}

void sink_pop(struct tree_sink *s, struct copy *c)
{
	struct sink_dir *l = sink_top(s);
	int err = s->ops->close(l->fd);

	if (err < 0)
		sink_error(s, c, "close", err);
	s->depth--;
	if (!s->keeps_names && s->depth)
		sink_names_forget(sink_top(s)->names,
				  s->path.str + l->path_len +
				  (s->path.str[l->path_len] == '/'));
	path_pop(&s->path, l->path_len);
}

/* Return the current path relative to the root of the sink. */
const char *sink_here(const struct tree_sink *s)
{
	const char *p = s->path.str + s->root_len;

	return *p == '/' ? p + 1 : p;
}

static bool sink_is_symlink(struct tree_sink *s, int dir, const char *name)
{
	struct tree_node node;

	return s->ops->stat(dir, name, &node) >= 0 &&
	       (node.mode & NODE_TYPE) == NODE_SYMLINK;
}

/* Open directory @name in @dir; its path from the root is @path. */
int sink_open_dir(struct tree_sink *s, int dir, const char *name,
		  const char *path)
{
	int fd = s->ops->open(dir, name, TREE_DIR, 0);

	/* For example, /lib may be a symbolic link to /usr/lib in the image. */
	if (fd < 0 && s->follow && sink_is_symlink(s, dir, name))
		fd = s->ops->open(s->dirs[0].fd, path, TREE_BENEATH, 0);
	return fd;
}

/*
 * Return the deepest open directory that leads to @path, and the offset *@at of
 * the rest of the path.
 */
static int sink_open_common(struct tree_sink *s, const char *path, size_t *at)
{
	size_t i, common = path_common(sink_here(s), path);
	int dir = s->dirs[0].fd;

	*at = 0;
	/* sink_here() may end in a file that is being created: no directory. */
	for (i = 1; i < s->depth && *at < common; i++) {
		const char *slash = strchr(path + *at, '/');

		if (!slash || (size_t)(slash - path) > common)
			break;
		*at = slash - path + 1;
		dir = s->dirs[i].fd;
	}
	return dir;
}

/*
 * Open the parent directory of @path, which is relative to the root; store the
 * last component of @path in *@name.
 */
int sink_open_parent(struct tree_sink *s, const char *path, const char **name)
{
	size_t at;
	int dir = sink_open_common(s, path, &at);
	/* Opened again, so that the caller closes every directory it gets. */
	int next, fd = s->ops->open(dir, ".", TREE_DIR, 0);
	char *copy = xstrdup(path), *slash;

	while (fd >= 0 && (slash = strchr(copy + at, '/'))) {
		*slash = 0;
		next = sink_open_dir(s, fd, copy + at, copy);
		*slash = '/';
		s->ops->close(fd);
		fd = next;
		at = slash - copy + 1;
	}
	free(copy);
	*name = path + at;
	return fd;
}
