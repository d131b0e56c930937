// SPDX-License-Identifier: GPL-2.0
/*
 * Conversion of access control lists between extended attributes and the text
 * in archives, "user::rwx,user:7:r--,mask::rwx".
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/options.h"
#include "copy/archives/tar-format.h"
#include "shared/macros.h"

/* Longest entry as text: a long name, and a number behind it. */
#define ENTRY_MAX	512

/*
 * The value of an attribute: a version of 32 bits, and entries of a tag, permissions
 * of 16 bits each and a number of 32 bits, the low byte first.
 */
#define ACL_VERSION	2U
#define ACL_HEAD_SIZE	4U
#define ACL_ENTRY_SIZE	8U
#define ACL_TAG_AT	0
#define ACL_PERM_AT	2
#define ACL_ID_AT	4

enum acl_tag {
	ACL_USER_OBJ = 0x01,
	ACL_USER = 0x02,
	ACL_GROUP_OBJ = 0x04,
	ACL_GROUP = 0x08,
	ACL_MASK = 0x10,
	ACL_OTHER = 0x20,
};

enum acl_perm {
	ACL_EXECUTE = 1,
	ACL_WRITE = 2,
	ACL_READ = 4,
};

static uint16_t acl_get16(const uint8_t *at)
{
	return at[0] | at[1] << 8;
}

static uint32_t acl_get32(const uint8_t *at)
{
	return acl_get16(at) | (uint32_t)acl_get16(at + 2) << 16;
}

static void acl_put16(uint8_t *at, uint16_t value)
{
	at[0] = value;
	at[1] = value >> 8;
}

static void acl_put32(uint8_t *at, uint32_t value)
{
	acl_put16(at, value);
	acl_put16(at + 2, value >> 16);
}

static bool acl_is_number(const char *s, uint32_t *id)
{
	uint64_t n;
	bool ok = parse_number(s, UINT32_MAX - 1, &n);

	*id = n;
	return ok;
}

static bool acl_get_perm(const char *s, uint16_t *perm)
{
	*perm = 0;
	for (; *s; s++)
		if (*s == 'r')
			*perm |= ACL_READ;
		else if (*s == 'w')
			*perm |= ACL_WRITE;
		else if (*s == 'x')
			*perm |= ACL_EXECUTE;
		else if (*s != '-')
			return false;
	return true;
}

/* Return the tag of an entry, or 0. */
static uint16_t acl_tag(const char *kind, const char *name)
{
	if (!strcmp(kind, "user") || !strcmp(kind, "u"))
		return *name ? ACL_USER : ACL_USER_OBJ;
	if (!strcmp(kind, "group") || !strcmp(kind, "g"))
		return *name ? ACL_GROUP : ACL_GROUP_OBJ;
	if (*name)
		return 0;
	if (!strcmp(kind, "mask") || !strcmp(kind, "m"))
		return ACL_MASK;
	if (!strcmp(kind, "other") || !strcmp(kind, "o"))
		return ACL_OTHER;
	return 0;
}

/* Cut the field up to the next colon off *@text, which becomes NULL at the end. */
static const char *acl_cut_field(char **text)
{
	char *field = *text, *end = strchr(field, ':');

	*text = end ? end + 1 : NULL;
	if (end)
		*end = 0;
	return field;
}

/* Parse entry KIND:NAME:PERMISSIONS[:NUMBER]; return why not, or NULL. */
static const char *acl_parse_entry(const struct owner_files *names, char *text,
				   uint8_t *e)
{
	const char *kind = acl_cut_field(&text);
	const char *name = text ? acl_cut_field(&text) : "";
	const char *perms = text ? acl_cut_field(&text) : NULL;
	uint32_t id = UINT32_MAX;
	uint16_t perm, tag = acl_tag(kind, name);
	bool known;

	/* Some programs write "other:r-x". */
	if (!perms && (!strcmp(kind, "mask") || !strcmp(kind, "other"))) {
		tag = acl_tag(kind, "");
		perms = name;
		name = "";
	}
	if (!tag || !perms || !acl_get_perm(perms, &perm))
		return "the access list is damaged";
	known = (tag != ACL_USER && tag != ACL_GROUP) ||
		(text && acl_is_number(text, &id)) || acl_is_number(name, &id) ||
		(tag == ACL_USER ? owner_files_find_user(names, name, &id) :
				   owner_files_find_group(names, name, &id));
	acl_put16(e + ACL_TAG_AT, tag);
	acl_put16(e + ACL_PERM_AT, perm);
	acl_put32(e + ACL_ID_AT, id);
	return known ? NULL : owner_files_why_unknown();
}

/* Compare two entries in the order in which the kernel wants entries. */
static int acl_compare(const void *a, const void *b)
{
	const uint8_t *x = a, *y = b;
	uint16_t tag_x = acl_get16(x + ACL_TAG_AT), tag_y = acl_get16(y + ACL_TAG_AT);
	uint32_t id_x = acl_get32(x + ACL_ID_AT), id_y = acl_get32(y + ACL_ID_AT);

	if (tag_x != tag_y)
		return tag_x < tag_y ? -1 : 1;
	return id_x < id_y ? -1 : id_x > id_y;
}

long tar_acl_from_text(const struct owner_files *names, const char *text,
		       void *value, size_t size, const char **why)
{
	uint8_t *entries = (uint8_t *)value + ACL_HEAD_SIZE;
	char copy[ENTRY_MAX];
	size_t n = 0, len;

	while (*text) {
		len = strcspn(text, ",\n");
		*why = "the access list is too long";
		if (len >= sizeof(copy) ||
		    ACL_HEAD_SIZE + (n + 1) * ACL_ENTRY_SIZE > size)
			return -1;
		memcpy(copy, text, len);
		/* A comment shows the effective permissions. */
		copy[len] = 0;
		copy[strcspn(copy, "# \t")] = 0;
		text += len + (text[len] != 0);
		if (!*copy)
			continue;
		*why = acl_parse_entry(names, copy, entries + n++ * ACL_ENTRY_SIZE);
		if (*why)
			return -1;
	}
	if (!n)
		return 0;
	acl_put32(value, ACL_VERSION);
	qsort(entries, n, ACL_ENTRY_SIZE, acl_compare);
	return ACL_HEAD_SIZE + n * ACL_ENTRY_SIZE;
}

/* Append an entry as text; users and groups by number. */
static bool acl_add_entry(struct tar_buf *b, const uint8_t *e)
{
	static const struct {
		uint16_t tag;
		const char *kind;
	} tags[] = {
		{ ACL_USER_OBJ, "user" }, { ACL_USER, "user" },
		{ ACL_GROUP_OBJ, "group" }, { ACL_GROUP, "group" },
		{ ACL_MASK, "mask" }, { ACL_OTHER, "other" },
	};
	uint16_t tag = acl_get16(e + ACL_TAG_AT), perm = acl_get16(e + ACL_PERM_AT);
	char id[16] = "", text[40];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(tags) && tags[i].tag != tag; i++)
		;
	if (i == ARRAY_SIZE(tags))
		return false;
	if (tag == ACL_USER || tag == ACL_GROUP)
		snprintf(id, sizeof(id), "%u", acl_get32(e + ACL_ID_AT));
	snprintf(text, sizeof(text), "%s%s:%s:%c%c%c", b->len ? "," : "",
		 tags[i].kind, id, perm & ACL_READ ? 'r' : '-',
		 perm & ACL_WRITE ? 'w' : '-', perm & ACL_EXECUTE ? 'x' : '-');
	tar_buf_add(b, text, strlen(text));
	return true;
}

char *tar_acl_to_text(const void *value, size_t len)
{
	const uint8_t *p = value, *end = p + len;
	struct tar_buf text = { };
	bool ok;

	if (len < ACL_HEAD_SIZE || (len - ACL_HEAD_SIZE) % ACL_ENTRY_SIZE)
		return NULL;
	ok = acl_get32(p) == ACL_VERSION;
	for (p += ACL_HEAD_SIZE; ok && p < end; p += ACL_ENTRY_SIZE)
		ok = acl_add_entry(&text, p);
	if (ok) {
		tar_buf_add(&text, "", 1);
		return text.buf;
	}
	free(text.buf);
	return NULL;
}
