// SPDX-License-Identifier: GPL-2.0
/*
 * Manifests in mtree(5) format, read by libarchive.
 *
 * libarchive does not report which attributes an entry leaves out.  So the
 * manifest is preceded by defaults that no file can have.
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
#define NO_MODE		0200000U
#define NO_OWNER OWNER_UNCHANGED

static const char defaults[] =
	"#mtree\n/set type=file mode=200000 uid=4294967295 gid=4294967295\n";

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
	/* only while the manifest is read */
	struct archive *archive;
	int fd;
	bool begun;
	char *buf;
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

static la_ssize_t manifest_get(struct archive *a, void *arg, const void **buf)
{
	struct manifest *m = arg;
	ssize_t n;

	if (!m->begun) {
		m->begun = true;
		*buf = defaults;
		return sizeof(defaults) - 1;
	}
	n = read(m->fd, m->buf, BUF_SIZE);
	if (n < 0)
		archive_set_error(a, errno, "%s", host_file_strerror(errno));
	*buf = m->buf;
	return n;
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

static int manifest_add_entry(struct manifest *m, struct archive_entry *ae)
{
	const char *name = archive_entry_pathname(ae);
	const char *target = archive_entry_symlink(ae);
	uint32_t mode = archive_entry_perm(ae), uid, gid;
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
	e->has_mode = !(mode & NO_MODE);
	e->has_time = archive_entry_mtime_is_set(ae);
	e->target = target ? xstrdup(target) : NULL;
	e->node = (struct tree_node) {
		.mode = archive_entry_filetype(ae) | (mode & 07777),
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

static int manifest_read_entries(struct manifest *m)
{
	struct archive_entry *ae;
	int ret, err = 0;

	while ((ret = archive_read_next_header(m->archive, &ae)) == ARCHIVE_OK)
		err |= manifest_add_entry(m, ae);
	if (ret == ARCHIVE_EOF)
		return err;
	return report_cannot("read", m->path, archive_error_string(m->archive));
}

static int manifest_parse(struct manifest *m)
{
	int ret = -1;

	m->archive = archive_read_new();
	m->buf = malloc(BUF_SIZE);
	if (!m->archive || !m->buf) {
		report_error("out of memory");
	} else {
		archive_read_support_format_mtree(m->archive);
		if (archive_read_open(m->archive, m, NULL, manifest_get,
				      NULL) == ARCHIVE_OK)
			ret = manifest_read_entries(m);
		else
			manifest_error(m, m->path,
				       archive_error_string(m->archive));
	}
	archive_read_free(m->archive);
	m->archive = NULL;
	free(m->buf);
	m->buf = NULL;
	return ret;
}

struct manifest *manifest_read(const char *path)
{
	struct manifest *m = xzalloc(sizeof(*m));
	int ret;

	m->path = path;
	list_init(&m->entries);
	m->fd = host_file_open(path, O_RDONLY);
	if (m->fd < 0) {
		report_cannot("open", path, host_file_strerror(errno));
		free(m);
		return NULL;
	}
	ret = manifest_parse(m);
	close(m->fd);
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
