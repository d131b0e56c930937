// SPDX-License-Identifier: GPL-2.0
/*
 * A sink: an archive in pax format.
 *
 * The header of an entry is written when all attributes of the file are known,
 * that is, at the first event that is not an attribute.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/alloc.h"
#include "common/host/host-file.h"
#include "copy/archives/tar-format.h"
#include "copy/archives/tar-host.h"
#include "shared/macros.h"

#define BLOCK_SIZE	(256 << 10)
/* Zeros for holes are written in pieces of this size. */
#define ZEROS_SIZE	(1 << 20)

/* Not const, so that the zeros take no space in the executable. */
static char zeros[ZEROS_SIZE];

/* Output */

static void tar_sink_break(struct tar_sink *s)
{
	s->broken = true;
	s->c->stop = true;
}

static void tar_sink_error(struct tar_sink *s)
{
	const char *why = archive_error_string(s->archive);

	if (!s->broken)
		copy_error(s->c, "write", s->path,
			   why ? why : host_file_strerror(archive_errno(s->archive)));
	tar_sink_break(s);
}

static la_ssize_t tar_sink_write(struct archive *a, void *arg, const void *buf,
				 size_t len)
{
	struct tar_sink *s = arg;
	ssize_t n = tar_host_write(s->c, s->fd, buf, len);

	if (n < 0)
		archive_set_error(a, errno, "%s", host_file_strerror(errno));
	return n;
}

/* Libarchive takes the bytes of the archive as the contents of one file. */
static bool tar_sink_begin_stream(struct archive *a)
{
	struct archive_entry *e = archive_entry_new();
	int ret = ARCHIVE_FATAL;

	if (e) {
		archive_entry_set_filetype(e, AE_IFREG);
		ret = archive_write_header(a, e);
	}
	archive_entry_free(e);
	return ret == ARCHIVE_OK;
}

static bool tar_sink_open_archive(struct tar_sink *s)
{
	struct archive *a = archive_write_new();

	s->archive = a;
	if (!a) {
		copy_error(s->c, "write", s->path, host_file_strerror(ENOMEM));
		tar_sink_break(s);
		return false;
	}
	archive_write_set_format_raw(a);
	archive_write_set_bytes_per_block(a, BLOCK_SIZE);
	archive_write_set_bytes_in_last_block(a, 1);
	if (s->filter && archive_write_add_filter_by_name(a, s->filter) !=
	    ARCHIVE_OK) {
		tar_sink_error(s);
		return false;
	}
	/* The same files give the same archive, at any time. */
	if (s->filter && !strcmp(s->filter, "gzip"))
		archive_write_set_filter_option(a, "gzip", "timestamp", NULL);
	if (archive_write_open(a, s, NULL, tar_sink_write, NULL) != ARCHIVE_OK ||
	    !tar_sink_begin_stream(a)) {
		tar_sink_error(s);
		return false;
	}
	return true;
}

static void tar_sink_write_bytes(struct tar_sink *s, const char *buf,
				 size_t len)
{
	while (len && !s->broken) {
		la_ssize_t n = archive_write_data(s->archive, buf, len);

		if (n <= 0) {
			tar_sink_error(s);
			return;
		}
		buf += n;
		len -= n;
	}
}

static void tar_sink_write_zeros(struct tar_sink *s, uint64_t len)
{
	while (len && !s->broken && !copy_stopped(s->c)) {
		size_t n = len < ZEROS_SIZE ? len : ZEROS_SIZE;

		tar_sink_write_bytes(s, zeros, n);
		copy_step(s->c);
		len -= n;
	}
}

/* Write zeros up to offset @until of the stored contents. */
static void tar_sink_fill(struct tar_sink *s, uint64_t until)
{
	if (until <= s->written)
		return;
	tar_sink_write_zeros(s, until - s->written);
	s->written = until;
}

/* Entries */

/* Complete the map of a sparse file, and find out what is stored. */
static void tar_sink_end_map(struct tar_entry *e)
{
	const struct copy_extent *last = &e->map[e->map_count - 1];
	size_t i;

	e->stored = 0;
	for (i = 0; i < e->map_count; i++)
		e->stored += e->map[i].len;
	/* An empty extent marks a hole at the end. */
	if (last->off + last->len != e->node.size)
		tar_sparse_add(e, e->node.size, 0);
}

static void tar_sink_flush_header(struct tar_sink *s)
{
	if (!s->pending)
		return;
	s->pending = false;
	if (s->entry->sparse)
		tar_sink_end_map(s->entry);
	tar_encode_entry(&s->header, s->entry, &s->attributes);
	tar_sink_write_bytes(s, s->header.buf, s->header.len);
}

static char tar_sink_type(const struct copy_event *ev)
{
	if (ev->type == EVENT_LINK)
		return TAR_LINK;
	switch (ev->node.mode & NODE_TYPE) {
	case NODE_SYMLINK:
		return TAR_SYMLINK;
	case NODE_CHAR:
		return TAR_CHAR;
	case NODE_BLOCK:
		return TAR_BLOCK_DEVICE;
	case NODE_DIR:
		return TAR_DIR;
	case NODE_FIFO:
		return TAR_FIFO;
	}
	return TAR_FILE;
}

static void tar_sink_begin(struct tar_sink *s, const struct copy_event *ev)
{
	struct tar_entry *e = s->entry;
	bool has_target = ev->type == EVENT_SYMLINK || ev->type == EVENT_LINK;
	bool is_special = ev->type == EVENT_SPECIAL;

	free(e->path);
	free(e->target);
	e->type = tar_sink_type(ev);
	e->path = e->type == TAR_DIR ? path_join(s->entry_path.str, "") :
				       xstrdup(s->entry_path.str);
	e->target = has_target ? xstrdup(event_payload(ev)) : NULL;
	e->node = ev->node;
	e->node.size = ev->type == EVENT_FILE ? ev->node.size : 0;
	e->node.rdev_major = is_special ? ev->node.rdev_major : 0;
	e->node.rdev_minor = is_special ? ev->node.rdev_minor : 0;
	e->stored = e->node.size;
	e->sparse = false;
	e->map_count = 0;
	s->attributes.len = 0;
	s->written = 0;
	s->skip = false;
	s->pending = true;
}

static void tar_sink_push(struct tar_sink *s, const char *name)
{
	if (s->depth == s->parent_lens_size)
		s->parent_lens = xgrow(s->parent_lens, &s->parent_lens_size,
				       sizeof(*s->parent_lens));
	s->parent_lens[s->depth++] = path_push(&s->entry_path, name);
}

static void tar_sink_pop(struct tar_sink *s)
{
	path_pop(&s->entry_path, s->parent_lens[--s->depth]);
}

static void tar_sink_begin_item(struct tar_sink *s, const struct copy_event *ev)
{
	tar_sink_push(s, event_name(ev));
	tar_sink_begin(s, ev);
	if ((ev->node.mode & NODE_TYPE) != NODE_SOCKET)
		return;
	copy_unsupported(s->c, FEATURE_SOCKETS, "store", s->entry_path.str,
			 "archives cannot store sockets");
	s->skip = true;
	s->pending = false;
}

/*
 * Write a path and its label, separated by a tab, with special bytes escaped.
 */
static void tar_sink_write_context(struct tar_sink *s, const char *label,
				   size_t len)
{
	const char *p = s->entry_path.str;

	if (p[0] == '.' && (p[1] == '/' || !p[1]))
		p++;
	if (*p != '/')
		fputc('/', s->contexts);
	for (; *p; p++)
		if ((unsigned char)*p <= ' ' || *p == 0x7f || *p == '\\')
			fprintf(s->contexts, "\\%03o", (unsigned char)*p);
		else
			fputc(*p, s->contexts);
	fprintf(s->contexts, "\t%.*s\n", (int)strnlen(label, len), label);
}

static void tar_sink_put_acl(struct tar_sink *s, const struct copy_event *ev)
{
	const char *key = strcmp(event_name(ev), "system.posix_acl_default") ?
			  "SCHILY.acl.access" : "SCHILY.acl.default";
	char *text = tar_acl_to_text(event_payload(ev), ev->len);

	if (text)
		tar_buf_add_record(&s->attributes, key, text, strlen(text));
	else
		copy_error(s->c, "store access list of", s->entry_path.str,
			   "the list is damaged");
	free(text);
}

static void tar_sink_put_xattr(struct tar_sink *s, const struct copy_event *ev)
{
	const char *name = event_name(ev), *value = event_payload(ev);

	if (s->contexts && !strcmp(name, "security.selinux"))
		tar_sink_write_context(s, value, ev->len);
	/* In an archive, only the first name of a file has attributes. */
	if (s->skip || s->entry->type == TAR_LINK)
		return;
	if (copy_xattr_is_acl(name))
		tar_sink_put_acl(s, ev);
	else
		tar_encode_xattr(&s->attributes, name, value, ev->len);
}

static void tar_sink_put_map(struct tar_sink *s, const struct copy_event *ev)
{
	const struct copy_extent *map = (const void *)event_payload(ev);
	size_t i;

	if (s->fills_holes)
		return;
	for (i = 0; i < ev->len / sizeof(*map); i++)
		tar_sparse_add(s->entry, map[i].off, map[i].len);
}

static void tar_sink_put_data(struct tar_sink *s, const struct copy_event *ev)
{
	tar_sink_flush_header(s);
	if (s->skip)
		return;
	/* Data of a sparse file follow each other without the holes. */
	if (!s->entry->sparse)
		tar_sink_fill(s, ev->off);
	tar_sink_write_bytes(s, event_payload(ev), ev->len);
	s->written += ev->len;
	s->c->bytes += ev->len;
}

/*
 * End a file.  If it could not be read to its end, its size is in the archive
 * already; leave it out if nothing was read.
 */
static void tar_sink_end_item(struct tar_sink *s, const struct copy_event *ev)
{
	if (s->pending && ev->flags & EVENT_FAILED) {
		s->pending = false;
		s->skip = true;
	}
	tar_sink_flush_header(s);
	if (!s->skip) {
		tar_sink_fill(s, s->entry->stored);
		tar_sink_write_zeros(s, -s->entry->stored % TAR_BLOCK);
		s->c->files++;
	}
	tar_sink_pop(s);
}

static void tar_sink_consume(struct copy_sink *sink, struct copy *c,
			     const struct copy_event *ev)
{
	struct tar_sink *s = container_of(sink, struct tar_sink, base);

	s->c = c;
	if (!s->begun && !tar_sink_open_archive(s))
		return;
	s->begun = true;
	switch (ev->type) {
	case EVENT_XATTR:
		tar_sink_put_xattr(s, ev);
		break;
	case EVENT_MAP:
		tar_sink_put_map(s, ev);
		break;
	case EVENT_DATA:
		tar_sink_put_data(s, ev);
		break;
	case EVENT_END:
		tar_sink_end_item(s, ev);
		break;
	case EVENT_LEAVE:
		tar_sink_flush_header(s);
		tar_sink_pop(s);
		c->files++;
		break;
	case EVENT_DIR:
		tar_sink_flush_header(s);
		tar_sink_push(s, event_name(ev));
		tar_sink_begin(s, ev);
		break;
	case EVENT_ENTER:
		tar_sink_flush_header(s);
		tar_sink_push(s, event_name(ev));
		break;
	default:
		tar_sink_flush_header(s);
		tar_sink_begin_item(s, ev);
	}
}

static void tar_sink_finish(struct copy_sink *sink, struct copy *c)
{
	struct tar_sink *s = container_of(sink, struct tar_sink, base);

	s->c = c;
	if (copy_stopped(c) || (!s->begun && !tar_sink_open_archive(s)))
		return;
	/* Two empty blocks mark the end. */
	tar_sink_write_zeros(s, 2 * TAR_BLOCK);
	if (!s->broken && archive_write_close(s->archive) == ARCHIVE_OK)
		s->complete = true;
	else
		tar_sink_error(s);
}

void tar_sink_init(struct tar_sink *s, int fd, const char *path)
{
	*s = (struct tar_sink) {
		.base.consume = tar_sink_consume,
		.base.finish = tar_sink_finish,
		.path = path,
		.fd = fd,
		.entry = xzalloc(sizeof(*s->entry)),
	};
}

void tar_sink_exit(struct tar_sink *s)
{
	/* Do not try again to write the rest after an error. */
	if (s->archive && !s->complete)
		archive_write_fail(s->archive);
	if (s->archive)
		archive_write_free(s->archive);
	free(s->entry->path);
	free(s->entry->target);
	free(s->entry->map);
	free(s->entry);
	free(s->attributes.buf);
	free(s->header.buf);
	path_free(&s->entry_path);
	free(s->parent_lens);
}
