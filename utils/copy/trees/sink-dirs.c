// SPDX-License-Identifier: GPL-2.0
/*
 * The open directories of a sink, and its messages.
 */
#include <stdlib.h>
#include <string.h>

#include "common/alloc.h"
#include "copy/trees/sink-parts.h"

/* Messages */

void sink_error(struct tree_sink *s, struct copy *c, const char *what, int err)
{
	/*
	 * A target that is full or broken fails at every step; once is enough.
	 */
	if (c->stop && c->failed)
		return;
	copy_error(c, what, s->path.str, s->ops->strerror(err));
	if (s->ops->is_fatal(err))
		c->stop = true;
}

/* 0 or, after a message, an error; what the target cannot hold is none. */
int sink_check(struct tree_sink *s, struct copy *c, enum copy_feature loss,
	       const char *what, int err)
{
	if (err >= 0)
		return 0;
	if (s->ops->is_unsupported(err)) {
		copy_unsupported(c, loss, what, s->path.str,
				 s->ops->strerror(err));
		return 0;
	}
	sink_error(s, c, what, err);
	return err;
}

/* Levels */

struct sink_dir *sink_top(struct tree_sink *s)
{
	return &s->levels[s->depth - 1];
}

struct sink_dir *sink_push(struct tree_sink *s, int fd, size_t path_len)
{
	struct sink_dir *l;

	if (s->depth == s->levels_size) {
		size_t old = s->levels_size;

		s->levels =
			xgrow(s->levels, &s->levels_size, sizeof(*s->levels));
		memset(s->levels + old, 0,
		       (s->levels_size - old) * sizeof(*s->levels));
	}
	l = &s->levels[s->depth++];
	/* Its buffer is used again. */
	l->attrs.len = 0;
	l->fd = fd;
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
	path_pop(&s->path, l->path_len);
	s->depth--;
}

/* Where the sink is, relative to its root. */
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

/* Directory @name in @dir, which is @path from the root. */
int sink_open_dir(struct tree_sink *s, int dir, const char *name,
		  const char *path)
{
	int fd = s->ops->open(dir, name, TREE_DIR, 0);

	/* /lib of an archive may be a link to /usr/lib in the image. */
	if (fd < 0 && s->follow && sink_is_symlink(s, dir, name))
		fd = s->ops->open(s->levels[0].fd, path, TREE_BENEATH, 0);
	return fd;
}

/* The deepest open directory on the way to @path; *@at is where it goes on. */
static int sink_open_common(struct tree_sink *s, const char *path, size_t *at)
{
	size_t i, common = path_common(sink_here(s), path);
	int dir = s->levels[0].fd;

	*at = 0;
	/*
	 * sink_here() may end in the name of what is being made: no level is
	 * that.
	 */
	for (i = 1; i < s->depth && *at < common; i++) {
		const char *slash = strchr(path + *at, '/');

		if (!slash || (size_t)(slash - path) > common)
			break;
		*at = slash - path + 1;
		dir = s->levels[i].fd;
	}
	return dir;
}

/*
 * Open the directory that @path, relative to the root, lies in; *@name is its
 * last component.
 */
int sink_open_parent(struct tree_sink *s, const char *path, const char **name)
{
	size_t at;
	int dir = sink_open_common(s, path, &at);
	/* Opened again, so that the caller closes it in any case. */
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
