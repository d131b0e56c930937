// SPDX-License-Identifier: GPL-2.0
/*
 * Manifests in mtree(5) format, read by libarchive.
 *
 * libarchive does not report which attributes an entry leaves out.  So the manifest
 * is preceded by defaults: owners that no file can have, and a mode.  Each mode is
 * one of a file, so the manifest is read twice, with different modes: an entry that
 * gets both has none of its own.
 */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/alloc.h"
#include "common/host/host-file.h"
#include "common/report.h"
#include "copy/archives/manifest.h"
#include "copy/archives/tar-host.h"
#include "copy/core/change-dir.h"
#include "shared/list.h"

#define BUCKETS		4096
#define BUF_SIZE	65536
/* Longest path and target: a component of a longer one may fit no event. */
#define PATH_SIZE_MAX	262144
#define NO_OWNER OWNER_UNCHANGED

#define DEFAULTS(mode) \
	"#mtree\n/set type=file mode=" mode " uid=4294967295 gid=4294967295\n"

struct manifest_entry {
	struct list link;
	struct manifest_entry *same_bucket;
	struct tree_node node;
	bool has_mode;
	bool has_time;
	bool used;
	char *target;
	char path[];
};

struct manifest {
	struct copy_source base;
	const char *path;
	struct copy_source *source;
	struct copy *copy;
	struct list entries;
	struct manifest_entry *buckets[BUCKETS];
};

/* A reader of a manifest's text, for defaults that precede the text */
struct manifest_reader {
	struct archive *archive;
	const char *defaults;
	const char *text;
	size_t len;
};

static struct manifest_entry **manifest_bucket(struct manifest *m,
					       const char *path)
{
	uint32_t hash = 0;

	while (*path)
		hash = hash * 31 + (unsigned char)*path++;
	return &m->buckets[hash % BUCKETS];
}

static struct manifest_entry *manifest_find(struct manifest *m, const char *path)
{
	struct manifest_entry *e = *manifest_bucket(m, path);

	while (e && strcmp(e->path, path))
		e = e->same_bucket;
	return e;
}

/* Reading */

/* Read the rest of the file.  Return its contents, or NULL with an error in errno. */
static char *manifest_read_text(int fd, size_t *len)
{
	size_t size = BUF_SIZE;
	char *text = xrealloc(NULL, size);
	ssize_t n;

	for (*len = 0; (n = read(fd, text + *len, size - *len)) > 0; *len += n)
		if (size - *len - n < BUF_SIZE / 2)
			text = xgrow(text, &size, 1);
	if (n == 0)
		return text;
	free(text);
	return NULL;
}

static la_ssize_t manifest_get(struct archive *a, void *arg, const void **buf)
{
	struct manifest_reader *r = arg;
	size_t len = r->len;

	if (r->defaults) {
		*buf = r->defaults;
		len = strlen(r->defaults);
		r->defaults = NULL;
		return len;
	}
	*buf = r->text;
	r->len = 0;
	return len;
}

static int manifest_error(const struct manifest *m, const char *path,
			  const char *why)
{
	report_error("%s: '%s': %s", m->path, path, why);
	return -1;
}

static int manifest_find_owner(const struct manifest *m,
			       struct archive_entry *ae, const char *path,
			       uint32_t *uid, uint32_t *gid)
{
	const char *user = archive_entry_uname(ae);
	const char *group = archive_entry_gname(ae);
	la_int64_t u = archive_entry_uid(ae), g = archive_entry_gid(ae);

	if (u < 0 || u > NO_OWNER || g < 0 || g > NO_OWNER)
		return manifest_error(m, path,
				      "its owner is not a valid number");
	*uid = u;
	*gid = g;
	if (*uid == NO_OWNER && user && !owner_find_user(user, uid))
		return manifest_error(m, path,
				      "its user is not known on this host: use a number");
	if (*gid == NO_OWNER && group && !owner_find_group(group, gid))
		return manifest_error(m, path,
				      "its group is not known on this host: use a number");
	return 0;
}

/*
 * Return the entry for @path, which may exist: later entries replace earlier.
 */
static struct manifest_entry *manifest_new_entry(struct manifest *m,
						 const char *path)
{
	struct manifest_entry *e = manifest_find(m, path);
	size_t n = strlen(path) + 1;

	if (e) {
		free(e->target);
		e->target = NULL;
		return e;
	}
	e = xzalloc(sizeof(*e) + n);
	memcpy(e->path, path, n);
	e->same_bucket = *manifest_bucket(m, path);
	*manifest_bucket(m, path) = e;
	list_add_tail(&m->entries, &e->link);
	return e;
}

static int manifest_add_entry(struct manifest *m, struct archive_entry *ae,
			      bool has_mode)
{
	const char *name = archive_entry_pathname(ae);
	const char *target = archive_entry_symlink(ae);
	uint32_t uid, gid;
	struct path_buf path = { };
	struct manifest_entry *e;
	int ret = -1;

	if (!name || !path_normalize(&path, name)) {
		manifest_error(m, name ? name : "",
			       "the path leads out of the target");
		goto out;
	}
	if (path.len > PATH_SIZE_MAX ||
	    (target && strlen(target) > PATH_SIZE_MAX)) {
		path.str[80] = 0;
		manifest_error(m, path.str, "its path or target is too long");
		goto out;
	}
	ret = manifest_find_owner(m, ae, name, &uid, &gid);
	if (ret)
		goto out;
	e = manifest_new_entry(m, path.str);
	e->has_mode = has_mode;
	e->has_time = archive_entry_mtime_is_set(ae);
	e->target = target ? xstrdup(target) : NULL;
	e->node = (struct tree_node) {
		.mode = archive_entry_filetype(ae) |
			(archive_entry_perm(ae) & 07777),
		.uid = uid,
		.gid = gid,
		.rdev_major = archive_entry_rdevmajor(ae),
		.rdev_minor = archive_entry_rdevminor(ae),
		.mtime = { archive_entry_mtime(ae),
			   archive_entry_mtime_nsec(ae) },
	};
out:
	path_free(&path);
	return ret;
}

static int manifest_read_entries(struct manifest *m, struct archive *first,
				 struct archive *second)
{
	struct archive_entry *ae, *other;
	int ret, err = 0;

	while ((ret = archive_read_next_header(first, &ae)) == ARCHIVE_OK &&
	       archive_read_next_header(second, &other) == ARCHIVE_OK)
		err |= manifest_add_entry(m, ae,
					  archive_entry_perm(ae) ==
						  archive_entry_perm(other));
	if (ret == ARCHIVE_EOF)
		return err;
	return report_cannot("read", m->path, archive_error_string(first));
}

static int manifest_open_reader(struct manifest *m, struct manifest_reader *r)
{
	r->archive = archive_read_new();
	if (!r->archive) {
		report_error("out of memory");
		return -1;
	}
	archive_read_support_format_mtree(r->archive);
	if (archive_read_open(r->archive, r, NULL, manifest_get, NULL) ==
	    ARCHIVE_OK)
		return 0;
	return manifest_error(m, m->path, archive_error_string(r->archive));
}

static int manifest_parse(struct manifest *m, const char *text, size_t len)
{
	struct manifest_reader first = { NULL, DEFAULTS("0"), text, len };
	struct manifest_reader second = { NULL, DEFAULTS("7777"), text, len };
	int ret = manifest_open_reader(m, &first);

	if (!ret)
		ret = manifest_open_reader(m, &second);
	if (!ret)
		ret = manifest_read_entries(m, first.archive, second.archive);
	archive_read_free(first.archive);
	archive_read_free(second.archive);
	return ret;
}

struct manifest *manifest_read(const char *path)
{
	struct manifest *m = xzalloc(sizeof(*m));
	int ret, fd = host_file_open(path, O_RDONLY);
	char *text = NULL;
	size_t len;

	m->path = path;
	list_init(&m->entries);
	if (fd < 0) {
		report_cannot("open", path, host_file_strerror(errno));
		free(m);
		return NULL;
	}
	text = manifest_read_text(fd, &len);
	ret = text ? manifest_parse(m, text, len) :
		     report_cannot("read", path, host_file_strerror(errno));
	free(text);
	close(fd);
	if (ret) {
		manifest_free(m);
		return NULL;
	}
	return m;
}

void manifest_free(struct manifest *m)
{
	struct manifest_entry *e, *next;

	if (!m)
		return;
	list_for_each_safe(e, next, &m->entries, link) {
		free(e->target);
		free(e);
	}
	free(m);
}

/* Copying */

static void manifest_apply(const struct manifest_entry *e,
			   struct tree_node *node)
{
	if (e->has_mode)
		node->mode = (node->mode & NODE_TYPE) | (e->node.mode & 07777);
	if (e->node.uid != NO_OWNER)
		node->uid = e->node.uid;
	if (e->node.gid != NO_OWNER)
		node->gid = e->node.gid;
	if (e->has_time) {
		node->mtime = e->node.mtime;
		node->atime = e->node.mtime;
	}
}

static void manifest_adjust(void *arg, const char *path, struct tree_node *node)
{
	struct manifest *m = arg;
	struct manifest_entry *e = manifest_find(m, path);
	uint32_t type;

	if (!e)
		return;
	e->used = true;
	type = e->node.mode & NODE_TYPE;
	/* An entry without a type is a file, too, because of the defaults. */
	if (type != NODE_FILE && type != (node->mode & NODE_TYPE)) {
		m->copy->failed = true;
		manifest_error(m, path,
			       "the file on the host is of another type");
	}
	manifest_apply(e, node);
}

/* Return true if the entry is a directory that only has to exist. */
static bool manifest_is_bare(const struct manifest_entry *e)
{
	return (e->node.mode & NODE_TYPE) == NODE_DIR && !e->has_mode &&
	       !e->has_time && e->node.uid == NO_OWNER &&
	       e->node.gid == NO_OWNER;
}

static void manifest_emit_new(struct manifest *m, struct copy *c,
			      struct path_buf *dir, struct manifest_entry *e)
{
	uint32_t type = e->node.mode & NODE_TYPE;
	enum copy_event_type event = EVENT_SPECIAL;
	const char *slash = strrchr(e->path, '/');
	const char *name = slash ? slash + 1 : e->path;
	struct tree_node node = {
		.mode = type | (type == NODE_DIR ? 0755 : 0644),
		.rdev_major = e->node.rdev_major,
		.rdev_minor = e->node.rdev_minor,
		.mtime.sec = time(NULL),
	};

	node.atime = node.mtime;
	if (type == NODE_FILE || (type == NODE_SYMLINK && !e->target) ||
	    type == NODE_SOCKET) {
		c->failed = true;
		manifest_error(m, e->path,
			       "no source has this path, and a manifest cannot create a file of this type");
		return;
	}
	if (type == NODE_SYMLINK)
		event = EVENT_SYMLINK;
	else if (type == NODE_DIR)
		event = EVENT_DIR;
	copy_change_dir(c, dir, e->path, slash ? (size_t)(slash - e->path) : 0);
	path_set(&c->target_path, e->path);
	copy_print_name(c, e->path);
	copy_emit_node(c, event, EVENT_AGAIN, *name ? name : ".", &node,
		       e->target);
	copy_emit_label(c);
	copy_emit(c, type == NODE_DIR ? EVENT_LEAVE : EVENT_END, 0, NULL);
}

static void manifest_run(struct copy_source *source, struct copy *c)
{
	struct manifest *m = container_of(source, struct manifest, base);
	struct path_buf dir = { };
	struct manifest_entry *e;

	if (m->source)
		m->source->run(m->source, c);
	path_set(&dir, "");
	list_for_each(e, &m->entries, link) {
		if (copy_stopped(c))
			break;
		if (!e->used && manifest_is_bare(e))
			copy_change_dir(c, &dir, e->path, strlen(e->path));
		else if (!e->used)
			manifest_emit_new(m, c, &dir, e);
	}
	copy_change_dir(c, &dir, "", 0);
	path_free(&dir);
}

struct copy_source *manifest_source(struct manifest *m, struct copy *c,
				    struct copy_source *source)
{
	m->base.run = manifest_run;
	m->source = source;
	m->copy = c;
	c->adjust = manifest_adjust;
	c->adjust_arg = m;
	return &m->base;
}
