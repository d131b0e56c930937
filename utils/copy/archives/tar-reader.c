// SPDX-License-Identifier: GPL-2.0
/*
 * The entries of an archive, and of further archives that follow it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/alloc.h"
#include "common/report.h"
#include "copy/archives/tar-format.h"

/*
 * An archive without files is as long as its writer pads archives; a longer run
 * of zeros is something else, for instance an empty disk.
 */
#define EMPTY_MAX	1048576

void tar_reader_init(struct tar_reader *r)
{
	tar_records_init(&r->local);
	tar_records_init(&r->global);
}

static void reader_clear_entry(struct tar_entry *e)
{
	struct copy_extent *map = e->map;
	size_t map_size = e->map_size;

	free(e->path);
	free(e->target);
	*e = (struct tar_entry) { .map = map, .map_size = map_size };
}

void tar_reader_exit(struct tar_reader *r)
{
	reader_clear_entry(&r->entry);
	free(r->entry.map);
	tar_records_clear(&r->local);
	tar_records_clear(&r->global);
	tar_input_close(&r->in);
}

static bool reader_fail(struct tar_reader *r, const char *why)
{
	char text[256];

	snprintf(text, sizeof(text), "%s, at byte %llu", why,
		 (unsigned long long)r->in.pos);
	tar_input_fail(&r->in, text);
	return false;
}

/* Fields of the header */

static bool reader_get_number(const char *field, size_t size, uint64_t max,
			      uint64_t *value)
{
	int64_t n;

	if (!tar_header_get(field, size, &n) || n < 0 || (uint64_t)n > max)
		return false;
	*value = n;
	return true;
}

static bool reader_get_numbers(struct tar_entry *e, const struct tar_header *h)
{
	struct tree_node *node = &e->node;
	uint64_t mode, uid, gid, major = 0, minor = 0;
	bool ok;

	ok = reader_get_number(h->mode, sizeof(h->mode), INT64_MAX, &mode) &&
	     reader_get_number(h->uid, sizeof(h->uid), UINT32_MAX, &uid) &&
	     reader_get_number(h->gid, sizeof(h->gid), UINT32_MAX, &gid) &&
	     reader_get_number(h->size, sizeof(h->size), INT64_MAX,
			       &e->stored) &&
	     tar_header_get(h->mtime, sizeof(h->mtime), &node->mtime.sec);
	if (ok && (h->type == TAR_CHAR || h->type == TAR_BLOCK_DEVICE))
		ok = reader_get_number(h->major, sizeof(h->major), UINT32_MAX,
				       &major) &&
		     reader_get_number(h->minor, sizeof(h->minor), UINT32_MAX,
				       &minor);
	if (!ok)
		return false;
	node->mode = mode & 07777;
	node->uid = uid;
	node->gid = gid;
	node->size = e->stored;
	node->rdev_major = major;
	node->rdev_minor = minor;
	return true;
}

static void reader_get_names(struct tar_entry *e, const struct tar_header *h)
{
	char *name = xstrndup(h->name, strnlen(h->name, sizeof(h->name)));

	/* Other formats use the place for something else. */
	if (!memcmp(h->magic, "ustar", 6) && h->prefix[0]) {
		char *prefix = xstrndup(h->prefix,
					strnlen(h->prefix, sizeof(h->prefix)));

		e->path = path_join(prefix, name);
		free(prefix);
		free(name);
	} else {
		e->path = name;
	}
	e->target = xstrndup(h->link, strnlen(h->link, sizeof(h->link)));
}

/* Return the type of the file; old archives mark directories by a slash. */
static uint32_t reader_node_type(const struct tar_entry *e)
{
	size_t n = strlen(e->path);

	switch (e->type) {
	case TAR_SYMLINK:
		return NODE_SYMLINK;
	case TAR_CHAR:
		return NODE_CHAR;
	case TAR_BLOCK_DEVICE:
		return NODE_BLOCK;
	case TAR_DIR:
	case TAR_GNU_DUMPDIR:
		return NODE_DIR;
	case TAR_FIFO:
		return NODE_FIFO;
	case TAR_LINK:
		return NODE_FILE;
	}
	return n && e->path[n - 1] == '/' ? NODE_DIR : NODE_FILE;
}

/* Extended headers */

static bool reader_apply(struct tar_reader *r, const struct tar_records *from,
			 const struct tar_records *except)
{
	const struct tar_record *rec;
	char text[200];

	list_for_each(rec, &from->list, link) {
		if (except && tar_records_has(except, rec->key))
			continue;
		if (tar_keyword_apply(&r->entry, rec))
			continue;
		snprintf(text, sizeof(text),
			 "the value of '%.100s' in an extended header is damaged",
			 rec->key);
		return reader_fail(r, text);
	}
	return true;
}

/* Read a global header: what it says counts for all files that follow. */
static bool reader_read_global(struct tar_reader *r, uint64_t size)
{
	struct tar_records records;
	struct tar_record *rec;
	char text[200];
	bool ok;

	tar_records_init(&records);
	ok = tar_records_read(&records, &r->in, size);
	/* All are compared with each other, and each may get a message. */
	if (ok && !tar_records_fit(&records))
		ok = reader_fail(r, "the global header is too large");
	list_for_each(rec, &records.list, link) {
		if (!ok)
			break;
		if (tar_keyword_is_known(rec->key) && strcmp(rec->key, "size") &&
		    strncmp(rec->key, "GNU.sparse.", 11))
			continue;
		snprintf(text, sizeof(text),
			 "the global header sets '%.100s' for all files, which is not supported",
			 rec->key);
		copy_error(r->in.c, "extract", r->in.path, text);
	}
	if (ok && !tar_records_merge(&r->global, &records))
		ok = reader_fail(r, "the global header is too large");
	tar_records_clear(&records);
	return ok;
}

/* Read a header that precedes the header of a file.  Return 0, 1 or -1. */
static int reader_read_extended(struct tar_reader *r, const struct tar_header *h)
{
	uint64_t size;
	bool ok;

	if (!memchr("xgXLKV", h->type, 6))
		return 0;
	if (!reader_get_number(h->size, sizeof(h->size), INT64_MAX - TAR_BLOCK,
			       &size)) {
		reader_fail(r, "a header is damaged");
		return -1;
	}
	if (h->type == TAR_PAX_GLOBAL)
		ok = reader_read_global(r, size);
	else if (h->type == TAR_GNU_NAME)
		ok = tar_records_read_name(&r->local, &r->in, "path", size);
	else if (h->type == TAR_GNU_LINK)
		ok = tar_records_read_name(&r->local, &r->in, "linkpath", size);
	else if (h->type == TAR_GNU_LABEL)
		ok = tar_input_skip(&r->in, size + -size % TAR_BLOCK);
	else
		ok = tar_records_read(&r->local, &r->in, size);
	return ok ? 1 : -1;
}

/* Entries */

/*
 * Return true if contents follow, although the entry is a link or a directory:
 * some programs store the size there, but no contents.
 */
static bool reader_has_contents(struct tar_reader *r)
{
	const struct tar_header *h = tar_input_block(&r->in);
	bool other;

	if (!h)
		return false;
	other = !tar_header_is_valid(h) && h->name[0];
	tar_input_unread(&r->in);
	return other;
}

/* Find out how many bytes the contents have. */
static bool reader_begin_contents(struct tar_reader *r)
{
	struct tar_entry *e = &r->entry;
	bool file = e->type != TAR_LINK &&
		    (e->node.mode & NODE_TYPE) == NODE_FILE;

	if (file) {
		if (e->map_ahead && !tar_sparse_read_ahead(e, &r->in))
			return reader_fail(r, "the map of a sparse file is damaged");
		if (e->sparse && !tar_sparse_is_valid(e))
			return reader_fail(r, "the map of a sparse file is damaged");
	} else if (e->type != TAR_LINK &&
		   (e->node.mode & NODE_TYPE) != NODE_DIR) {
		e->stored = 0;
	} else if (e->stored && e->type != TAR_GNU_DUMPDIR &&
		   !reader_has_contents(r)) {
		e->stored = 0;
	}
	r->left = e->stored;
	r->padding = -e->stored % TAR_BLOCK;
	r->extent = 0;
	r->extent_done = 0;
	return true;
}

/* Return why the file cannot be extracted, or NULL. */
static const char *reader_why_not(const struct tar_header *h)
{
	bool is_gnu = !memcmp(h->magic, "ustar ", 6);

	if (h->type == TAR_GNU_CONTINUED)
		return "its first part is in another volume";
	if (h->type == TAR_GNU_SPARSE && !is_gnu)
		return "sparse files in the format of star are not supported";
	/* Programs use these letters for what is no file. */
	if (h->type >= 'A' && h->type <= 'Z' && h->type != TAR_GNU_SPARSE &&
	    h->type != TAR_GNU_DUMPDIR)
		return "its type is not known";
	return NULL;
}

static bool reader_begin_entry(struct tar_reader *r, const struct tar_header *h)
{
	struct tar_entry *e = &r->entry;

	e->type = h->type;
	e->why_not = reader_why_not(h);
	if (!reader_get_numbers(e, h))
		return reader_fail(r, "a header is damaged");
	reader_get_names(e, h);
	e->node.atime.sec = INT64_MIN;
	/* GNU tar stores this time where others have the prefix. */
	if (!memcmp(h->magic, "ustar ", 6) && h->prefix[0] &&
	    !tar_header_get(h->prefix, 12, &e->node.atime.sec))
		return reader_fail(r, "a header is damaged");
	/* This may read further blocks to where the header is. */
	if (h->type == TAR_GNU_SPARSE && !e->why_not &&
	    !tar_sparse_read_old(e, &r->in, h))
		return reader_fail(r, "the map of a sparse file is damaged");
	if (!reader_apply(r, &r->global, &r->local) ||
	    !reader_apply(r, &r->local, NULL))
		return false;
	if (e->node.atime.sec == INT64_MIN)
		e->node.atime = e->node.mtime;
	e->node.mode |= reader_node_type(e);
	return reader_begin_contents(r);
}

/*
 * Return the next header, NULL at the end of all archives.  Store whether an
 * archive has ended before.
 */
static const struct tar_header *reader_next_header(struct tar_reader *r,
						   bool *ends)
{
	const struct tar_header *h;
	size_t i;

	*ends = false;
	while ((h = tar_input_block(&r->in))) {
		const char *p = (const char *)h;

		for (i = 0; i < TAR_BLOCK && !p[i]; i++)
			;
		if (i < TAR_BLOCK)
			break;
		r->zeros += TAR_BLOCK;
		*ends = true;
		tar_records_clear(&r->global);
	}
	if (!h) {
		if (!r->begun && r->zeros > EMPTY_MAX)
			reader_fail(r, "this is no tar archive, only zeros");
		return NULL;
	}
	if (!tar_header_is_valid(h)) {
		reader_fail(r, r->zeros && r->begun ?
			    "other data follow the end of the archive" :
			    r->begun ? "the archive is damaged" :
			    tar_input_why_none(&r->in));
		return NULL;
	}
	r->begun = true;
	r->zeros = 0;
	return h;
}

bool tar_reader_next(struct tar_reader *r)
{
	const struct tar_header *h;
	int extended = 1;
	bool ends;

	reader_clear_entry(&r->entry);
	tar_records_clear(&r->local);
	if (!tar_input_skip(&r->in, r->left + r->padding))
		return false;
	r->left = 0;
	r->padding = 0;
	while (extended > 0) {
		h = reader_next_header(r, &ends);
		/* Headers before a file belong to a file of the same archive. */
		if (r->local.count && (!h || ends))
			return reader_fail(r, "the archive is cut off");
		if (!h)
			return false;
		extended = reader_read_extended(r, h);
	}
	return !extended && reader_begin_entry(r, h);
}

/* Return the offset of the next byte, and store how many bytes follow there. */
static uint64_t reader_position(struct tar_reader *r, uint64_t *len)
{
	const struct tar_entry *e = &r->entry;

	if (!e->sparse) {
		*len = r->left;
		return e->stored - r->left;
	}
	while (r->extent < e->map_count &&
	       r->extent_done == e->map[r->extent].len) {
		r->extent++;
		r->extent_done = 0;
	}
	*len = 0;
	if (r->extent == e->map_count)
		return 0;
	*len = e->map[r->extent].len - r->extent_done;
	return e->map[r->extent].off + r->extent_done;
}

const char *tar_reader_data(struct tar_reader *r, size_t most, size_t *len,
			    uint64_t *off)
{
	const char *p;
	uint64_t n;

	*off = reader_position(r, &n);
	if (!n)
		return NULL;
	p = tar_input_peek(&r->in, n < most ? n : most, len);
	if (!p)
		tar_input_fail(&r->in, "the archive is cut off");
	return p;
}

void tar_reader_consume(struct tar_reader *r, size_t len)
{
	tar_input_consume(&r->in, len);
	r->left -= len;
	r->extent_done += len;
}
