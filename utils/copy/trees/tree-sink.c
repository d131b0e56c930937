// SPDX-License-Identifier: GPL-2.0
/*
 * A sink: a directory of the host or of an image.
 *
 * Keeps the directories open that lead to where it is, so that neither the
 * length of a path nor somebody who renames a directory meanwhile matters.
 * Attributes of a directory are set when it is left; its times again at the
 * end, when something may come into it later, and so are flags that would be
 * in the way.
 */
#include <stdlib.h>
#include <string.h>

#include "common/alloc.h"
#include "copy/trees/tree-sink.h"

#define NAMES_SIZE	65536
#define VALUE_SIZE	65536
#define COPY_SIZE	(256 << 10)

/*
 * A directory that is open.  @node and @attrs are what it is to get, if
 * @has_node; @inherits: what is created in it gets an access list from it.
 */
struct sink_dir {
	int fd;
	size_t path_len;
	struct tree_node node;
	struct event_buf attrs;
	bool has_node;
	bool again;
	bool inherits;
};

/* What is set at the end; @path is relative to the root. */
struct sink_deferred {
	struct sink_deferred *next;
	struct tree_node node;
	bool times;
	char path[];
};

/* A file that could have no more links, and its copy that further ones go to. */
struct sink_copy {
	struct sink_copy *next;
	char *from;
	char *to;
};

/* Messages */

static void sink_error(struct tree_sink *s, struct copy *c, const char *what,
		       int err)
{
	/* A target that is full or broken fails at every step; once is enough. */
	if (c->stop && c->failed)
		return;
	copy_error(c, what, s->path.str, s->ops->strerror(err));
	if (s->ops->is_fatal(err))
		c->stop = true;
}

/* 0 or, after a message, an error; what the target cannot hold is none. */
static int sink_check(struct tree_sink *s, struct copy *c,
		      enum copy_feature loss, const char *what, int err)
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

static struct sink_dir *sink_top(struct tree_sink *s)
{
	return &s->levels[s->depth - 1];
}

static struct sink_dir *sink_push(struct tree_sink *s, int fd, size_t path_len)
{
	struct sink_dir *l;

	if (s->depth == s->levels_size) {
		size_t old = s->levels_size;

		s->levels = xgrow(s->levels, &s->levels_size,
				  sizeof(*s->levels));
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

static void sink_pop(struct tree_sink *s, struct copy *c)
{
	struct sink_dir *l = sink_top(s);
	int err = s->ops->close(l->fd);

	if (err < 0)
		sink_error(s, c, "close", err);
	path_pop(&s->path, l->path_len);
	s->depth--;
}

/* Where the sink is, relative to its root. */
static const char *sink_here(const struct tree_sink *s)
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
static int sink_open_dir(struct tree_sink *s, int dir, const char *name,
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
	/* sink_here() may end in the name of what is being made: no level is that. */
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
static int sink_open_parent(struct tree_sink *s, const char *path,
			    const char **name)
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

/* Keeping */

static void event_buf_add(struct event_buf *k, const struct copy_event *ev)
{
	if (k->len + ev->size > k->size) {
		k->size = (k->len + ev->size) * 2;
		k->buf = xrealloc(k->buf, k->size);
	}
	memcpy(k->buf + k->len, ev, ev->size);
	k->len += ev->size;
}

static void sink_defer(struct tree_sink *s, const struct tree_node *node,
		       bool times)
{
	const char *path = sink_here(s);
	size_t n = strlen(path) + 1;
	struct sink_deferred *l = xrealloc(NULL, sizeof(*l) + n);

	l->next = NULL;
	l->node = *node;
	l->times = times;
	memcpy(l->path, path, n);
	*s->later_end = l;
	s->later_end = &l->next;
}

/* Attributes */

/* An open file, or a name in a directory. */
struct sink_file {
	int dir;
	const char *name;
};

/* A program is not to become somebody's who did not write it. */
static void sink_set_owner(struct tree_sink *s, struct copy *c,
			   const struct sink_file *p, struct tree_node *node)
{
	int err;

	if (node->uid == OWNER_UNCHANGED && node->gid == OWNER_UNCHANGED)
		return;
	err = s->ops->chown(p->dir, p->name, node->uid, node->gid);
	if (err < 0)
		node->mode &= ~06000U;
	sink_check(s, c, FEATURE_OWNER, "set owner of", err);
}

static void sink_set_xattr(struct tree_sink *s, struct copy *c,
			   const struct sink_file *p, const char *attr,
			   const void *value, size_t len)
{
	int err = s->ops->set_xattr(p->dir, p->name, attr, value, len);
	bool stop = c->stop;

	if (copy_xattr_is_acl(attr))
		sink_check(s, c, FEATURE_ACL, "set access list of", err);
	else if (c->opt.label && !strcmp(attr, "security.selinux"))
		sink_check(s, c, FEATURE_XATTR, "set SELinux label of", err);
	else
		sink_check(s, c, FEATURE_XATTR, "set extended attributes of",
			   err);
	/* "No space": too large for its type, or the next write tells. */
	c->stop = stop;
}

/* Access lists, or the others; true if there was one. */
static bool sink_set_xattrs(struct tree_sink *s, struct copy *c,
			    const struct sink_file *p,
			    const struct event_buf *attrs, bool acls)
{
	const struct copy_event *ev;
	bool any = false;
	size_t at;

	for (at = 0; at < attrs->len; at += ev->size) {
		ev = (const struct copy_event *)(attrs->buf + at);
		if (copy_xattr_is_acl(event_name(ev)) != acls)
			continue;
		sink_set_xattr(s, c, p, event_name(ev), event_payload(ev),
			       ev->len);
		any = true;
	}
	return any;
}

/* What came from the directory is not of the source. */
static void sink_drop_acls(struct tree_sink *s, struct copy *c,
			   const struct sink_file *p)
{
	static const char *const acls[] = {
		"system.posix_acl_access", "system.posix_acl_default",
	};
	int i, err;

	for (i = 0; i < 2; i++) {
		err = s->ops->remove_xattr(p->dir, p->name, acls[i]);
		if (err < 0 && !s->ops->is_unsupported(err))
			sink_error(s, c, "remove access list of", err);
	}
}

/*
 * The owner comes first, as its change clears set-user-ID and capabilities;
 * attributes while the file may be written; the mode before an access list,
 * which is more; times last, and flags at the end.  A step that fails keeps
 * none of the others from being done.
 */
static void sink_set_attributes(struct tree_sink *s, struct copy *c,
				const struct sink_file *p,
				const struct tree_node *from,
				const struct event_buf *attrs, bool inherits)
{
	uint32_t type = from->mode & NODE_TYPE;
	struct tree_node node = *from;

	sink_set_owner(s, c, p, &node);
	sink_set_xattrs(s, c, p, attrs, false);
	if (type != NODE_SYMLINK) {
		if (inherits)
			sink_drop_acls(s, c, p);
		sink_check(s, c, FEATURE_MODE, "set mode of",
			   s->ops->chmod(p->dir, p->name, node.mode & 07777));
		sink_set_xattrs(s, c, p, attrs, true);
	}
	sink_check(s, c, FEATURE_TIMES, "set times of",
		   s->ops->set_times(p->dir, p->name, &node));
	if (node.flags && (type == NODE_FILE || type == NODE_DIR))
		sink_defer(s, &node, false);
}

/* Links */

/* Data of a file of the target into another, but for its holes. */
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
		for (done = 0; done < n; ) {
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

/* Attributes of a file of the target are there already, in this form. */
static void sink_gather_xattrs(struct tree_sink *s, struct copy *c, int fd)
{
	long len = s->ops->list_xattr(fd, NULL, s->names, NAMES_SIZE);
	struct copy_event *ev = xrealloc(NULL, sizeof(*ev) + 512 + VALUE_SIZE);
	const char *attr;

	for (attr = s->names; attr - s->names < len; attr += strlen(attr) + 1) {
		long n = copy_xattr_wanted(c, attr) && strlen(attr) < 512 ?
			 s->ops->get_xattr(fd, NULL, attr, s->value,
					   VALUE_SIZE) : -1;

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

static int sink_create_file(struct tree_sink *s, int dir, const char *name)
{
	/* Nobody else's before it is complete; its own mode comes then. */
	int fd = s->ops->open(dir, name, TREE_CREATE, 0600);

	/* As cp does: what is there is replaced. */
	if (s->ops->is_exists(fd)) {
		fd = s->ops->unlink(dir, name);
		if (fd >= 0)
			fd = s->ops->open(dir, name, TREE_CREATE, 0600);
	}
	return fd;
}

static int sink_copy_file(struct tree_sink *s, struct copy *c, int in,
			  const char *name, const struct tree_node *node)
{
	int ret, err, out = sink_create_file(s, sink_top(s)->fd, name);

	if (out < 0)
		return out;
	ret = sink_copy_data(s, in, out, node->size);
	if (ret >= 0) {
		s->attrs.len = 0;
		sink_gather_xattrs(s, c, in);
		sink_set_attributes(s, c, &(struct sink_file){ out, NULL },
				    node, &s->attrs, sink_top(s)->inherits);
	}
	err = s->ops->close(out);
	return ret < 0 ? ret : err;
}

/* A second copy of what the target has already, where it cannot be a link. */
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
	struct sink_copy *p = s->copies;

	while (p && strcmp(p->from, path))
		p = p->next;
	return p;
}

static void sink_remember_copy(struct tree_sink *s, const char *path)
{
	struct sink_copy *p = sink_find_copy(s, path);

	if (!p) {
		p = xrealloc(NULL, sizeof(*p));
		*p = (struct sink_copy) {
			.next = s->copies,
			.from = xstrdup(path),
		};
		s->copies = p;
	}
	free(p->to);
	p->to = xstrdup(sink_here(s));
}

static int sink_try_link(struct tree_sink *s, int from, const char *old,
			 const char *name)
{
	int dir = sink_top(s)->fd;
	int err = s->ops->link(from, old, dir, name);

	if (s->ops->is_exists(err)) {
		err = s->ops->unlink(dir, name);
		if (err >= 0)
			err = s->ops->link(from, old, dir, name);
	}
	return err;
}

static void sink_make_link(struct tree_sink *s, struct copy *c,
			   const struct copy_event *ev)
{
	const char *target = event_payload(ev), *old;
	struct sink_copy *copy = sink_find_copy(s, target);
	int err, from;

	/* An archive may have a file twice. */
	if (!strcmp(target, sink_here(s)))
		return;
	from = sink_open_parent(s, copy ? copy->to : target, &old);
	err = from < 0 ? from : sink_try_link(s, from, old, event_name(ev));
	if (from >= 0 && s->ops->is_unsupported(err)) {
		bool full = s->ops->is_too_many_links(err);

		copy_unsupported(c, FEATURE_LINKS, "link, but copy,",
				 s->path.str, s->ops->strerror(err));
		err = sink_copy_instead(s, c, from, old, event_name(ev));
		if (full && err >= 0)
			sink_remember_copy(s, target);
	}
	if (from >= 0)
		s->ops->close(from);
	if (err < 0)
		sink_error(s, c, "create link", err);
	else
		c->files++;
}

/* Files */

static void sink_begin_file(struct tree_sink *s, struct copy *c,
			    const char *name)
{
	s->fd = sink_create_file(s, sink_top(s)->fd, name);
	s->end = 0;
	if (s->fd >= 0)
		return;
	sink_error(s, c, "create", s->fd);
	s->bad = true;
}

static void sink_make_symlink(struct tree_sink *s, struct copy *c,
			      const char *name, const char *target)
{
	int dir = sink_top(s)->fd;
	int err = s->ops->symlink(target, dir, name);

	if (s->ops->is_exists(err)) {
		err = s->ops->unlink(dir, name);
		if (err >= 0)
			err = s->ops->symlink(target, dir, name);
	}
	if (err < 0) {
		sink_error(s, c, "create symbolic link", err);
		s->bad = true;
	}
}

static void sink_make_special(struct tree_sink *s, struct copy *c,
			      const char *name, const struct tree_node *node)
{
	int dir = sink_top(s)->fd;
	int err = s->ops->mknod(dir, name, node);

	if (s->ops->is_exists(err)) {
		err = s->ops->unlink(dir, name);
		if (err >= 0)
			err = s->ops->mknod(dir, name, node);
	}
	if (err < 0) {
		sink_error(s, c, "create special file", err);
		s->bad = true;
	}
}

static void sink_begin_item(struct tree_sink *s, struct copy *c,
			    const struct copy_event *ev)
{
	s->old_len = path_push(&s->path, event_name(ev));
	s->name_len = ev->name_len;
	s->type = ev->type;
	s->node = ev->node;
	s->attrs.len = 0;
	s->bad = false;
	s->fd = -1;
	if (ev->type == EVENT_FILE)
		sink_begin_file(s, c, event_name(ev));
	else if (ev->type == EVENT_SYMLINK)
		sink_make_symlink(s, c, event_name(ev), event_payload(ev));
	else if (ev->type == EVENT_SPECIAL)
		sink_make_special(s, c, event_name(ev), &ev->node);
	else
		sink_make_link(s, c, ev);
}

static void sink_write_data(struct tree_sink *s, struct copy *c,
			    const struct copy_event *ev)
{
	size_t done = 0;

	while (!s->bad && done < ev->len) {
		long n = s->ops->write(s->fd, ev->body + done, ev->len - done,
				       ev->off + done);

		if (n < 0) {
			sink_error(s, c, "write", n);
			s->bad = true;
			return;
		}
		done += n;
	}
	s->end = ev->off + ev->len;
	c->bytes += ev->len;
}

/* @complete: all of the data came. */
static void sink_end_file(struct tree_sink *s, struct copy *c, bool complete)
{
	int err = 0;

	complete = complete && !s->bad;
	/* A hole at the end */
	if (complete && s->end != s->node.size)
		err = s->ops->truncate(s->fd, s->node.size);
	if (err < 0)
		sink_error(s, c, "extend", err);
	complete = complete && err >= 0;
	err = complete && s->early ? s->ops->start_writeback(s->fd) : 0;
	if (err < 0)
		sink_error(s, c, "write", err);
	if (complete)
		sink_set_attributes(s, c, &(struct sink_file){ s->fd, NULL },
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
	} else if (s->type != EVENT_LINK && !s->bad) {
		struct sink_file p = {
			sink_top(s)->fd,
			s->path.str + s->path.len - s->name_len,
		};

		sink_set_attributes(s, c, &p, &s->node, &s->attrs,
				    sink_top(s)->inherits);
		c->files++;
	}
	s->type = EVENT_PAD;
	path_pop(&s->path, s->old_len);
}

/* Directories */

static bool sink_has_default_acl(struct tree_sink *s, int fd)
{
	return s->ops->get_xattr(fd, NULL, "system.posix_acl_default", NULL,
				 0) > 0;
}

/* 1: it is new, 0: it was there, or an error. */
static int sink_make_dir(struct tree_sink *s, const char *name, bool has_node)
{
	struct tree_node old;
	/* Writable while it is filled; its own mode comes at the end. */
	int dir = sink_top(s)->fd;
	int err = s->ops->mkdir(dir, name, has_node ? 0700 : 0755);

	if (err >= 0)
		return 1;
	if (s->ops->is_exists(err) && s->ops->stat(dir, name, &old) >= 0 &&
	    ((old.mode & NODE_TYPE) == NODE_DIR ||
	     (s->follow && (old.mode & NODE_TYPE) == NODE_SYMLINK)))
		return 0;
	return err;
}

static void sink_enter_dir(struct tree_sink *s, struct copy *c,
			   const struct copy_event *ev)
{
	size_t old = path_push(&s->path, event_name(ev));
	int fd, made = sink_make_dir(s, event_name(ev), ev->type == EVENT_DIR);
	struct sink_dir *l;

	if (made < 0) {
		sink_error(s, c, "create directory", made);
		goto skip;
	}
	fd = sink_open_dir(s, sink_top(s)->fd, event_name(ev), sink_here(s));
	if (fd < 0) {
		sink_error(s, c, "open directory", fd);
		goto skip;
	}
	if (made && sink_top(s)->inherits)
		sink_drop_acls(s, c, &(struct sink_file){ fd, NULL });
	l = sink_push(s, fd, old);
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
		sink_set_attributes(s, c, &(struct sink_file){ l->fd, NULL },
				    &l->node, &l->attrs, l->inherits);
		if (l->again)
			sink_defer(s, &l->node, true);
		c->files++;
	}
	sink_pop(s, c);
}

/* True: the event belongs to a directory that could not be made. */
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
	struct tree_sink *s = (struct tree_sink *)sink;

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
	case EVENT_XATTR:
		event_buf_add(s->type == EVENT_PAD ? &sink_top(s)->attrs :
						     &s->attrs,
			      ev);
		break;
	case EVENT_DATA:
		sink_write_data(s, c, ev);
		break;
	case EVENT_END:
		sink_end_item(s, c, !(ev->flags & EVENT_FAILED));
		break;
	case EVENT_MAP:
		break;
	default:
		sink_begin_item(s, c, ev);
	}
}

/* The end */

static void sink_set_later(struct tree_sink *s, struct copy *c,
			   const struct sink_deferred *l)
{
	const char *name;
	int err, dir = sink_open_parent(s, l->path, &name);
	size_t old = path_push(&s->path, l->path);

	if (dir < 0)
		sink_error(s, c, "open directory of", dir);
	else if (l->times)
		sink_check(s, c, FEATURE_TIMES, "set times of",
			   s->ops->set_times(dir, name, &l->node));
	else
		sink_check(s, c, FEATURE_FLAGS, "set flags of",
			   s->ops->set_flags(dir, name, l->node.flags));
	path_pop(&s->path, old);
	if (dir < 0)
		return;
	err = s->ops->close(dir);
	if (err < 0)
		sink_error(s, c, "close", err);
}

/* Closes what was left open because the copy has stopped. */
static void sink_unwind(struct tree_sink *s, struct copy *c)
{
	if (s->fd >= 0)
		s->ops->close(s->fd);
	s->fd = -1;
	if (s->type != EVENT_PAD)
		path_pop(&s->path, s->old_len);
	s->type = EVENT_PAD;
	while (s->depth > 1)
		sink_pop(s, c);
}

/* What came into it has changed its time, which is to be no later either. */
static void sink_clamp_root(struct tree_sink *s, struct copy *c)
{
	struct tree_node node;
	int fd = s->levels[0].fd, err = s->ops->stat(fd, ".", &node);

	if (err >= 0 && node.mtime.sec > c->opt.mtime_max) {
		node.mtime = (struct tree_time) { c->opt.mtime_max, 0 };
		err = s->ops->set_times(fd, NULL, &node);
	}
	if (err < 0)
		sink_check(s, c, FEATURE_TIMES, "set times of", err);
}

static void tree_sink_finish(struct copy_sink *sink, struct copy *c)
{
	struct tree_sink *s = (struct tree_sink *)sink;
	const struct sink_deferred *l;
	int flags;

	sink_unwind(s, c);
	if (c->opt.mtime_max != INT64_MAX && !copy_stopped(c))
		sink_clamp_root(s, c);
	/* What has flags may not let its times be changed. */
	for (flags = 0; flags < 2; flags++)
		for (l = s->later; l && !copy_stopped(c); l = l->next) {
			if (l->times != flags)
				sink_set_later(s, c, l);
			copy_step(c);
		}
}

void tree_sink_init(struct tree_sink *s, const struct tree_ops *ops, int fd,
		    const char *path)
{
	*s = (struct tree_sink) {
		.base.consume = tree_sink_consume,
		.base.finish = tree_sink_finish,
		.ops = ops,
		.fd = -1,
		.names = xrealloc(NULL, NAMES_SIZE),
		.value = xrealloc(NULL, VALUE_SIZE),
	};
	s->later_end = &s->later;
	path_set(&s->path, path);
	s->root_len = s->path.len;
	s->early = ops->wants_early_writeback(fd);
	sink_push(s, fd, 0)->inherits = sink_has_default_acl(s, fd);
}

void tree_sink_exit(struct tree_sink *s)
{
	size_t i;

	while (s->later) {
		struct sink_deferred *l = s->later;

		s->later = l->next;
		free(l);
	}
	while (s->copies) {
		struct sink_copy *p = s->copies;

		s->copies = p->next;
		free(p->from);
		free(p->to);
		free(p);
	}
	if (s->depth)
		s->ops->close(s->levels[0].fd);
	for (i = 0; i < s->levels_size; i++)
		free(s->levels[i].attrs.buf);
	free(s->levels);
	free(s->attrs.buf);
	free(s->names);
	free(s->value);
	path_free(&s->path);
}
