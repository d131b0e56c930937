// SPDX-License-Identifier: GPL-2.0
/*
 * The bytes of an archive, decompressed by libarchive.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/host/host-file.h"
#include "copy/archives/tar-format.h"
#include "copy/archives/tar-host.h"
#include "copy/lzop/lzop.h"
#include "shared/macros.h"

#define BUF_SIZE	(256 << 10)

/* Remember where the last byte is that is not zero. */
static void input_find_end(struct tar_input *in, const char *p, size_t len)
{
	/* Compare the bytes with their neighbours: this is fast. */
	if (len && (p[0] || memcmp(p, p + 1, len - 1))) {
		while (!p[len - 1])
			len--;
		in->data_end = in->given + len;
	}
}

/* Read bytes of the archive to offset @at of the buffer, as read(2) does. */
static ssize_t input_read(struct tar_input *in, size_t at)
{
	ssize_t n;

	/* Let the sink write the existing events meanwhile. */
	if (!tar_host_is_ready(in->fd))
		queue_flush(in->c->queue);
	n = tar_host_read(in->c, in->fd, in->buf + at, BUF_SIZE - at);
	if (n < 0) {
		/* Also where an end of the input is no error. */
		tar_input_fail(in, host_file_strerror(errno));
		return -1;
	}
	input_find_end(in, in->buf + at, n);
	in->given += n;
	return n;
}

/* Read so much of the archive that its kind can be seen. */
static ssize_t input_begin(struct tar_input *in)
{
	ssize_t n;

	do {
		n = input_read(in, in->given);
	} while (n > 0 && in->given < sizeof(in->magic));
	if (n < 0)
		return n;
	memcpy(in->magic, in->buf, sizeof(in->magic));
	return in->given;
}

static long input_more(void *arg, const void **buf)
{
	struct tar_input *in = arg;
	size_t first = in->first;

	*buf = in->buf;
	in->first = 0;
	copy_step(in->c);
	return first ? (long)first : input_read(in, 0);
}

/* Give libarchive bytes that it decompresses, or takes as they are. */
static la_ssize_t input_give(struct archive *a, void *arg, const void **buf)
{
	struct tar_input *in = arg;
	long n = in->lzop ? lzop_next(in->lzop, buf) : input_more(in, buf);

	if (n >= 0)
		return n;
	if (in->lzop && lzop_error(in->lzop))
		tar_input_fail(in, lzop_error(in->lzop));
	archive_set_error(a, EIO, "the input has failed");
	return -1;
}

void tar_input_fail(struct tar_input *in, const char *why)
{
	/* The first error is the reason of the others. */
	if (!in->failed && !copy_stopped(in->c))
		copy_error(in->c, "read", in->path, why);
	in->failed = true;
}

static void input_fail_inside(struct tar_input *in)
{
	const char *why = archive_error_string(in->archive);

	tar_input_fail(in, why ? why : host_file_strerror(archive_errno(in->archive)));
}

/*
 * Let @a decompress what libarchive itself can decompress.  For other formats
 * it runs programs: these would read untrusted data, and not be confined.
 */
static bool input_add_filters(struct archive *a)
{
	static int (*const filters[])(struct archive *a) = {
		archive_read_support_filter_bzip2,
		archive_read_support_filter_compress,
		archive_read_support_filter_gzip,
		archive_read_support_filter_lz4,
		archive_read_support_filter_lzip,
		archive_read_support_filter_lzma,
		archive_read_support_filter_rpm,
		archive_read_support_filter_uu,
		archive_read_support_filter_xz,
		archive_read_support_filter_zstd,
	};
	struct archive *trial = archive_read_new();
	size_t i;

	/* A warning means that a program would be run. */
	for (i = 0; trial && i < ARRAY_SIZE(filters); i++)
		if (filters[i](trial) == ARCHIVE_OK)
			filters[i](a);
	archive_read_free(trial);
	return trial;
}

const char *tar_input_why_none(const struct tar_input *in)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *why;
	} known[] = {
		{ "LRZI", 4, "it is compressed by lrzip: decompress it with 'lrzip -d'" },
		{ "GRZipII", 7, "it is compressed by grzip: decompress it first" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(known); i++)
		if (!memcmp(in->magic, known[i].bytes, known[i].len))
			return known[i].why;
	return "this is no tar archive";
}

bool tar_input_open(struct tar_input *in)
{
	struct archive *a = archive_read_new();
	struct archive_entry *e;
	ssize_t n;

	in->archive = a;
	in->buf = calloc(1, BUF_SIZE);
	if (!a || !in->buf || !input_add_filters(a)) {
		tar_input_fail(in, host_file_strerror(ENOMEM));
		return false;
	}
	archive_read_support_format_raw(a);
	n = input_begin(in);
	if (n < 0)
		return false;
	in->first = n;
	if (lzop_is_magic(in->magic, n))
		in->lzop = lzop_new(input_more, in);
	if (archive_read_open(a, in, NULL, input_give, NULL) != ARCHIVE_OK ||
	    archive_read_next_header(a, &e) != ARCHIVE_OK) {
		if (in->given)
			input_fail_inside(in);
		else
			tar_input_fail(in, "the archive is empty");
	}
	return !in->failed;
}

void tar_input_close(struct tar_input *in)
{
	if (in->archive)
		archive_read_free(in->archive);
	lzop_free(in->lzop);
	free(in->buf);
}

/* Return true if there are only zeros behind the end of compressed data. */
static bool input_ends_clean(struct tar_input *in)
{
	uint64_t used = archive_filter_bytes(in->archive, -1);
	long n = 1;
	const void *buf;

	/* The reader of lzop has looked itself. */
	if (in->lzop)
		return true;
	while (in->data_end <= used && n > 0 && !copy_stopped(in->c))
		n = input_more(in, &buf);
	return in->data_end <= used;
}

/* Go on behind a block that was unread. */
static void input_restore(struct tar_input *in)
{
	in->saved = false;
	in->next = in->saved_next;
	in->avail = in->saved_avail;
}

const char *tar_input_peek(struct tar_input *in, uint64_t most, size_t *len)
{
	const void *buf;
	la_int64_t off;
	int ret;

	if (!in->avail && in->saved)
		input_restore(in);
	while (!in->avail && !in->ended && !in->failed &&
	       !copy_stopped(in->c)) {
		/* A lot may be skipped: this is progress. */
		copy_step(in->c);
		ret = archive_read_data_block(in->archive, &buf, &in->avail,
					      &off);
		in->next = buf;
		if (ret == ARCHIVE_EOF) {
			in->avail = 0;
			in->ended = true;
			if (!input_ends_clean(in))
				tar_input_fail(in, "other data follow the end of the archive");
		} else if (ret != ARCHIVE_OK) {
			input_fail_inside(in);
		}
	}
	if (!in->avail || in->failed)
		return NULL;
	*len = in->avail < most ? in->avail : most;
	return in->next;
}

void tar_input_consume(struct tar_input *in, size_t len)
{
	in->next += len;
	in->avail -= len;
	in->pos += len;
}

bool tar_input_read(struct tar_input *in, void *buf, size_t len)
{
	char *to = buf;
	size_t n;

	while (len) {
		const char *p = tar_input_peek(in, len, &n);

		if (!p) {
			tar_input_fail(in, "the archive is cut off");
			return false;
		}
		memcpy(to, p, n);
		tar_input_consume(in, n);
		to += n;
		len -= n;
	}
	return true;
}

bool tar_input_skip(struct tar_input *in, uint64_t len)
{
	size_t n;

	while (len) {
		if (!tar_input_peek(in, len, &n)) {
			tar_input_fail(in, "the archive is cut off");
			return false;
		}
		tar_input_consume(in, n);
		len -= n;
	}
	return true;
}

const struct tar_header *tar_input_block(struct tar_input *in)
{
	char *to = (char *)&in->block;
	size_t len = 0, n;

	while (len < TAR_BLOCK) {
		const char *p = tar_input_peek(in, TAR_BLOCK - len, &n);

		if (!p)
			break;
		/* The bytes may be the block itself, which was unread. */
		memmove(to + len, p, n);
		tar_input_consume(in, n);
		len += n;
	}
	if (in->failed || !len)
		return NULL;
	/* Only zeros at the end may be shorter than a block. */
	for (n = 0; n < len && !to[n]; n++)
		;
	if (len == TAR_BLOCK)
		return &in->block;
	if (n < len)
		tar_input_fail(in, in->pos > TAR_BLOCK ?
			       "the archive is cut off" :
			       tar_input_why_none(in));
	return NULL;
}

void tar_input_unread(struct tar_input *in)
{
	in->saved_next = in->next;
	in->saved_avail = in->avail;
	in->saved = true;
	in->next = (const char *)&in->block;
	in->avail = TAR_BLOCK;
	in->pos -= TAR_BLOCK;
}
