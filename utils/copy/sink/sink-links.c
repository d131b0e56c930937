// SPDX-License-Identifier: GPL-2.0
/*
 * Hard links, and copies where the target cannot have links.
 */
#include <stdlib.h>
#include <string.h>

#include "common/alloc.h"
#include "copy/sink/sink-parts.h"

#define COPY_SIZE (256 << 10)

/* Copy the data of one file of the target to another, without the holes. */
static int sink_copy_data(struct tree_sink *s, int in, int out, uint64_t size)
{
	char *buf = xrealloc(NULL, COPY_SIZE);
	uint64_t off = 0;
	long n = 0, done;

	while (off < size) {
		int64_t data = s->ops->seek_data(in, off);

		if (s->ops->is_no_data(data))
			break;
		off = data >= 0 ? (uint64_t)data : off;
		n = s->ops->read(in, buf, COPY_SIZE, off);
		if (n <= 0)
			break;
		for (done = 0; done < n;) {
			long some = s->ops->write(out, buf + done, n - done,
						  off + done);

			if (some < 0) {
				n = some;
				goto out;
			}
			done += some;
		}
		off += n;
	}
	n = n < 0 ? n : s->ops->truncate(out, size);
out:
	free(buf);
	return n;
}

/* Collect the extended attributes of a file of the target as events. */
static void sink_gather_xattrs(struct tree_sink *s, struct copy *c, int fd)
{
	long len = s->ops->list_xattr(fd, NULL, s->names, NAMES_SIZE);
	struct copy_event *ev = xrealloc(NULL, sizeof(*ev) + 512 + VALUE_SIZE);
	const char *attr;

	for (attr = s->names; attr - s->names < len; attr += strlen(attr) + 1) {
		long n = copy_xattr_wanted(c, attr) && strlen(attr) < 512 ?
				 s->ops->get_xattr(fd, NULL, attr, s->value,
						   VALUE_SIZE) :
				 -1;

		if (n < 0)
			continue;
		*ev = (struct copy_event) {
			.type = EVENT_XATTR,
			.name_len = strlen(attr),
			.len = n,
		};
		ev->size = (sizeof(*ev) + ev->name_len + 1 + n + 15) & ~15U;
		memcpy(ev->body, attr, ev->name_len + 1);
		memcpy(ev->body + ev->name_len + 1, s->value, n);
		event_buf_add(&s->attrs, ev);
	}
	free(ev);
}

/* Remove a directory that is empty or, in a layered sink, of a lower layer. */
static int sink_remove_dir(struct tree_sink *s, struct copy *c, int dir,
			   const char *name)
{
	struct sink_names *names = sink_top(s)->names;
	const struct sink_names *below = sink_names_below(names, name);
	int err = s->ops->rmdir(dir, name);

	if (err < 0 && s->layered && (below || !sink_names_has(names, name))) {
		sink_purge(s, c, dir, name, below);
		err = s->ops->rmdir(dir, name);
	}
	return err;
}

/* Remove a file or, if the sink replaces directories, a directory. */
static int sink_remove(struct tree_sink *s, struct copy *c, int dir,
		       const char *name)
{
	int err = s->ops->unlink(dir, name);
	struct tree_node node;

	if (err < 0 && s->replaces_dirs &&
	    s->ops->stat(dir, name, &node) >= 0 &&
	    (node.mode & NODE_TYPE) == NODE_DIR) {
		err = sink_remove_dir(s, c, dir, name);
		if (err >= 0) {
			sink_forget_deferred(s);
			sink_names_forget(sink_top(s)->names, name);
		}
	} else if (err >= 0 && s->defers_flags) {
		sink_forget_deferred(s);
	}
	return err;
}

/* Return true if one file may replace the other: a FIFO, the same device. */
static bool sink_is_same_kind(const struct tree_node *old,
			      const struct tree_node *node)
{
	uint32_t type = old->mode & NODE_TYPE;

	if (type != (node->mode & NODE_TYPE))
		return false;
	return (type != NODE_CHAR && type != NODE_BLOCK) ||
	       (old->rdev_major == node->rdev_major &&
		old->rdev_minor == node->rdev_minor);
}

/* Return why existing file @name must not be replaced by @node, or NULL. */
static const char *sink_why_keep(struct tree_sink *s, struct copy *c,
				 const char *name,
				 const struct tree_node *node)
{
	struct tree_node old;
	uint32_t old_type;

	if (!s->repeats && sink_names_is_new(s, sink_top(s)->names, name))
		return "another source has made a file of this name";
	if (s->ops->stat(sink_top(s)->fd, name, &old) < 0)
		return NULL;
	if (s->ops == &host_tree && copy_is_image(c, &old))
		return "this file is the image";
	old_type = old.mode & NODE_TYPE;
	if (!s->guards || old_type == NODE_FILE || old_type == NODE_DIR ||
	    sink_is_same_kind(&old, node))
		return NULL;
	if (old_type != NODE_SYMLINK)
		return "the target is a device, FIFO or socket, which is not replaced; remove it first";
	if (s->ops != &host_tree)
		return NULL;
	return "the target is a symbolic link, which is not replaced; remove it first";
}

bool sink_replace(struct tree_sink *s, struct copy *c, const char *name,
		  const struct tree_node *node, int *err)
{
	struct sink_dir *l = sink_top(s);
	const char *other, *why;

	if (!s->ops->is_exists(*err))
		return false;
	other = sink_names_clash(s, c, l->names, l->fd, name);
	if (other) {
		sink_clash_error(s, c, other);
		return false;
	}
	why = sink_why_keep(s, c, name, node);
	if (why) {
		sink_way_error(s, c, why);
		return false;
	}
	*err = sink_remove(s, c, l->fd, name);
	return *err >= 0;
}

int sink_create_file(struct tree_sink *s, struct copy *c, const char *name)
{
	/* Private until the file is complete and gets its own mode. */
	const struct tree_node node = { .mode = NODE_FILE };
	int dir = sink_top(s)->fd;
	int fd = s->ops->open(dir, name, TREE_CREATE, 0600);

	if (sink_replace(s, c, name, &node, &fd))
		fd = s->ops->open(dir, name, TREE_CREATE, 0600);
	return fd;
}

static int sink_copy_file(struct tree_sink *s, struct copy *c, int in,
			  const char *name, const struct tree_node *node)
{
	int ret, err, out = sink_create_file(s, c, name);

	if (out < 0)
		return out;
	ret = sink_copy_data(s, in, out, node->size);
	if (ret >= 0) {
		s->attrs.len = 0;
		sink_gather_xattrs(s, c, in);
		sink_set_attributes(s, c, &(struct sink_file) { out, NULL },
				    node, &s->attrs, sink_top(s)->inherits);
	}
	err = s->ops->close(out);
	return ret < 0 ? ret : err;
}

/* Copy file @old of the target to @name, as it cannot have a link. */
static int sink_copy_instead(struct tree_sink *s, struct copy *c, int from,
			     const char *old, const char *name)
{
	struct tree_node node;
	int in, ret = s->ops->stat(from, old, &node);

	if (ret < 0)
		return ret;
	if ((node.mode & NODE_TYPE) != NODE_FILE)
		return s->ops->mknod(sink_top(s)->fd, name, &node);
	node.flags = 0;
	in = s->ops->open(from, old, TREE_READ, 0);
	if (in < 0)
		return in;
	ret = sink_copy_file(s, c, in, name, &node);
	s->ops->close(in);
	return ret;
}

static struct sink_copy *sink_find_copy(struct tree_sink *s, const char *path)
{
	struct sink_copy *p;

	list_for_each(p, &s->copies, link)
		if (!strcmp(p->from, path))
			return p;
	return NULL;
}

static void sink_remember_copy(struct tree_sink *s, const char *path)
{
	struct sink_copy *p = sink_find_copy(s, path);

	if (!p) {
		p = xzalloc(sizeof(*p));
		p->from = xstrdup(path);
		list_add_head(&s->copies, &p->link);
	}
	free(p->to);
	p->to = xstrdup(sink_here(s));
}

static int sink_try_link(struct tree_sink *s, struct copy *c, int from,
			 const char *old, const struct copy_event *ev)
{
	const char *name = event_name(ev);
	int dir = sink_top(s)->fd;
	int err = s->ops->link(from, old, dir, name);

	if (sink_replace(s, c, name, &ev->node, &err))
		err = s->ops->link(from, old, dir, name);
	return err;
}

void sink_make_link(struct tree_sink *s, struct copy *c,
		    const struct copy_event *ev)
{
	const char *target = event_payload(ev), *old;
	struct sink_copy *copy = sink_find_copy(s, target);
	int err, from;

	/* An archive may contain a file twice. */
	if (!strcmp(target, sink_here(s)))
		return;
	from = sink_open_parent(s, copy ? copy->to : target, &old);
	err = from < 0 ? from : sink_try_link(s, c, from, old, ev);
	if (from >= 0 && s->ops->is_unsupported(err)) {
		bool full = s->ops->is_too_many_links(err);

		copy_unsupported(c, FEATURE_LINKS, "create link instead of copy",
				 s->path.str, s->ops->strerror(err));
		err = sink_copy_instead(s, c, from, old, event_name(ev));
		if (full && err >= 0)
			sink_remember_copy(s, target);
	}
	if (from >= 0)
		s->ops->close(from);
	if (err < 0) {
		sink_error(s, c, "create link", err);
		return;
	}
	sink_names_add(sink_top(s)->names, event_name(ev), s->number);
	c->files++;
}
