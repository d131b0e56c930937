// SPDX-License-Identifier: GPL-2.0
/*
 * A copy from a source to a sink: the parts that all sources and sinks share.
 *
 * The source reads ahead while the sink writes, each in a thread of its own.
 * Options change a file when the source emits it, so that sinks need not know
 * options.  A file that cannot be copied is reported, and the copy goes on,
 * unless the target is full or broken.
 */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/escape.h"
#include "common/host/host-console.h"
#include "common/host/thread.h"
#include "common/report.h"
#include "copy/core/engine.h"
#include "shared/macros.h"

/* Messages */

void copy_error(struct copy *c, const char *what, const char *path,
		const char *why)
{
	report_cannot(what, path, why);
	c->failed = true;
}

bool copy_has_reported(const struct copy *c, enum copy_feature feature)
{
	return !c->opt.strict && c->reported & 1U << feature;
}

void copy_unsupported(struct copy *c, enum copy_feature feature,
		      const char *what, const char *path, const char *why)
{
	if (c->opt.strict) {
		copy_error(c, what, path, why);
		return;
	}
	if (copy_has_reported(c, feature))
		return;
	atomic_fetch_or(&c->reported, 1U << feature);
	report_warning("cannot %s '%s': %s; other files may be affected, too",
		       what, path, why);
}

void copy_missing(struct copy *c, enum copy_feature feature, const char *what,
		  const char *path, const char *why)
{
	c->failed = true;
	if (copy_has_reported(c, feature))
		return;
	atomic_fetch_or(&c->reported, 1U << feature);
	report_error("cannot %s '%s': %s; other files may be affected, too",
		     what, path, why);
}

bool copy_is_image(const struct copy *c, const struct tree_node *node)
{
	int i;

	for (i = 0; i < c->image_count; i++)
		if (node->ino == c->images[i].ino &&
		    node->dev == c->images[i].dev)
			return true;
	return false;
}

bool copy_stopped(struct copy *c)
{
	if (*c->interrupted)
		c->stop = true;
	return c->stop;
}

void copy_step(struct copy *c)
{
	/* Requests to disks increment the counter as well, in other threads. */
	__atomic_fetch_add(c->steps, 1, __ATOMIC_RELAXED);
}

void copy_print_name(const struct copy *c, const char *path)
{
	char *shown;

	if (!c->opt.verbose)
		return;
	shown = escape_text(path);
	host_console_write(stdout, shown);
	host_console_write(stdout, "\n");
	free(shown);
}

/* Attributes of the target */

static uint32_t copy_new_owner(const struct copy *c, uint32_t wanted,
			       uint32_t now)
{
	if (wanted != OWNER_UNCHANGED)
		return wanted;
	return c->opt.keep_owner ? now : OWNER_UNCHANGED;
}

static void copy_clamp_time(const struct copy *c, struct tree_time *t)
{
	if (t->sec > c->opt.mtime_max)
		*t = (struct tree_time) { c->opt.mtime_max, 0 };
}

static void copy_prepare_node(const struct copy *c, struct tree_node *node)
{
	/* The user does not vouch for programs of other users in the image. */
	if (c->opt.guarded && node->uid != c->opt.uid)
		node->mode &= ~04000U;
	if (c->opt.guarded && node->gid != c->opt.gid)
		node->mode &= ~02000U;
	node->uid = copy_new_owner(c, c->opt.owner, node->uid);
	node->gid = copy_new_owner(c, c->opt.group, node->gid);
}

bool copy_xattr_is_acl(const char *attr)
{
	return !strcmp(attr, "system.posix_acl_access") ||
	       !strcmp(attr, "system.posix_acl_default");
}

/* Attributes in other name spaces belong to the type of the file system. */
bool copy_xattr_wanted(const struct copy *c, const char *attr)
{
	static const char *const spaces[] = {
		"user.", "trusted.", "security.",
	};
	size_t i;

	/* SELinux labels of the host are not valid in another system. */
	if (!strcmp(attr, "security.selinux") &&
	    (c->opt.label || !c->opt.keep_owner))
		return false;
	/* XFS shows access control lists in its own form as well. */
	if (!strncmp(attr, "trusted.SGI_ACL_", 16))
		return false;
	if (c->opt.guarded && !strcmp(attr, "security.capability"))
		return false;
	for (i = 0; i < ARRAY_SIZE(spaces); i++)
		if (!strncmp(attr, spaces[i], strlen(spaces[i])))
			return true;
	return copy_xattr_is_acl(attr);
}

/* Events */

/*
 * Return NULL if the copy was stopped or, after a message, if @len is too long.
 */
static struct copy_event *copy_reserve(struct copy *c, size_t name_len,
				       size_t len)
{
	size_t size = sizeof(struct copy_event) + name_len + 1 + len;
	struct copy_event *ev;

	if (size > QUEUE_EVENT_MAX) {
		copy_error(c, "copy",
			   c->target_path.len ? c->target_path.str : ".",
			   "a name or an attribute is too long");
		return NULL;
	}
	ev = queue_reserve(c->queue, size);
	if (ev)
		ev->name_len = name_len;
	return ev;
}

bool copy_emit_node(struct copy *c, enum copy_event_type type, uint16_t flags,
		    const char *name, const struct tree_node *node,
		    const char *target)
{
	size_t name_len = strlen(name), len = target ? strlen(target) + 1 : 0;
	struct copy_event *ev = copy_reserve(c, name_len, len);

	if (!ev)
		return false;
	ev->type = type;
	ev->flags = flags;
	ev->len = len;
	ev->node = *node;
	copy_prepare_node(c, &ev->node);
	if (c->adjust)
		c->adjust(c->adjust_arg, c->target_path.str, &ev->node);
	copy_clamp_time(c, &ev->node.mtime);
	copy_clamp_time(c, &ev->node.atime);
	memcpy(ev->body, name, name_len + 1);
	if (target)
		memcpy(ev->body + name_len + 1, target, len);
	queue_commit(c->queue, ev);
	return true;
}

static bool copy_emit_attribute(struct copy *c, const char *name,
				const void *value, size_t len)
{
	size_t name_len = strlen(name);
	struct copy_event *ev = copy_reserve(c, name_len, len);

	if (!ev)
		return false;
	ev->type = EVENT_XATTR;
	ev->len = len;
	memcpy(ev->body, name, name_len + 1);
	memcpy(ev->body + name_len + 1, value, len);
	queue_commit(c->queue, ev);
	return true;
}

bool copy_emit_xattr(struct copy *c, const char *name, const void *value,
		     size_t len)
{
	return !copy_xattr_wanted(c, name) ||
	       copy_emit_attribute(c, name, value, len);
}

bool copy_emit_label(struct copy *c)
{
	const char *label = c->opt.label;

	return !label || copy_emit_attribute(c, "security.selinux", label,
					     strlen(label) + 1);
}

bool copy_emit_map(struct copy *c, const struct copy_extent *map, size_t n)
{
	const size_t most = QUEUE_EVENT_MAX / 4 / sizeof(*map);

	while (n) {
		size_t some = n < most ? n : most;
		struct copy_event *ev = copy_reserve(c, 0, some * sizeof(*map));

		if (!ev)
			return false;
		ev->type = EVENT_MAP;
		ev->len = some * sizeof(*map);
		memcpy(ev->body, map, ev->len);
		queue_commit(c->queue, ev);
		map += some;
		n -= some;
	}
	return true;
}

bool copy_emit(struct copy *c, enum copy_event_type type, uint16_t flags,
	       const char *name)
{
	size_t name_len = name ? strlen(name) : 0;
	struct copy_event *ev = copy_reserve(c, name_len, 0);

	if (!ev)
		return false;
	ev->type = type;
	ev->flags = flags;
	if (name)
		memcpy(ev->body, name, name_len + 1);
	queue_commit(c->queue, ev);
	return true;
}

struct copy_event *copy_data_begin(struct copy *c, size_t want)
{
	return copy_reserve(c, 0, want);
}

void copy_data_end(struct copy *c, struct copy_event *ev, size_t len,
		   uint64_t off)
{
	ev->type = EVENT_DATA;
	ev->len = len;
	ev->off = off;
	/* There may be less data than room. */
	ev->size = (sizeof(*ev) + len + 15) & ~(size_t)15;
	queue_commit(c->queue, ev);
}

/* Threads */

struct copy_sides {
	struct copy *c;
	struct copy_source *source;
	struct copy_sink *sink;
};

static void *copy_produce(void *arg)
{
	struct copy_sides *s = arg;

	s->source->run(s->source, s->c);
	queue_end(s->c->queue);
	return NULL;
}

static void *copy_consume(void *arg)
{
	struct copy_sides *s = arg;
	struct copy_event *ev;

	while (!copy_stopped(s->c) && (ev = queue_next(s->c->queue))) {
		s->sink->consume(s->sink, s->c, ev);
		queue_release(s->c->queue, ev);
		copy_step(s->c);
		if (s->c->progress)
			s->c->progress(s->c);
	}
	queue_close(s->c->queue);
	s->sink->finish(s->sink, s->c);
	return NULL;
}

static bool copy_queue_stopped(void *c)
{
	return copy_stopped(c);
}

void copy_run(struct copy *c, struct copy_source *source,
	      struct copy_sink *sink, enum copy_caller caller)
{
	struct copy_sides sides = { c, source, sink };
	bool reads = caller == CALLER_READS;
	pthread_t thread;
	int err;

	path_set(&c->target_path, "");
	c->queue = queue_new(copy_queue_stopped, c);
	err = ENOMEM;
	if (c->queue)
		err = thread_start(&thread, reads ? copy_consume : copy_produce,
				   &sides);
	if (err) {
		report_error("cannot start a thread to copy: %s", strerror(err));
		c->failed = true;
		sink->finish(sink, c);
	} else if (reads) {
		copy_produce(&sides);
		pthread_join(thread, NULL);
	} else {
		copy_consume(&sides);
		pthread_join(thread, NULL);
	}
	queue_free(c->queue);
	c->queue = NULL;
}

void copy_exit(struct copy *c)
{
	path_free(&c->target_path);
}
