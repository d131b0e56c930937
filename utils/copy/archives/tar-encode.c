// SPDX-License-Identifier: GPL-2.0
/*
 * Headers of the pax format, written.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/alloc.h"
#include "common/utf8.h"
#include "copy/archives/tar-format.h"
#include "shared/macros.h"

/* Append bytes. */
void tar_buf_add(struct tar_buf *b, const void *data, size_t len)
{
	if (!len)
		return;
	if (b->size - b->len < len) {
		b->size = (b->len + len) * 2;
		b->buf = xrealloc(b->buf, b->size);
	}
	memcpy(b->buf + b->len, data, len);
	b->len += len;
}

/* Append zeros up to a whole block. */
void tar_buf_pad(struct tar_buf *b)
{
	static const char zeros[TAR_BLOCK];

	tar_buf_add(b, zeros, -b->len % TAR_BLOCK);
}

void tar_buf_add_record(struct tar_buf *b, const char *key, const void *value,
			size_t value_len)
{
	size_t rest = strlen(key) + value_len + 3, len = rest + 1;
	char digits[24];

	/* The length counts its own digits. */
	while (rest + snprintf(digits, sizeof(digits), "%zu", len) != len)
		len = rest + strlen(digits);
	tar_buf_add(b, digits, strlen(digits));
	tar_buf_add(b, " ", 1);
	tar_buf_add(b, key, strlen(key));
	tar_buf_add(b, "=", 1);
	tar_buf_add(b, value, value_len);
	tar_buf_add(b, "\n", 1);
}

static void encode_text(struct tar_buf *b, const char *key, const char *value)
{
	tar_buf_add_record(b, key, value, strlen(value));
}

static void encode_number(struct tar_buf *b, const char *key, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
	encode_text(b, key, text);
}

/* Write a time; the fraction of a time before 1970 counts backwards, too. */
static void encode_time(struct tar_buf *b, const char *key,
			const struct tree_time *t)
{
	uint64_t sec = t->sec;
	uint32_t nsec = t->nsec;
	char text[40];
	size_t n;

	if (t->sec < 0) {
		sec = -sec - (nsec > 0);
		nsec = nsec ? 1000000000 - nsec : 0;
	}
	snprintf(text, sizeof(text), "%s%llu.%09u", t->sec < 0 ? "-" : "",
		 (unsigned long long)sec, nsec);
	n = strlen(text);
	while (text[n - 1] == '0')
		n--;
	n -= text[n - 1] == '.';
	tar_buf_add_record(b, key, text, n);
}

void tar_encode_xattr(struct tar_buf *b, const char *name, const void *value,
		      size_t len)
{
	struct tar_buf key = { };
	const char *p;

	tar_buf_add(&key, "SCHILY.xattr.", 13);
	/* The form of GNU tar, in which these two characters have a meaning. */
	for (p = name; *p; p++)
		if (*p == '%')
			tar_buf_add(&key, "%25", 3);
		else if (*p == '=')
			tar_buf_add(&key, "%3D", 3);
		else
			tar_buf_add(&key, p, 1);
	tar_buf_add(&key, "", 1);
	tar_buf_add_record(b, key.buf, value, len);
	free(key.buf);
}

static void encode_flags(struct tar_buf *b, uint32_t flags)
{
	static const struct {
		uint32_t flag;
		const char *name;
	} names[] = {
		{ 0x20, "sappnd" }, { 0x10, "schg" }, { 0x40, "nodump" },
		{ 0x04, "compress" },
	};
	char text[64] = "";
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (flags & names[i].flag) {
			strcat(text, *text ? "," : "");
			strcat(text, names[i].name);
		}
	if (*text)
		encode_text(b, "SCHILY.fflags", text);
}

static bool encode_is_ascii(const char *s)
{
	while (*s > 0)
		s++;
	return !*s;
}

/* Store a path in the fields of a header.  Return false if it does not fit. */
static bool encode_path(struct tar_header *h, const char *path)
{
	size_t len = strlen(path);
	const char *slash;

	if (len <= sizeof(h->name)) {
		memcpy(h->name, path, len);
		return true;
	}
	slash = memchr(path + len - sizeof(h->name) - 1, '/', sizeof(h->name));
	if (slash && slash != path && slash[1] &&
	    (size_t)(slash - path) <= sizeof(h->prefix)) {
		memcpy(h->prefix, path, slash - path);
		memcpy(h->name, slash + 1, strlen(slash + 1));
		return true;
	}
	memcpy(h->name, path, sizeof(h->name));
	return false;
}

/* Store DIRECTORY/@between/NAME, shortened, as the path of a header. */
static void encode_other_path(struct tar_header *h, const char *path,
			      const char *between)
{
	size_t dir, len = strlen(path), from;
	char text[100];

	while (len > 1 && path[len - 1] == '/')
		len--;
	for (from = len; from && path[from - 1] != '/'; from--)
		;
	dir = from < 40 ? from : 0;
	snprintf(text, sizeof(text), "%.*s%s/%.*s", (int)dir, path, between,
		 (int)(len - from < 40 ? len - from : 40), path + from);
	memset(h->prefix, 0, sizeof(h->prefix));
	memset(h->name, 0, sizeof(h->name));
	memcpy(h->name, text, strlen(text));
}

static void encode_checksum(struct tar_header *h)
{
	memcpy(h->magic, "ustar\00000", sizeof(h->magic));
	tar_header_put(h->checksum, sizeof(h->checksum) - 1, tar_header_sum(h));
	h->checksum[7] = ' ';
}

static void encode_numbers(struct tar_buf *b, struct tar_header *h,
			   const struct tar_entry *e)
{
	const struct tree_node *node = &e->node;

	tar_header_put(h->mode, sizeof(h->mode), node->mode & 07777);
	if (!tar_header_put(h->uid, sizeof(h->uid), node->uid))
		encode_number(b, "uid", node->uid);
	if (!tar_header_put(h->gid, sizeof(h->gid), node->gid))
		encode_number(b, "gid", node->gid);
	if (!tar_header_put(h->size, sizeof(h->size), e->stored))
		encode_number(b, "size", e->stored);
	if (!tar_header_put(h->mtime, sizeof(h->mtime), node->mtime.sec) ||
	    node->mtime.nsec)
		encode_time(b, "mtime", &node->mtime);
	if (!tar_header_put(h->major, sizeof(h->major), node->rdev_major))
		encode_number(b, "SCHILY.devmajor", node->rdev_major);
	if (!tar_header_put(h->minor, sizeof(h->minor), node->rdev_minor))
		encode_number(b, "SCHILY.devminor", node->rdev_minor);
}

static void encode_names(struct tar_buf *b, struct tar_header *h,
			 const struct tar_entry *e)
{
	const char *target = e->target ? e->target : "";
	size_t len = strlen(target);

	/* Names that are not UTF-8 are marked. */
	if (!utf8_is_valid(e->path) || !utf8_is_valid(target))
		encode_text(b, "hdrcharset", "BINARY");
	if (e->sparse) {
		encode_other_path(h, e->path, "GNUSparseFile.0");
		encode_number(b, "GNU.sparse.major", 1);
		encode_number(b, "GNU.sparse.minor", 0);
		encode_text(b, "GNU.sparse.name", e->path);
		encode_number(b, "GNU.sparse.realsize", e->node.size);
	} else if (!encode_path(h, e->path) || !encode_is_ascii(e->path)) {
		encode_text(b, "path", e->path);
	}
	memcpy(h->link, target, len < sizeof(h->link) ? len : sizeof(h->link));
	if (len > sizeof(h->link) || !encode_is_ascii(target))
		encode_text(b, "linkpath", target);
}

/* Append the map of a sparse file, in front of its contents. */
static void encode_map(struct tar_buf *b, const struct tar_entry *e)
{
	char text[64];
	size_t i;

	snprintf(text, sizeof(text), "%zu\n", e->map_count);
	tar_buf_add(b, text, strlen(text));
	for (i = 0; i < e->map_count; i++) {
		snprintf(text, sizeof(text), "%llu\n%llu\n",
			 (unsigned long long)e->map[i].off,
			 (unsigned long long)e->map[i].len);
		tar_buf_add(b, text, strlen(text));
	}
	tar_buf_pad(b);
}

static void encode_extended(struct tar_buf *out, const struct tar_header *file,
			    const struct tar_entry *e,
			    const struct tar_buf *records)
{
	struct tar_header h = *file;

	h.type = TAR_PAX;
	encode_other_path(&h, e->path, "PaxHeader");
	memset(h.link, 0, sizeof(h.link));
	tar_header_put(h.size, sizeof(h.size), records->len);
	encode_checksum(&h);
	tar_buf_add(out, &h, sizeof(h));
	tar_buf_add(out, records->buf, records->len);
	tar_buf_pad(out);
}

void tar_encode_entry(struct tar_buf *out, const struct tar_entry *e,
		      const struct tar_buf *attributes)
{
	struct tar_buf records = { }, map = { };
	struct tar_header h = { .type = e->type };
	struct tar_entry entry = *e;

	if (e->sparse) {
		encode_map(&map, e);
		entry.stored += map.len;
	}
	encode_names(&records, &h, &entry);
	encode_numbers(&records, &h, &entry);
	if (e->type != TAR_LINK)
		encode_flags(&records, e->node.flags);
	tar_buf_add(&records, attributes->buf, attributes->len);
	out->len = 0;
	if (records.len)
		encode_extended(out, &h, e, &records);
	encode_checksum(&h);
	tar_buf_add(out, &h, sizeof(h));
	tar_buf_add(out, map.buf, map.len);
	free(records.buf);
	free(map.buf);
}
