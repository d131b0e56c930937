// SPDX-License-Identifier: GPL-2.0
/*
 * A sink: an archive in pax format.
 *
 * The header of an entry is written when all attributes of the file are known,
 * that is, at the first event that is not an attribute.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <locale.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/alloc.h"
#include "copy/archives/tar.h"
#include "shared/macros.h"

#define BLOCK_SIZE	(256 << 10)
/* Zeros for holes are written in pieces of this size. */
#define ZEROS_SIZE	(1 << 20)
/* A longer name needs a header of its own. */
#define USTAR_NAME	100

/* Not const, so that the zeros take no space in the executable. */
static char zeros[ZEROS_SIZE];

void tar_set_locale(void)
{
	/* With other encodings, libarchive tries conversions that fail. */
	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		setlocale(LC_CTYPE, "en_US.UTF-8");
}

bool tar_wait(struct copy *c, int fd, short events)
{
	struct pollfd p = { .fd = fd, .events = events };

	while (!copy_stopped(c)) {
		int n = poll(&p, 1, 200);

		if (n > 0 || (n < 0 && errno != EINTR))
			return true;
		/*
		 * The other end of a pipe may take its time: this is progress.
		 */
		copy_step(c);
	}
	return false;
}

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
			   why ? why : strerror(archive_errno(s->archive)));
	tar_sink_break(s);
}

/*
 * Write bytes of the archive.  To a pipe, write no more than fits without
 * waiting, so that a signal is noticed.
 */
static la_ssize_t tar_sink_write(struct archive *a, void *arg, const void *buf,
				 size_t len)
{
	struct tar_sink *s = arg;
	ssize_t n;

	if (!s->regular) {
		if (!tar_wait(s->c, s->fd, POLLOUT)) {
			archive_set_error(a, EINTR, "%s", strerror(EINTR));
			return -1;
		}
		len = len < 4096 ? len : 4096;
	}
	do {
		n = write(s->fd, buf, len);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		archive_set_error(a, errno, "%s", strerror(errno));
	return n;
}

static bool tar_sink_open_archive(struct tar_sink *s)
{
	struct archive *a = archive_write_new();

	s->archive = a;
	s->entry = archive_entry_new();
	if (!a || !s->entry) {
		copy_error(s->c, "write", s->path, strerror(ENOMEM));
		tar_sink_break(s);
		return false;
	}
	archive_write_set_format_pax(a);
	/*
	 * Write extended attributes in the form that other programs read, too.
	 */
	archive_write_set_format_option(a, "pax", "xattrheader", "SCHILY");
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
	if (archive_write_open(a, s, NULL, tar_sink_write, NULL) != ARCHIVE_OK) {
		tar_sink_error(s);
		return false;
	}
	return true;
}

bool tar_is_utf8(const char *s)
{
	return !s || mbstowcs(NULL, s, 0) != (size_t)-1;
}

/*
 * Return true if a warning is only about a name that is not UTF-8, which
 * libarchive stores as bytes.
 */
static bool tar_sink_is_harmless(struct tar_sink *s)
{
	return !tar_is_utf8(archive_entry_pathname(s->entry)) ||
	       !tar_is_utf8(archive_entry_hardlink(s->entry)) ||
	       !tar_is_utf8(archive_entry_symlink(s->entry));
}

static void tar_sink_flush_header(struct tar_sink *s)
{
	int ret;

	if (!s->pending)
		return;
	s->pending = false;
	ret = archive_write_header(s->archive, s->entry);
	if (ret == ARCHIVE_FATAL) {
		tar_sink_error(s);
	} else if (ret != ARCHIVE_OK &&
		   !(ret == ARCHIVE_WARN && tar_sink_is_harmless(s))) {
		copy_error(s->c, "store", s->entry_path.str,
			   archive_error_string(s->archive));
		s->skip = ret != ARCHIVE_WARN;
	}
}

static void tar_sink_write_all(struct tar_sink *s, const char *buf, size_t len)
{
	while (len && !s->broken) {
		la_ssize_t n = archive_write_data(s->archive, buf, len);

		if (n <= 0) {
			tar_sink_error(s);
			return;
		}
		buf += n;
		len -= n;
		s->written += n;
	}
}

/* Write zeros; libarchive leaves them out where the map has a hole. */
static void tar_sink_write_zeros(struct tar_sink *s, uint64_t until)
{
	while (s->written < until && !s->broken && !copy_stopped(s->c)) {
		uint64_t n = until - s->written;

		tar_sink_write_all(s, zeros, n < ZEROS_SIZE ? n : ZEROS_SIZE);
		copy_step(s->c);
	}
}

/* Events */

static void tar_sink_set_times(struct archive_entry *e,
			       const struct tree_node *node)
{
	/* Other times change when an image is read. */
	archive_entry_set_mtime(e, node->mtime.sec, node->mtime.nsec);
}

static void tar_sink_begin(struct tar_sink *s, const struct copy_event *ev)
{
	const struct tree_node *node = &ev->node;
	struct archive_entry *e = archive_entry_clear(s->entry);

	archive_entry_copy_pathname(e, s->entry_path.str);
	archive_entry_set_mode(e, node->mode);
	archive_entry_set_uid(e, node->uid);
	archive_entry_set_gid(e, node->gid);
	tar_sink_set_times(e, node);
	s->size = 0;
	s->written = 0;
	if (ev->type == EVENT_SYMLINK)
		archive_entry_copy_symlink(e, event_payload(ev));
	else if (ev->type == EVENT_LINK)
		archive_entry_copy_hardlink(e, event_payload(ev));
	else if (ev->type == EVENT_FILE)
		s->size = node->size;
	archive_entry_set_size(e, s->size);
	if (ev->type == EVENT_SPECIAL) {
		archive_entry_set_rdevmajor(e, node->rdev_major);
		archive_entry_set_rdevminor(e, node->rdev_minor);
	}
	if (node->flags && ev->type != EVENT_LINK)
		archive_entry_set_fflags(e, node->flags, 0);
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

static void tar_sink_put_xattr(struct tar_sink *s, const struct copy_event *ev)
{
	const char *name = event_name(ev), *value = event_payload(ev);

	if (s->contexts && !strcmp(name, "security.selinux"))
		tar_sink_write_context(s, value, ev->len);
	/* In an archive, only the first name of a file has attributes. */
	if (s->skip || archive_entry_hardlink(s->entry))
		return;
	if (copy_xattr_is_acl(name)) {
		if (!tar_acl_put(s->entry, name, value, ev->len))
			copy_error(s->c, "store access list of",
				   s->entry_path.str, "the list is damaged");
	} else if (strchr(name, '=')) {
		copy_unsupported(s->c, FEATURE_XATTR, "store an attribute of",
				 s->entry_path.str,
				 "the name of the attribute contains '='");
	} else {
		archive_entry_xattr_add_entry(s->entry, name, value, ev->len);
	}
}

static void tar_sink_put_map(struct tar_sink *s, const struct copy_event *ev)
{
	const struct copy_extent *map = (const void *)event_payload(ev);
	size_t i;

	/*
	 * libarchive (3.7) cuts long names of sparse files that are not UTF-8.
	 */
	if (s->entry_path.len >= USTAR_NAME && !tar_is_utf8(s->entry_path.str)) {
		copy_unsupported(s->c, FEATURE_HOLES, "store holes of",
				 s->entry_path.str,
				 "the file name is long and not in UTF-8");
		return;
	}
	for (i = 0; i < ev->len / sizeof(*map); i++)
		archive_entry_sparse_add_entry(s->entry, map[i].off,
					       map[i].len);
}

static void tar_sink_put_data(struct tar_sink *s, const struct copy_event *ev)
{
	tar_sink_flush_header(s);
	if (s->skip)
		return;
	tar_sink_write_zeros(s, ev->off);
	tar_sink_write_all(s, event_payload(ev), ev->len);
	s->c->bytes += ev->len;
}

/* End a file; fill up one that got shorter, as its header has its size. */
static void tar_sink_end_item(struct tar_sink *s)
{
	tar_sink_flush_header(s);
	if (!s->skip) {
		tar_sink_write_zeros(s, s->size);
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
		tar_sink_end_item(s);
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
	if (archive_write_close(s->archive) == ARCHIVE_OK)
		s->complete = true;
	else
		tar_sink_error(s);
}

void tar_sink_init(struct tar_sink *s, int fd, const char *path)
{
	struct stat st;

	*s = (struct tar_sink) {
		.base.consume = tar_sink_consume,
		.base.finish = tar_sink_finish,
		.path = path,
		.fd = fd,
		.regular = !fstat(fd, &st) && S_ISREG(st.st_mode),
	};
}

void tar_sink_exit(struct tar_sink *s)
{
	archive_entry_free(s->entry);
	/* Do not try again to write the rest after an error. */
	if (s->archive && !s->complete)
		archive_write_fail(s->archive);
	if (s->archive)
		archive_write_free(s->archive);
	path_free(&s->entry_path);
	free(s->parent_lens);
}
