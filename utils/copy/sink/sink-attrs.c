// SPDX-License-Identifier: GPL-2.0
/*
 * Attributes of the files that a sink creates.
 */
#include <stdlib.h>
#include <string.h>

#include "common/alloc.h"
#include "copy/sink/sink-parts.h"

/* Events and attributes for later */

void event_buf_add(struct event_buf *k, const struct copy_event *ev)
{
	if (k->len + ev->size > k->size) {
		k->size = (k->len + ev->size) * 2;
		k->buf = xrealloc(k->buf, k->size);
	}
	memcpy(k->buf + k->len, ev, ev->size);
	k->len += ev->size;
}

void sink_defer(struct tree_sink *s, const struct tree_node *node, bool times)
{
	const char *path = sink_here(s);
	size_t n = strlen(path) + 1;
	struct sink_deferred *l = xrealloc(NULL, sizeof(*l) + n);

	l->node = *node;
	l->times = times;
	s->defers_flags |= !times;
	memcpy(l->path, path, n);
	list_add_tail(&s->deferred, &l->link);
}

void sink_forget_deferred(struct tree_sink *s)
{
	struct sink_deferred *l, *next;

	list_for_each_safe(l, next, &s->deferred, link)
		if (!strcmp(l->path, sink_here(s))) {
			list_remove(&l->link);
			free(l);
		}
}

/*
 * Set the owner.  If this fails, drop set-user-ID and set-group-ID: the program
 * would run as a user who has not written it.
 */
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
	/*
	 * No space: for this attribute only, or the next write fails as well.
	 */
	c->stop = stop;
}

/* Set access control lists, or all other attributes.  Return true if any. */
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

/* Remove lists that the file has inherited from its directory. */
void sink_drop_acls(struct tree_sink *s, struct copy *c,
		    const struct sink_file *p)
{
	static const char *const acls[] = {
		"system.posix_acl_access",
		"system.posix_acl_default",
	};
	int i, err;

	for (i = 0; i < 2; i++) {
		err = s->ops->remove_xattr(p->dir, p->name, acls[i]);
		if (err < 0 && !s->ops->is_unsupported(err))
			sink_error(s, c, "remove access list of", err);
	}
}

/*
 * All types can hold times in this range; the first day is left out, as some
 * types store local times.
 */
#define TIME_MIN	(315532800 + 86400)
#define TIME_MAX	INT32_MAX
/* Types round times: a day of the access on vfat, two seconds of a change. */
#define ATIME_ROUNDING	86400
#define MTIME_ROUNDING	2

static bool attrs_time_is_common(const struct tree_time *t)
{
	return t->sec >= TIME_MIN && t->sec <= TIME_MAX;
}

static bool attrs_time_is_near(const struct tree_time *a,
			       const struct tree_time *b, int64_t rounding)
{
	return a->sec - b->sec <= rounding && b->sec - a->sec <= rounding;
}

/*
 * Set the times.  The kernel stores the nearest time that the type of the file
 * system can hold, without an error; for a time that some types cannot hold,
 * look what is there then.
 */
static void sink_set_times(struct tree_sink *s, struct copy *c,
			   const struct sink_file *p,
			   const struct tree_node *node)
{
	struct tree_node now;
	int err = s->ops->set_times(p->dir, p->name, node);

	if (err >= 0 && attrs_time_is_common(&node->mtime) &&
	    attrs_time_is_common(&node->atime))
		return;
	if (err >= 0)
		err = s->ops->stat(p->dir, p->name, &now);
	if (err < 0)
		sink_check(s, c, FEATURE_TIMES, "set times of", err);
	else if (!attrs_time_is_near(&now.mtime, &node->mtime,
				     MTIME_ROUNDING) ||
		 !attrs_time_is_near(&now.atime, &node->atime, ATIME_ROUNDING))
		copy_unsupported(c, FEATURE_TIMES, "set times of", s->path.str,
				 "the file system cannot store a time so early or so late");
}

/*
 * Set the attributes of a file.  The owner comes first, as its change clears
 * set-user-ID and capabilities; extended attributes while the file is writable;
 * the mode before the access control list, which includes the mode; then times.
 * Flags are set at the end of the copy.  All steps are tried, even if one
 * fails.
 */
void sink_set_attributes(struct tree_sink *s, struct copy *c,
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
	sink_set_times(s, c, p, &node);
	if (node.flags && (type == NODE_FILE || type == NODE_DIR))
		sink_defer(s, &node, false);
}

void sink_set_deferred(struct tree_sink *s, struct copy *c,
		       const struct sink_deferred *l)
{
	const char *name;
	int err, dir = sink_open_parent(s, l->path, &name);
	size_t old = path_push(&s->path, l->path);

	if (dir < 0)
		sink_error(s, c, "open directory of", dir);
	else if (l->times)
		sink_set_times(s, c, &(struct sink_file) { dir, name },
			       &l->node);
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
