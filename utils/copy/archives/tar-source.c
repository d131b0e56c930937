// SPDX-License-Identifier: GPL-2.0
/*
 * A source: an archive.  Its entries come in any order, and directories may be
 * missing.
 */
#include <stdlib.h>
#include <string.h>

#include "common/alloc.h"
#include "common/report.h"
#include "copy/core/change-dir.h"
#include "copy/archives/tar-format.h"
#include "shared/macros.h"

#define ACL_SIZE	65536
/* Longest path and target: a component of a longer one may fit no event. */
#define PATH_SIZE_MAX	262144
/* Largest numbers of devices that the kernel has */
#define MAJOR_MAX	0xfffU
#define MINOR_MAX	0xfffffU

#define SCHILY_XATTR	"SCHILY.xattr."
#define LIBARCHIVE_XATTR "LIBARCHIVE.xattr."

/* Prefix of names that hide files of lower layers */
#define WHITEOUT	".wh."
/* Prefix of names in the root that belong to aufs, except the next one */
#define WHITEOUT_AUFS	".wh..wh."
/* Name that hides all lower files of a directory */
#define WHITEOUT_ALL	".wh..wh..opq"

/* Attributes */

static int source_hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Return the name of an attribute: archives have "%3D" for "=", for instance. */
static char *source_attribute_name(const char *s)
{
	char *name = xstrdup(s), *to = name;

	for (; *s; s++) {
		int high = *s == '%' ? source_hex(s[1]) : -1;
		int low = high >= 0 ? source_hex(s[2]) : -1;

		if (low >= 0 && (high || low)) {
			*to++ = high << 4 | low;
			s += 2;
		} else {
			*to++ = *s;
		}
	}
	*to = 0;
	return name;
}

/* Decode base 64 in place; return the length, or -1. */
static long source_decode(char *s)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	char *to = s, *begin = s;
	uint32_t bits = 0;
	const char *digit;
	int n = 0;

	for (; *s && *s != '='; s++) {
		digit = strchr(digits, *s);
		if (!digit)
			return -1;
		bits = bits << 6 | (uint32_t)(digit - digits);
		n += 6;
		if (n >= 8) {
			n -= 8;
			*to++ = bits >> n;
		}
	}
	return to - begin;
}

static void tar_source_emit_xattr(struct tar_source *s,
				  const struct tar_record *rec)
{
	bool encoded = !strncmp(rec->key, LIBARCHIVE_XATTR, 17);
	char *name = source_attribute_name(strchr(rec->key + 11, '.') + 1);
	char *value = NULL;
	long len = rec->len;

	if (encoded) {
		value = xstrndup(rec->value, rec->len);
		len = source_decode(value);
	}
	if (len < 0)
		copy_error(s->c, "read an attribute of", s->c->target_path.str,
			   "its value is damaged");
	else
		copy_emit_xattr(s->c, name, value ? value : rec->value, len);
	free(value);
	free(name);
}

static void tar_source_emit_acl(struct tar_source *s,
				const struct tar_record *rec)
{
	bool is_default = !strcmp(rec->key, "SCHILY.acl.default");
	const char *why;
	char *list;
	long n;

	/* Some programs write the list as an attribute as well: with numbers. */
	if (s->reader->entry.has_acl[is_default])
		return;
	list = xzalloc(ACL_SIZE);
	n = tar_acl_from_text(&s->names, rec->value, list, ACL_SIZE, &why);
	if (n > 0)
		copy_emit_xattr(s->c, is_default ? "system.posix_acl_default" :
						   "system.posix_acl_access",
				list, n);
	else if (n < 0)
		copy_error(s->c, "read access list of", s->c->target_path.str,
			   why);
	free(list);
}

static void tar_source_emit_record(struct tar_source *s,
				   const struct tar_record *rec)
{
	char why[200];

	if (!strncmp(rec->key, SCHILY_XATTR, 13)) {
		if (!s->reader->entry.prefers_libarchive)
			tar_source_emit_xattr(s, rec);
	} else if (!strncmp(rec->key, LIBARCHIVE_XATTR, 17)) {
		tar_source_emit_xattr(s, rec);
	} else if (!strcmp(rec->key, "RHT.security.selinux")) {
		copy_emit_xattr(s->c, "security.selinux", rec->value,
				rec->len + 1);
	} else if (!strcmp(rec->key, "SCHILY.acl.access") ||
		   !strcmp(rec->key, "SCHILY.acl.default")) {
		tar_source_emit_acl(s, rec);
	} else if (!tar_keyword_is_known(rec->key)) {
		snprintf(why, sizeof(why),
			 "the keyword '%.100s' of the archive is not known",
			 rec->key);
		copy_unsupported(s->c, FEATURE_KEYWORDS,
				 "extract all attributes of",
				 s->c->target_path.str, why);
	}
}

static void tar_source_emit_attributes(struct tar_source *s)
{
	const struct tar_records *local = &s->reader->local;
	const struct tar_record *rec;

	copy_emit_label(s->c);
	list_for_each(rec, &s->reader->global.list, link)
		if (!tar_records_has(local, rec->key))
			tar_source_emit_record(s, rec);
	list_for_each(rec, &local->list, link)
		tar_source_emit_record(s, rec);
}

/* Entries */

static bool tar_source_emit_data(struct tar_source *s)
{
	struct tar_reader *r = s->reader;
	struct copy_event *ev;
	const char *data;
	uint64_t off;
	size_t len;

	while ((data = tar_reader_data(r, COPY_DATA_MAX, &len, &off))) {
		ev = copy_data_begin(s->c, len);
		if (!ev)
			return false;
		memcpy(ev->body, data, len);
		copy_data_end(s->c, ev, len, off);
		copy_step(s->c);
		tar_reader_consume(r, len);
	}
	return !r->in.failed;
}

static void tar_source_emit_link(struct tar_source *s, const char *name)
{
	const struct tar_entry *e = &s->reader->entry;
	struct path_buf to = { };

	if (!path_normalize(&to, e->target))
		copy_error(s->c, "link", s->c->target_path.str,
			   "the target is outside of the archive");
	else if (!to.len)
		copy_error(s->c, "link", s->c->target_path.str,
			   "a directory cannot have a second name");
	else if (copy_emit_node(s->c, EVENT_LINK, 0, name, &e->node, to.str))
		copy_emit(s->c, EVENT_END, 0, NULL);
	path_free(&to);
}

static void tar_source_emit_dir(struct tar_source *s, const char *name)
{
	copy_emit_node(s->c, EVENT_DIR, EVENT_AGAIN, name,
		       &s->reader->entry.node, NULL);
	tar_source_emit_attributes(s);
	/* Leave the root at once: all paths are relative to the root. */
	if (!strcmp(name, "."))
		copy_emit(s->c, EVENT_LEAVE, 0, NULL);
	else
		path_push(&s->dir, name);
}

static void tar_source_emit_other(struct tar_source *s, const char *name)
{
	const struct tar_entry *e = &s->reader->entry;
	enum copy_event_type type = EVENT_SPECIAL;
	bool ok = true;

	if ((e->node.mode & NODE_TYPE) == NODE_FILE)
		type = EVENT_FILE;
	else if ((e->node.mode & NODE_TYPE) == NODE_SYMLINK)
		type = EVENT_SYMLINK;
	copy_emit_node(s->c, type, 0, name, &e->node,
		       type == EVENT_SYMLINK ? e->target : NULL);
	tar_source_emit_attributes(s);
	if (type == EVENT_FILE)
		ok = tar_source_emit_data(s);
	copy_emit(s->c, EVENT_END, ok ? 0 : EVENT_FAILED, NULL);
}

/*
 * Emit what the name of an entry in a layer means: ".wh..wh..opq" hides all
 * lower files of the directory, ".wh.NAME" hides NAME.
 */
static void tar_source_emit_whiteout(struct tar_source *s, const char *name)
{
	const char *hidden = name + strlen(WHITEOUT);

	if (!strcmp(name, WHITEOUT_ALL))
		copy_emit(s->c, EVENT_OPAQUE, 0, NULL);
	else if (!*hidden || path_is_dots(hidden))
		copy_error(s->c, "copy", s->c->target_path.str,
			   "the whiteout names no file");
	else
		copy_emit(s->c, EVENT_WHITEOUT, 0, hidden);
}

/* Return true for files in the root that only the host of aufs needs. */
static bool tar_source_is_aufs(const char *path)
{
	return !strncmp(path, WHITEOUT_AUFS, strlen(WHITEOUT_AUFS)) &&
	       strcmp(path, WHITEOUT_ALL) != 0;
}

/* Return why the entry cannot be copied, or NULL. */
static const char *tar_source_why_not(const struct tar_entry *e,
				      struct path_buf *target_path)
{
	uint32_t type = e->node.mode & NODE_TYPE;

	if (!*e->path || !path_normalize(target_path, e->path))
		return "the path leads out of the archive";
	if (!target_path->len && (e->type == TAR_LINK || type != NODE_DIR))
		return "the root must be a directory";
	if (strlen(e->target) > PATH_SIZE_MAX)
		return "the target is too long";
	if (e->node.uid == OWNER_UNCHANGED || e->node.gid == OWNER_UNCHANGED)
		return "the owner is not valid";
	if ((type == NODE_CHAR || type == NODE_BLOCK) &&
	    (e->node.rdev_major > MAJOR_MAX || e->node.rdev_minor > MINOR_MAX))
		return "the number of the device is too large";
	return e->why_not;
}

static void tar_source_emit_entry(struct tar_source *s)
{
	const struct tar_entry *e = &s->reader->entry;
	struct path_buf *target_path = &s->c->target_path;
	const char *slash, *name, *why;

	if (strlen(e->path) > PATH_SIZE_MAX) {
		e->path[80] = 0;
		copy_error(s->c, "copy", e->path, "the path is too long");
		return;
	}
	why = tar_source_why_not(e, target_path);
	if (why) {
		copy_error(s->c, "copy", e->path, why);
		return;
	}
	if (s->is_layer && tar_source_is_aufs(target_path->str))
		return;
	copy_print_name(s->c, e->path);
	slash = strrchr(target_path->str, '/');
	name = slash ? slash + 1 : target_path->str;
	copy_change_dir(s->c, &s->dir, target_path->str,
			slash ? (size_t)(slash - target_path->str) : 0);
	if (s->is_layer && !strncmp(name, WHITEOUT, strlen(WHITEOUT)))
		tar_source_emit_whiteout(s, name);
	else if ((e->node.mode & NODE_TYPE) == NODE_DIR)
		tar_source_emit_dir(s, *name ? name : ".");
	else if (e->type == TAR_LINK)
		tar_source_emit_link(s, name);
	else
		tar_source_emit_other(s, name);
}

static void tar_source_run(struct copy_source *source, struct copy *c)
{
	struct tar_source *s = container_of(source, struct tar_source, base);
	struct tar_reader *r = s->reader;

	s->c = c;
	r->in.c = c;
	path_set(&s->dir, "");
	if (!tar_input_open(&r->in))
		return;
	while (!copy_stopped(c) && tar_reader_next(r))
		tar_source_emit_entry(s);
	copy_change_dir(c, &s->dir, "", 0);
}

void tar_source_init(struct tar_source *s, int fd, const char *path)
{
	*s = (struct tar_source) {
		.base.run = tar_source_run,
		.reader = xzalloc(sizeof(*s->reader)),
	};
	tar_reader_init(s->reader);
	s->reader->in.fd = fd;
	s->reader->in.path = path;
	owner_files_open(&s->names);
}

void tar_source_exit(struct tar_source *s)
{
	tar_reader_exit(s->reader);
	free(s->reader);
	owner_files_close(&s->names);
	path_free(&s->dir);
}
