// SPDX-License-Identifier: GPL-2.0
/*
 * Layers: archives that are extracted one above the other.  A layer removes
 * files of lower layers, that is, files that were there before this copy.  Files
 * that this copy has made stay, whether they came before or after the event that
 * removes.
 */
#include <stdlib.h>
#include <string.h>

#include "common/alloc.h"
#include "copy/sink/sink-parts.h"
#include "copy/source/tree-source.h"

/**
 * struct purge_dir - a directory whose files are removed
 * @fd:		descriptor
 * @path_len:	length of the path before the name of the directory was added
 * @keep:	names that stay, or NULL
 * @names:	names in the directory
 * @count:	number of @names that are not done yet
 */
struct purge_dir {
	int fd;
	size_t path_len;
	const struct sink_names *keep;
	char **names;
	size_t count;
};

/**
 * struct purge - the way from the directory that is purged to the current one
 * @s:		the sink
 * @c:		the copy
 * @dirs:	the directories; a tree may be deeper than a stack permits
 * @depth:	number of @dirs
 * @size:	room in @dirs
 */
struct purge {
	struct tree_sink *s;
	struct copy *c;
	struct purge_dir *dirs;
	size_t depth;
	size_t size;
};

static bool purge_is_dir(const struct tree_sink *s, int dir, const char *name)
{
	struct tree_node node;

	return s->ops->stat(dir, name, &node) >= 0 &&
	       (node.mode & NODE_TYPE) == NODE_DIR;
}

/* Open a directory and read its names. */
static void purge_enter(struct purge *p, int dir, const char *name,
			const struct sink_names *keep)
{
	struct tree_sink *s = p->s;
	struct purge_dir *d;
	struct tree_dir *list;
	int err = 0, fd;

	if (p->depth == p->size)
		p->dirs = xgrow(p->dirs, &p->size, sizeof(*p->dirs));
	d = &p->dirs[p->depth++];
	*d = (struct purge_dir) {
		.fd = s->ops->open(dir, name, TREE_DIR, 0),
		.path_len = path_push(&s->path, name),
		.keep = keep,
	};
	/* Reading closes the descriptor. */
	fd = d->fd < 0 ? d->fd : s->ops->open(d->fd, ".", TREE_DIR, 0);
	list = fd < 0 ? NULL : s->ops->dir_open(fd, &err);
	if (list) {
		d->names = tree_read_names(s->ops, p->c, list, &d->count, &err);
		s->ops->dir_close(list);
	}
	if (fd < 0 || err < 0)
		sink_error(s, p->c, "read directory", fd < 0 ? fd : err);
}

/* Close a directory, and remove it if all in it was to be removed. */
static void purge_leave(struct purge *p)
{
	struct tree_sink *s = p->s;
	struct purge_dir *d = &p->dirs[--p->depth];
	const char *name = s->path.str + d->path_len;
	int err = 0;

	free(d->names);
	if (d->fd >= 0)
		s->ops->close(d->fd);
	if (p->depth && !d->keep && !copy_stopped(p->c))
		err = s->ops->rmdir(p->dirs[p->depth - 1].fd,
				    name + (*name == '/'));
	if (err < 0)
		sink_error(s, p->c, "remove", err);
	path_pop(&s->path, d->path_len);
}

static void purge_entry(struct purge *p, const char *name)
{
	struct tree_sink *s = p->s;
	int dir = p->dirs[p->depth - 1].fd, err;
	const struct sink_names *keep = p->dirs[p->depth - 1].keep;
	const struct sink_names *below = NULL;
	size_t old;

	copy_step(p->c);
	if (keep && sink_names_has(keep, name)) {
		below = sink_names_below(keep, name);
		if (below && purge_is_dir(s, dir, name))
			purge_enter(p, dir, name, below);
		return;
	}
	err = s->ops->unlink(dir, name);
	if (err >= 0)
		return;
	if (purge_is_dir(s, dir, name)) {
		purge_enter(p, dir, name, NULL);
		return;
	}
	old = path_push(&s->path, name);
	sink_error(s, p->c, "remove", err);
	path_pop(&s->path, old);
}

void sink_purge(struct tree_sink *s, struct copy *c, int dir, const char *name,
		const struct sink_names *keep)
{
	struct purge p = { .s = s, .c = c };

	purge_enter(&p, dir, name, keep);
	while (p.depth) {
		struct purge_dir *d = &p.dirs[p.depth - 1];
		char *next;

		if (!d->count) {
			purge_leave(&p);
			continue;
		}
		next = d->names[--d->count];
		if (!copy_stopped(c))
			purge_entry(&p, next);
		free(next);
	}
	free(p.dirs);
}

void sink_white_out(struct tree_sink *s, struct copy *c, const char *name)
{
	struct sink_names *names = sink_top(s)->names;
	const struct sink_names *below = sink_names_below(names, name);
	int dir = sink_top(s)->fd, err;
	struct tree_node node;
	size_t old;

	if (sink_names_has(names, name)) {
		if (below && purge_is_dir(s, dir, name))
			sink_purge(s, c, dir, name, below);
		return;
	}
	if (s->ops->stat(dir, name, &node) < 0)
		return;
	if ((node.mode & NODE_TYPE) == NODE_DIR) {
		sink_purge(s, c, dir, name, NULL);
		err = s->ops->rmdir(dir, name);
	} else {
		err = s->ops->unlink(dir, name);
	}
	old = path_push(&s->path, name);
	if (err < 0)
		sink_error(s, c, "remove", err);
	path_pop(&s->path, old);
}
