// SPDX-License-Identifier: GPL-2.0
/*
 * A sink: a directory of the host or of an image.
 *
 * The sink keeps all directories on the way to the current file open, so that
 * neither long paths nor directories that are renamed meanwhile matter.
 * Attributes of a directory are set at its LEAVE event.  Times of a directory
 * that may get further files are set again at the end, as are flags, which may
 * forbid changes.
 */
#include <stdlib.h>
#include <string.h>

#include "common/alloc.h"
#include "copy/sink/sink-parts.h"

/* Files */

static void sink_begin_file(struct tree_sink *s, struct copy *c,
			    const char *name)
{
	s->fd = sink_create_file(s, c, name);
	s->end = 0;
	if (s->fd >= 0)
		return;
	sink_error(s, c, "create", s->fd);
	s->failed = true;
}

/*
 * Report that a file cannot be created; one message is enough if the target can
 * have no file of this type.
 */
static void sink_create_error(struct tree_sink *s, struct copy *c,
			      enum copy_feature feature, const char *what,
			      int err)
{
	if (s->ops->lacks_type && s->ops->lacks_type(err))
		copy_missing(c, feature, what, s->path.str,
			     s->ops->strerror(err));
	else
		sink_error(s, c, what, err);
	s->failed = true;
}

static void sink_make_symlink(struct tree_sink *s, struct copy *c,
			      const char *name, const char *target)
{
	const struct tree_node node = { .mode = NODE_SYMLINK };
	int dir = sink_top(s)->fd;
	int err = s->ops->symlink(target, dir, name);

	if (sink_replace(s, c, name, &node, &err))
		err = s->ops->symlink(target, dir, name);
	if (err < 0)
		sink_create_error(s, c, FEATURE_SYMLINKS,
				  "create symbolic link", err);
}

static void sink_make_special(struct tree_sink *s, struct copy *c,
			      const char *name, const struct tree_node *node)
{
	int dir = sink_top(s)->fd;
	int err = s->ops->mknod(dir, name, node);

	if (sink_replace(s, c, name, node, &err))
		err = s->ops->mknod(dir, name, node);
	if (err < 0)
		sink_create_error(s, c, FEATURE_SPECIAL, "create special file",
				  err);
}

static void sink_begin_item(struct tree_sink *s, struct copy *c,
			    const struct copy_event *ev)
{
	s->parent_len = path_push(&s->path, event_name(ev));
	s->name_len = ev->name_len;
	s->type = ev->type;
	s->node = ev->node;
	s->attrs.len = 0;
	s->failed = sink_refuses_name(s, c, event_name(ev));
	s->fd = -1;
	if (s->failed)
		return;
	if (ev->type == EVENT_FILE)
		sink_begin_file(s, c, event_name(ev));
	else if (ev->type == EVENT_SYMLINK)
		sink_make_symlink(s, c, event_name(ev), event_payload(ev));
	else if (ev->type == EVENT_SPECIAL)
		sink_make_special(s, c, event_name(ev), &ev->node);
	else
		sink_make_link(s, c, ev);
	if (ev->type != EVENT_LINK && !s->failed)
		sink_names_add(sink_top(s)->names, event_name(ev), s->number);
}

static void sink_write_data(struct tree_sink *s, struct copy *c,
			    const struct copy_event *ev)
{
	size_t done = 0;

	while (!s->failed && done < ev->len) {
		long n = s->ops->write(s->fd, ev->body + done, ev->len - done,
				       ev->off + done);

		if (n < 0) {
			sink_error(s, c, "write", n);
			s->failed = true;
			return;
		}
		done += n;
	}
	s->end = ev->off + ev->len;
	c->bytes += ev->len;
}

/* End a file; @complete: the source has emitted all of its data. */
static void sink_end_file(struct tree_sink *s, struct copy *c, bool complete)
{
	int err = 0;

	complete = complete && !s->failed;
	/* The file ends in a hole. */
	if (complete && s->end != s->node.size)
		err = s->ops->truncate(s->fd, s->node.size);
	if (err < 0)
		sink_error(s, c, "extend", err);
	complete = complete && err >= 0;
	err = complete && s->early_writeback ? s->ops->start_writeback(s->fd) :
					       0;
	if (err < 0)
		sink_error(s, c, "write", err);
	if (complete)
		sink_set_attributes(s, c, &(struct sink_file) { s->fd, NULL },
				    &s->node, &s->attrs, sink_top(s)->inherits);
	err = s->fd >= 0 ? s->ops->close(s->fd) : 0;
	s->fd = -1;
	if (err < 0)
		sink_error(s, c, "close", err);
	else if (complete)
		c->files++;
}

static void sink_end_item(struct tree_sink *s, struct copy *c, bool complete)
{
	if (s->type == EVENT_FILE) {
		sink_end_file(s, c, complete);
	} else if (s->type != EVENT_LINK && !s->failed) {
		struct sink_file p = {
			sink_top(s)->fd,
			s->path.str + s->path.len - s->name_len,
		};

		sink_set_attributes(s, c, &p, &s->node, &s->attrs,
				    sink_top(s)->inherits);
		c->files++;
	}
	s->type = EVENT_PAD;
	path_pop(&s->path, s->parent_len);
}

/* Directories */

static bool sink_has_default_acl(struct tree_sink *s, int fd)
{
	return s->ops->get_xattr(fd, NULL, "system.posix_acl_default", NULL,
				 0) > 0;
}

/* Create a directory.  Return 1, 0 if the directory exists, or an error. */
static int sink_make_dir(struct tree_sink *s, struct copy *c, const char *name,
			 bool has_node)
{
	const struct tree_node new_dir = { .mode = NODE_DIR };
	struct sink_names *names = sink_top(s)->names;
	const char *other;
	struct tree_node old;
	/* Writable until the directory is left and gets its own mode. */
	int dir = sink_top(s)->fd;
	int err = s->ops->mkdir(dir, name, has_node ? 0700 : 0755);

	if (err >= 0)
		return 1;
	other = s->ops->is_exists(err) && strcmp(name, ".") ?
			sink_names_clash(s, c, names, dir, name) :
			NULL;
	if (other) {
		sink_clash_error(s, c, other);
		return err;
	}
	if (s->ops->is_exists(err) && s->ops->stat(dir, name, &old) >= 0 &&
	    ((old.mode & NODE_TYPE) == NODE_DIR ||
	     (s->follow && (old.mode & NODE_TYPE) == NODE_SYMLINK &&
	      !(s->layered && has_node))))
		return 0;
	if (s->replaces_dirs && (has_node || s->layered) &&
	    sink_replace(s, c, name, &new_dir, &err))
		err = s->ops->mkdir(dir, name, 0700);
	return err < 0 ? err : 1;
}

/*
 * Open a directory that exists or was made.  A symbolic link that leads to no
 * directory of the target is replaced, if the sink replaces directories.
 */
static int sink_open_made_dir(struct tree_sink *s, const char *name,
			      bool has_node, int *made)
{
	int dir = sink_top(s)->fd;
	int fd = sink_open_dir(s, dir, name, sink_here(s));

	if (fd >= 0 || *made || !s->replaces_dirs || !has_node ||
	    s->ops->unlink(dir, name) < 0)
		return fd;
	*made = s->ops->mkdir(dir, name, 0700);
	if (*made < 0)
		return *made;
	*made = 1;
	return sink_open_dir(s, dir, name, sink_here(s));
}

static void sink_enter_dir(struct tree_sink *s, struct copy *c,
			   const struct copy_event *ev)
{
	size_t old = path_push(&s->path, event_name(ev));
	struct sink_names *names;
	struct sink_dir *l;
	int fd, made;

	if (sink_refuses_name(s, c, event_name(ev)))
		goto skip;
	made = sink_make_dir(s, c, event_name(ev), ev->type == EVENT_DIR);
	if (made < 0) {
		sink_error(s, c, "create directory", made);
		goto skip;
	}
	fd = sink_open_made_dir(s, event_name(ev), ev->type == EVENT_DIR,
				&made);
	if (fd < 0) {
		sink_error(s, c, "open directory", fd);
		goto skip;
	}
	if (made && sink_top(s)->inherits)
		sink_drop_acls(s, c, &(struct sink_file) { fd, NULL });
	names = sink_names_enter(sink_top(s)->names, event_name(ev), made,
				 s->number);
	l = sink_push(s, fd, old, names);
	l->inherits = !made && sink_has_default_acl(s, fd);
	l->has_node = ev->type == EVENT_DIR;
	l->again = ev->flags & EVENT_AGAIN;
	l->node = ev->node;
	return;
skip:
	path_pop(&s->path, old);
	s->skipped = 1;
}

static void sink_leave_dir(struct tree_sink *s, struct copy *c)
{
	struct sink_dir *l = sink_top(s);

	if (l->has_node) {
		sink_set_attributes(s, c, &(struct sink_file) { l->fd, NULL },
				    &l->node, &l->attrs, l->inherits);
		if (l->again)
			sink_defer(s, &l->node, true);
		c->files++;
	}
	sink_pop(s, c);
}

/* Return true if the event is about a directory that could not be created. */
static bool sink_skips(struct tree_sink *s, const struct copy_event *ev)
{
	if (!s->skipped)
		return false;
	if (ev->type == EVENT_DIR || ev->type == EVENT_ENTER)
		s->skipped++;
	else if (ev->type == EVENT_LEAVE)
		s->skipped--;
	return true;
}

static void tree_sink_consume(struct copy_sink *sink, struct copy *c,
			      const struct copy_event *ev)
{
	struct tree_sink *s = container_of(sink, struct tree_sink, base);

	if (sink_skips(s, ev))
		return;
	switch (ev->type) {
	case EVENT_DIR:
	case EVENT_ENTER:
		sink_enter_dir(s, c, ev);
		break;
	case EVENT_LEAVE:
		sink_leave_dir(s, c);
		break;
	case EVENT_WHITEOUT:
		sink_white_out(s, c, event_name(ev));
		break;
	case EVENT_OPAQUE:
		sink_purge(s, c, sink_top(s)->fd, ".", sink_top(s)->names);
		break;
	case EVENT_XATTR:
		event_buf_add(s->type == EVENT_PAD ? &sink_top(s)->attrs :
						     &s->attrs,
			      ev);
		break;
	case EVENT_DATA:
		sink_write_data(s, c, ev);
		break;
	case EVENT_END:
		if (ev->flags & EVENT_UNSIZED)
			s->node.size = s->end;
		sink_end_item(s, c, !(ev->flags & EVENT_FAILED));
		break;
	case EVENT_MAP:
		break;
	default:
		sink_begin_item(s, c, ev);
	}
}

/* The end */

/* Close files and directories that are open because the copy was stopped. */
static void sink_unwind(struct tree_sink *s, struct copy *c)
{
	if (s->fd >= 0)
		s->ops->close(s->fd);
	s->fd = -1;
	if (s->type != EVENT_PAD)
		path_pop(&s->path, s->parent_len);
	s->type = EVENT_PAD;
	while (s->depth > 1)
		sink_pop(s, c);
}

/* Limit the time of the root directory, which new files in it have changed. */
static void sink_clamp_root(struct tree_sink *s, struct copy *c)
{
	struct tree_node node;
	int fd = s->dirs[0].fd, err = s->ops->stat(fd, ".", &node);

	if (err >= 0 && node.mtime.sec > c->opt.mtime_max) {
		node.mtime = (struct tree_time) { c->opt.mtime_max, 0 };
		err = s->ops->set_times(fd, NULL, &node);
	}
	if (err < 0)
		sink_check(s, c, FEATURE_TIMES, "set times of", err);
}

static void tree_sink_finish(struct copy_sink *sink, struct copy *c)
{
	struct tree_sink *s = container_of(sink, struct tree_sink, base);
	struct sink_deferred *l;
	int flags;

	sink_unwind(s, c);
	if (c->opt.mtime_max != INT64_MAX && !copy_stopped(c))
		sink_clamp_root(s, c);
	/* Times first: flags may forbid to change them. */
	for (flags = 0; flags < 2; flags++)
		list_for_each(l, &s->deferred, link) {
			if (copy_stopped(c))
				break;
			if (l->times != flags)
				sink_set_deferred(s, c, l);
			copy_step(c);
		}
}

void tree_sink_init(struct tree_sink *s, const struct tree_ops *ops, int fd,
		    const char *path)
{
	enum tree_type type;

	*s = (struct tree_sink) {
		.base.consume = tree_sink_consume,
		.base.finish = tree_sink_finish,
		.ops = ops,
		.fd = -1,
		.names = xrealloc(NULL, NAMES_SIZE),
		.value = xrealloc(NULL, VALUE_SIZE),
	};
	list_init(&s->deferred);
	list_init(&s->copies);
	path_set(&s->path, path);
	s->root_len = s->path.len;
	type = ops->type_of(fd);
	/*
	 * btrfs reserves space for the metadata of dirty data, much more than the
	 * metadata takes, and waits for the clock when the space is used up.
	 */
	s->early_writeback = type == TREE_TYPE_BTRFS;
	s->target_type = type;
	sink_push(s, fd, 0, sink_names_new(false))->inherits = sink_has_default_acl(s, fd);
}

void tree_sink_share_names(struct tree_sink *s, struct sink_names *names,
			   unsigned int number)
{
	sink_names_free(s->dirs[0].names);
	s->dirs[0].names = names;
	s->number = number;
}

void tree_sink_exit(struct tree_sink *s)
{
	struct sink_deferred *l, *next_deferred;
	struct sink_copy *p, *next_copy;
	size_t i;

	list_for_each_safe(l, next_deferred, &s->deferred, link)
		free(l);
	list_for_each_safe(p, next_copy, &s->copies, link) {
		free(p->from);
		free(p->to);
		free(p);
	}
	if (s->depth) {
		s->ops->close(s->dirs[0].fd);
		if (!s->number)
			sink_names_free(s->dirs[0].names);
	}
	for (i = 0; i < s->dirs_size; i++)
		free(s->dirs[i].attrs.buf);
	free(s->dirs);
	free(s->attrs.buf);
	free(s->names);
	free(s->value);
	path_free(&s->path);
}
