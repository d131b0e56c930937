// SPDX-License-Identifier: GPL-2.0
/*
 * The meaning of the keywords in extended headers.
 */
#include <stdlib.h>
#include <string.h>

#include "common/alloc.h"
#include "copy/archives/tar-format.h"
#include "shared/macros.h"

#define NSEC	1000000000

/* Read a decimal number at *@p, and move *@p behind the number. */
static bool keyword_number(const char **p, uint64_t max, uint64_t *value)
{
	const char *s = *p;
	uint64_t n = 0;

	for (; *s >= '0' && *s <= '9'; s++) {
		unsigned int digit = *s - '0';

		if (n > (max - digit) / 10)
			return false;
		n = n * 10 + digit;
	}
	if (s == *p)
		return false;
	*p = s;
	*value = n;
	return true;
}

static bool keyword_is_number(const char *s, uint64_t max, uint64_t *value)
{
	return keyword_number(&s, max, value) && !*s;
}

/* Read a time; the fraction of a time before 1970 counts backwards, too. */
static bool keyword_time(const char *s, struct tree_time *t)
{
	bool negative = *s == '-', more = false;
	uint32_t nsec = 0, unit = NSEC / 10;
	uint64_t sec = 0;

	s += negative;
	if (*s != '.' && !keyword_number(&s, INT64_MAX, &sec))
		return false;
	if (*s == '.')
		for (s++; *s >= '0' && *s <= '9'; s++, unit /= 10) {
			nsec += (*s - '0') * unit;
			more |= !unit && *s != '0';
		}
	if (*s)
		return false;
	*t = (struct tree_time) { sec, nsec };
	if (!negative)
		return true;
	/* Round down, as for times after 1970. */
	nsec += more;
	t->sec = -(int64_t)sec - (nsec > 0);
	t->nsec = nsec ? NSEC - nsec : 0;
	return true;
}

static void keyword_flags(const char *list, uint32_t *flags)
{
	static const struct {
		const char *name;
		uint32_t flag;
	} names[] = {
		{ "compress", 0x04 }, { "compressed", 0x04 },
		{ "ucompress", 0x04 }, { "schg", 0x10 }, { "schange", 0x10 },
		{ "simmutable", 0x10 }, { "uchg", 0x10 }, { "uchange", 0x10 },
		{ "uimmutable", 0x10 }, { "sappnd", 0x20 },
		{ "sappend", 0x20 }, { "uappnd", 0x20 }, { "uappend", 0x20 },
		{ "nodump", 0x40 },
	};
	size_t i, n;

	*flags = 0;
	for (; *list; list += n + (list[n] == ',')) {
		n = strcspn(list, ",");
		for (i = 0; i < ARRAY_SIZE(names); i++)
			if (strlen(names[i].name) == n &&
			    !strncmp(list, names[i].name, n))
				*flags |= names[i].flag;
	}
}

enum keyword {
	KEY_IGNORED, KEY_ATTRIBUTE, KEY_PATH, KEY_LINK, KEY_SIZE, KEY_UID,
	KEY_GID, KEY_MTIME, KEY_ATIME, KEY_FLAGS, KEY_MAJOR, KEY_MINOR,
	KEY_SPARSE_MAJOR, KEY_SPARSE_MINOR, KEY_SPARSE_NAME, KEY_SPARSE_SIZE,
	KEY_SPARSE_MAP, KEY_SPARSE_OFFSET, KEY_SPARSE_BYTES, KEY_UNKNOWN,
};

/* A name that ends in a dot stands for all keywords that begin so. */
static const struct {
	const char *name;
	enum keyword keyword;
} keywords[] = {
	{ "path", KEY_PATH }, { "linkpath", KEY_LINK },
	{ "size", KEY_SIZE }, { "uid", KEY_UID }, { "gid", KEY_GID },
	{ "mtime", KEY_MTIME }, { "atime", KEY_ATIME },
	{ "ctime", KEY_IGNORED }, { "comment", KEY_IGNORED },
	{ "charset", KEY_IGNORED }, { "hdrcharset", KEY_IGNORED },
	{ "uname", KEY_IGNORED }, { "gname", KEY_IGNORED },
	{ "SCHILY.xattr.", KEY_ATTRIBUTE },
	{ "LIBARCHIVE.xattr.", KEY_ATTRIBUTE },
	{ "SCHILY.acl.access", KEY_ATTRIBUTE },
	{ "SCHILY.acl.default", KEY_ATTRIBUTE },
	{ "RHT.security.selinux", KEY_ATTRIBUTE },
	{ "SCHILY.fflags", KEY_FLAGS },
	{ "SCHILY.devmajor", KEY_MAJOR }, { "SCHILY.devminor", KEY_MINOR },
	{ "SUN.devmajor", KEY_MAJOR }, { "SUN.devminor", KEY_MINOR },
	{ "SCHILY.dev", KEY_IGNORED }, { "SCHILY.ino", KEY_IGNORED },
	{ "SCHILY.nlink", KEY_IGNORED },
	{ "SCHILY.filetype", KEY_IGNORED },
	{ "SCHILY.archtype", KEY_IGNORED },
	{ "SCHILY.release", KEY_IGNORED },
	{ "SCHILY.dir", KEY_IGNORED }, { "SCHILY.volhdr.", KEY_IGNORED },
	{ "LIBARCHIVE.creationtime", KEY_IGNORED },
	{ "LIBARCHIVE.symlinktype", KEY_IGNORED },
	{ "MSWINDOWS.", KEY_IGNORED },
	{ "GNU.dumpdir", KEY_IGNORED }, { "GNU.volume.", KEY_IGNORED },
	{ "GNU.sparse.numblocks", KEY_IGNORED },
	{ "GNU.sparse.major", KEY_SPARSE_MAJOR },
	{ "GNU.sparse.minor", KEY_SPARSE_MINOR },
	{ "GNU.sparse.name", KEY_SPARSE_NAME },
	{ "GNU.sparse.realsize", KEY_SPARSE_SIZE },
	{ "GNU.sparse.size", KEY_SPARSE_SIZE },
	{ "GNU.sparse.map", KEY_SPARSE_MAP },
	{ "GNU.sparse.offset", KEY_SPARSE_OFFSET },
	{ "GNU.sparse.numbytes", KEY_SPARSE_BYTES },
};

static enum keyword keyword_find(const char *key)
{
	size_t i, n;

	for (i = 0; i < ARRAY_SIZE(keywords); i++) {
		n = strlen(keywords[i].name);
		if (!strncmp(key, keywords[i].name, n) &&
		    (!key[n] || keywords[i].name[n - 1] == '.'))
			return keywords[i].keyword;
	}
	return KEY_UNKNOWN;
}

bool tar_keyword_is_ignored(const char *key)
{
	return keyword_find(key) == KEY_IGNORED;
}

bool tar_keyword_is_known(const char *key)
{
	return keyword_find(key) != KEY_UNKNOWN;
}

static bool keyword_text(char **to, const struct tar_record *rec)
{
	if (strlen(rec->value) != rec->len)
		return false;
	free(*to);
	*to = xstrdup(rec->value);
	return true;
}

static bool keyword_number32(const char *s, uint32_t *to)
{
	uint64_t n;

	if (!keyword_is_number(s, UINT32_MAX, &n))
		return false;
	*to = n;
	return true;
}

/* Execute a keyword that describes a sparse file. */
static bool keyword_apply_sparse(struct tar_entry *e, enum keyword key,
				 const struct tar_record *rec)
{
	uint64_t n;

	if (key == KEY_SPARSE_NAME) {
		e->named = true;
		return keyword_text(&e->path, rec);
	}
	if (key == KEY_SPARSE_MAP)
		return tar_sparse_parse(e, rec->value);
	if (!keyword_is_number(rec->value, INT64_MAX, &n))
		return false;
	if (key == KEY_SPARSE_SIZE) {
		e->node.size = n;
		e->sparse = true;
	} else if (key == KEY_SPARSE_OFFSET) {
		tar_sparse_add(e, n, 0);
	} else if (key == KEY_SPARSE_BYTES) {
		if (!e->map_count)
			return false;
		e->map[e->map_count - 1].len = n;
	} else if (key == KEY_SPARSE_MAJOR) {
		e->map_ahead = n == 1;
		return n <= 1;
	}
	return true;
}

static bool keyword_apply_size(struct tar_entry *e, const char *value)
{
	uint64_t n;

	if (!keyword_is_number(value, INT64_MAX, &n))
		return false;
	e->stored = n;
	if (!e->sparse)
		e->node.size = n;
	return true;
}

static bool keyword_apply(struct tar_entry *e, enum keyword key,
			  const struct tar_record *rec)
{
	struct tree_node *node = &e->node;
	const char *value = rec->value;

	switch (key) {
	case KEY_PATH:
		return e->named || keyword_text(&e->path, rec);
	case KEY_LINK:
		return keyword_text(&e->target, rec);
	case KEY_SIZE:
		return keyword_apply_size(e, value);
	case KEY_UID:
		return keyword_number32(value, &node->uid);
	case KEY_GID:
		return keyword_number32(value, &node->gid);
	case KEY_MTIME:
		return keyword_time(value, &node->mtime);
	case KEY_ATIME:
		return keyword_time(value, &node->atime);
	case KEY_FLAGS:
		keyword_flags(value, &node->flags);
		return true;
	case KEY_MAJOR:
		return keyword_number32(value, &node->rdev_major);
	case KEY_MINOR:
		return keyword_number32(value, &node->rdev_minor);
	case KEY_IGNORED:
	case KEY_ATTRIBUTE:
	case KEY_UNKNOWN:
		return true;
	default:
		return keyword_apply_sparse(e, key, rec);
	}
}

bool tar_keyword_apply(struct tar_entry *e, const struct tar_record *rec)
{
	if (!strcmp(rec->key, "SCHILY.xattr.system.posix_acl_access"))
		e->has_acl[0] = true;
	if (!strcmp(rec->key, "SCHILY.xattr.system.posix_acl_default"))
		e->has_acl[1] = true;
	if (!strncmp(rec->key, "LIBARCHIVE.xattr.", 17))
		e->prefers_libarchive = true;
	/* In a header of its own, an empty value means: as without the keyword. */
	if (!rec->len)
		return true;
	return keyword_apply(e, keyword_find(rec->key), rec);
}
