// SPDX-License-Identifier: GPL-2.0
/*
 * A source: an archive.  Its entries come in any order, and directories may be
 * missing.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/report.h"
#include "copy/core/change-dir.h"
#include "copy/archives/tar.h"
#include "shared/macros.h"

#define BUF_SIZE	(256 << 10)
#define ACL_SIZE	65536

/* Input */

static la_ssize_t tar_source_read(struct archive *a, void *arg, const void **buf)
{
	struct tar_source *s = arg;
	struct pollfd p = { .fd = s->fd, .events = POLLIN };
	ssize_t n;

	if (poll(&p, 1, 0) <= 0) {
		/* Let the sink write the existing events meanwhile. */
		queue_flush(s->c->queue);
		if (!tar_wait(s->c, s->fd, POLLIN)) {
			archive_set_error(a, EINTR, "%s", strerror(EINTR));
			return -1;
		}
	}
	do {
		n = read(s->fd, s->buf, BUF_SIZE);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		archive_set_error(a, errno, "%s", strerror(errno));
	*buf = s->buf;
	return n;
}

static void tar_source_error(struct tar_source *s)
{
	const char *why = archive_error_string(s->archive);

	if (!copy_stopped(s->c))
		copy_error(s->c, "read", s->path,
			   why ? why : strerror(archive_errno(s->archive)));
}

/* Entries */

static bool tar_source_is_id(la_int64_t id)
{
	return id >= 0 && id < OWNER_UNCHANGED;
}

static void tar_source_node_of(struct archive_entry *e, struct tree_node *node)
{
	unsigned long set, clear;

	archive_entry_fflags(e, &set, &clear);
	*node = (struct tree_node) {
		.mode = archive_entry_mode(e),
		.uid = archive_entry_uid(e),
		.gid = archive_entry_gid(e),
		.rdev_major = archive_entry_rdevmajor(e),
		.rdev_minor = archive_entry_rdevminor(e),
		.size = archive_entry_size(e),
		.flags = set & TREE_FLAGS,
		.mtime = { archive_entry_mtime(e), archive_entry_mtime_nsec(e) },
	};
	node->atime = node->mtime;
	if (archive_entry_atime_is_set(e))
		node->atime = (struct tree_time) {
			archive_entry_atime(e), archive_entry_atime_nsec(e),
		};
}

static void tar_source_emit_acl(struct tar_source *s, struct archive_entry *e,
				const char *attr)
{
	char list[ACL_SIZE];
	long n = tar_acl_get(e, attr, list, sizeof(list));

	if (n > 0)
		copy_emit_xattr(s->c, attr, list, n);
	else if (n < 0)
		copy_error(s->c, "read access list of", s->c->target_path.str,
			   "it names a user or a group that is not known on this host");
}

static void tar_source_emit_xattrs(struct tar_source *s, struct archive_entry *e)
{
	const char *name;
	const void *value;
	size_t len;

	copy_emit_label(s->c);
	archive_entry_xattr_reset(e);
	while (archive_entry_xattr_next(e, &name, &value, &len) == ARCHIVE_OK)
		/* libarchive has access control lists in a form of its own. */
		if (!copy_xattr_is_acl(name))
			copy_emit_xattr(s->c, name, value, len);
	tar_source_emit_acl(s, e, "system.posix_acl_access");
	tar_source_emit_acl(s, e, "system.posix_acl_default");
}

static bool tar_source_emit_block(struct tar_source *s, const char *buf,
				  size_t len, uint64_t off)
{
	while (len) {
		size_t n = len < COPY_DATA_MAX ? len : COPY_DATA_MAX;
		struct copy_event *ev = copy_data_begin(s->c, n);

		if (!ev)
			return false;
		memcpy(ev->body, buf, n);
		copy_data_end(s->c, ev, n, off);
		copy_step(s->c);
		buf += n;
		off += n;
		len -= n;
	}
	return true;
}

static bool tar_source_emit_data(struct tar_source *s)
{
	const void *buf;
	la_int64_t off;
	size_t len;
	int ret;

	while ((ret = archive_read_data_block(s->archive, &buf, &len, &off)) ==
	       ARCHIVE_OK)
		if (!tar_source_emit_block(s, buf, len, off))
			return false;
	if (ret != ARCHIVE_EOF)
		tar_source_error(s);
	return ret == ARCHIVE_EOF;
}

static void tar_source_emit_link(struct tar_source *s, const char *name,
				 const struct tree_node *node,
				 const char *target)
{
	struct path_buf to = { };

	if (!path_normalize(&to, target))
		copy_error(s->c, "link", s->c->target_path.str,
			   "the target is outside of the archive");
	else if (copy_emit_node(s->c, EVENT_LINK, 0, name, node, to.str))
		copy_emit(s->c, EVENT_END, 0, NULL);
	path_free(&to);
}

static void tar_source_emit_dir(struct tar_source *s, struct archive_entry *e,
				const char *name, const struct tree_node *node)
{
	copy_emit_node(s->c, EVENT_DIR, EVENT_AGAIN, name, node, NULL);
	tar_source_emit_xattrs(s, e);
	/* Leave the root at once: all paths are relative to the root. */
	if (!strcmp(name, "."))
		copy_emit(s->c, EVENT_LEAVE, 0, NULL);
	else
		path_push(&s->dir, name);
}

static void tar_source_emit_other(struct tar_source *s, struct archive_entry *e,
				  const char *name,
				  const struct tree_node *node)
{
	uint32_t type = node->mode & NODE_TYPE;
	bool ok = true;

	switch (type) {
	case NODE_FILE:
		copy_emit_node(s->c, EVENT_FILE, 0, name, node, NULL);
		break;
	case NODE_SYMLINK:
		copy_emit_node(s->c, EVENT_SYMLINK, 0, name, node,
			       archive_entry_symlink(e));
		break;
	case NODE_CHAR:
	case NODE_BLOCK:
	case NODE_FIFO:
		copy_emit_node(s->c, EVENT_SPECIAL, 0, name, node, NULL);
		break;
	default:
		copy_error(s->c, "copy", s->c->target_path.str,
			   "the type of the file is unknown");
		return;
	}
	tar_source_emit_xattrs(s, e);
	if (type == NODE_FILE)
		ok = tar_source_emit_data(s);
	copy_emit(s->c, EVENT_END, ok ? 0 : EVENT_FAILED, NULL);
}

static void tar_source_emit_entry(struct tar_source *s, struct archive_entry *e)
{
	const char *path = archive_entry_pathname(e), *slash, *name;
	const char *link = archive_entry_hardlink(e);
	struct path_buf *target_path = &s->c->target_path;
	struct tree_node node;

	if (!path || !*path || !path_normalize(target_path, path)) {
		copy_error(s->c, "copy", path ? path : "",
			   "the path leads out of the archive");
		return;
	}
	copy_print_name(s->c, path);
	if (!tar_source_is_id(archive_entry_uid(e)) ||
	    !tar_source_is_id(archive_entry_gid(e))) {
		copy_error(s->c, "copy", path, "the owner is not valid");
		return;
	}
	tar_source_node_of(e, &node);
	slash = strrchr(target_path->str, '/');
	name = slash ? slash + 1 : target_path->str;
	copy_change_dir(s->c, &s->dir, target_path->str,
			slash ? (size_t)(slash - target_path->str) : 0);
	if (link)
		tar_source_emit_link(s, name, &node, link);
	else if ((node.mode & NODE_TYPE) == NODE_DIR)
		tar_source_emit_dir(s, e, *name ? name : ".", &node);
	else if (*name)
		tar_source_emit_other(s, e, name, &node);
	else
		copy_error(s->c, "copy", path, "the root must be a directory");
}

/* Report a warning, unless it is about a name that is not UTF-8. */
static void tar_source_warn(struct tar_source *s, struct archive_entry *e)
{
	if (!tar_is_utf8(archive_entry_pathname(e)) ||
	    !tar_is_utf8(archive_entry_hardlink(e)) ||
	    !tar_is_utf8(archive_entry_symlink(e)))
		return;
	if (s->c->opt.strict)
		tar_source_error(s);
	else
		report_warning("'%s': %s", s->path,
			       archive_error_string(s->archive));
}

static bool tar_source_open_archive(struct tar_source *s)
{
	struct archive *a = archive_read_new();

	s->archive = a;
	s->buf = malloc(BUF_SIZE);
	if (!a || !s->buf) {
		copy_error(s->c, "read", s->path, strerror(ENOMEM));
		return false;
	}
	archive_read_support_filter_all(a);
	archive_read_support_format_tar(a);
	if (archive_read_open(a, s, NULL, tar_source_read, NULL) == ARCHIVE_OK)
		return true;
	tar_source_error(s);
	return false;
}

static void tar_source_run(struct copy_source *source, struct copy *c)
{
	struct tar_source *s = container_of(source, struct tar_source, base);
	struct archive_entry *e;
	int ret;

	s->c = c;
	path_set(&s->dir, "");
	if (!tar_source_open_archive(s))
		return;
	while (!copy_stopped(c)) {
		ret = archive_read_next_header(s->archive, &e);
		if (ret == ARCHIVE_EOF)
			break;
		if (ret == ARCHIVE_WARN)
			tar_source_warn(s, e);
		else if (ret != ARCHIVE_OK)
			tar_source_error(s);
		if (ret == ARCHIVE_OK || ret == ARCHIVE_WARN)
			tar_source_emit_entry(s, e);
		else if (ret != ARCHIVE_FAILED)
			break;
	}
	copy_change_dir(c, &s->dir, "", 0);
}

void tar_source_init(struct tar_source *s, int fd, const char *path)
{
	*s = (struct tar_source) {
		.base.run = tar_source_run,
		.path = path,
		.fd = fd,
	};
}

void tar_source_exit(struct tar_source *s)
{
	if (s->archive)
		archive_read_free(s->archive);
	path_free(&s->dir);
	free(s->buf);
}
