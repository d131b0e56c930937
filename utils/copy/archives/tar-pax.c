// SPDX-License-Identifier: GPL-2.0
/*
 * Extended headers of the pax format: records "LENGTH KEYWORD=VALUE\n".
 */
#include <stdlib.h>
#include <string.h>

#include "common/alloc.h"
#include "copy/archives/tar-format.h"

/* Limits, so that an archive cannot use up the memory. */
#define KEY_MAX		65536
#define BYTES_MAX	(64U << 20)
#define GLOBAL_MAX	1000

void tar_records_init(struct tar_records *r)
{
	*r = (struct tar_records) { };
	list_init(&r->list);
}

/* A record without a value takes memory, too. */
static size_t records_cost(const struct tar_record *rec)
{
	return sizeof(*rec) + strlen(rec->key) + rec->len;
}

static void records_remove(struct tar_records *r, struct tar_record *rec)
{
	list_remove(&rec->link);
	r->count--;
	r->bytes -= records_cost(rec);
	free(rec->key);
	free(rec);
}

void tar_records_clear(struct tar_records *r)
{
	struct tar_record *rec, *next;

	list_for_each_safe(rec, next, &r->list, link)
		records_remove(r, rec);
}

static struct tar_record *records_find(const struct tar_records *r,
				       const char *key)
{
	struct tar_record *rec;

	list_for_each(rec, &r->list, link)
		if (!strcmp(rec->key, key))
			return rec;
	return NULL;
}

bool tar_records_has(const struct tar_records *r, const char *key)
{
	return records_find(r, key);
}

bool tar_record_is_xattr(const struct tar_record *rec)
{
	return !strncmp(rec->key, "SCHILY.xattr.", 13) ||
	       !strncmp(rec->key, "LIBARCHIVE.xattr.", 17);
}

/*
 * Read a value of @len bytes for @r.  The memory grows with the bytes that there
 * are, as a damaged length may be large.
 */
static struct tar_record *records_read_value(const struct tar_records *r,
					     struct tar_input *in, uint64_t len)
{
	struct tar_record *rec = NULL;
	size_t done = 0, size = 0, n;

	if (r->bytes > BYTES_MAX || len > BYTES_MAX - r->bytes) {
		tar_input_fail(in, "the header of a file has more than 64 MiB");
		return NULL;
	}
	while (done < len || !rec) {
		n = len - done < (1 << 20) ? len - done : 1 << 20;
		if (!rec || size < done + n) {
			size = done * 2 > done + n ? done * 2 : done + n;
			rec = xrealloc(rec, sizeof(*rec) + size + 1);
		}
		if (n && !tar_input_read(in, rec->value + done, n)) {
			free(rec);
			return NULL;
		}
		done += n;
	}
	rec->value[len] = 0;
	return rec;
}

/* Add a record.  Its value has @len bytes; the memory of further ones is freed. */
static void records_add(struct tar_records *r, struct tar_record *rec,
			const char *key, size_t len)
{
	rec = xrealloc(rec, sizeof(*rec) + len + 1);
	rec->len = len;
	rec->key = xstrdup(key);
	list_add_tail(&r->list, &rec->link);
	r->count++;
	r->bytes += records_cost(rec);
}

/* Read up to byte @end, at most @max bytes; return the length or 0. */
static size_t records_read_until(struct tar_input *in, char end, uint64_t max,
				 char *buf, size_t size)
{
	size_t len = 0, n;
	const char *p;

	while (len < max && len < size && (p = tar_input_peek(in, 1, &n))) {
		buf[len] = *p;
		tar_input_consume(in, 1);
		if (buf[len] == end) {
			buf[len] = 0;
			return len + 1;
		}
		len++;
	}
	return 0;
}

static bool records_damaged(struct tar_input *in)
{
	tar_input_fail(in, "an extended header is damaged");
	return false;
}

/* Read a record, of *@left bytes at most. */
static bool records_read_one(struct tar_records *r, struct tar_input *in,
			     uint64_t *left, char *key)
{
	char digits[24], *end, newline;
	size_t n = records_read_until(in, ' ', *left, digits, sizeof(digits));
	uint64_t len = strtoull(n ? digits : "", &end, 10);
	struct tar_record *rec;
	size_t key_len;

	if (n < 2 || *end || len > *left || len < n + 3)
		return records_damaged(in);
	key_len = records_read_until(in, '=', len - n - 1, key, KEY_MAX);
	if (key_len < 2)
		return records_damaged(in);
	*left -= len;
	len -= n + key_len + 1;
	/* Lists of directories, for instance, may be of any size. */
	if (tar_keyword_is_ignored(key)) {
		if (!tar_input_skip(in, len))
			return false;
	} else {
		rec = records_read_value(r, in, len);
		if (!rec)
			return false;
		records_add(r, rec, key, len);
	}
	if (!tar_input_read(in, &newline, 1))
		return false;
	return newline == '\n' || records_damaged(in);
}

bool tar_records_read(struct tar_records *r, struct tar_input *in,
		      uint64_t size)
{
	uint64_t left = size;
	char *key = xrealloc(NULL, KEY_MAX);
	bool ok = true;

	while (ok && left)
		ok = records_read_one(r, in, &left, key);
	free(key);
	return ok && tar_input_skip(in, -size % TAR_BLOCK);
}

bool tar_records_read_name(struct tar_records *r, struct tar_input *in,
			   const char *key, uint64_t size)
{
	struct tar_record *rec = records_read_value(r, in, size);

	if (!rec)
		return false;
	records_add(r, rec, key, strlen(rec->value));
	return tar_input_skip(in, -size % TAR_BLOCK);
}

bool tar_records_fit(const struct tar_records *r)
{
	return r->count <= GLOBAL_MAX && r->bytes <= BYTES_MAX;
}

bool tar_records_merge(struct tar_records *r, struct tar_records *from)
{
	struct tar_record *rec, *next, *old;

	list_for_each_safe(rec, next, &from->list, link) {
		old = records_find(r, rec->key);
		if (old)
			records_remove(r, old);
		list_remove(&rec->link);
		list_add_tail(&r->list, &rec->link);
		r->count++;
		r->bytes += records_cost(rec);
		from->count--;
		from->bytes -= records_cost(rec);
		if (!rec->len && !tar_record_is_xattr(rec))
			records_remove(r, rec);
	}
	return tar_records_fit(r);
}
