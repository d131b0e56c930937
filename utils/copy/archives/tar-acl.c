// SPDX-License-Identifier: GPL-2.0
/*
 * Conversion of access control lists between extended attributes and the text
 * in archives, "user::rwx,user:7:r--,mask::rwx".
 */
#define _GNU_SOURCE
#include <endian.h>
#include <grp.h>
#include <linux/posix_acl.h>
#include <linux/posix_acl_xattr.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "copy/archives/tar.h"
#include "shared/macros.h"

/* Longest entry as text: a long name, and a number behind it. */
#define ENTRY_MAX	512

void tar_acl_open_names(struct tar_acl_names *names)
{
	names->passwd = fopen("/etc/passwd", "re");
	names->group = fopen("/etc/group", "re");
}

void tar_acl_close_names(struct tar_acl_names *names)
{
	if (names->passwd)
		fclose(names->passwd);
	if (names->group)
		fclose(names->group);
}

static bool acl_find_user(FILE *f, const char *name, uint32_t *id)
{
	struct passwd *pw;

	if (!f)
		return false;
	rewind(f);
	while ((pw = fgetpwent(f)))
		if (!strcmp(pw->pw_name, name)) {
			*id = pw->pw_uid;
			return true;
		}
	return false;
}

static bool acl_find_group(FILE *f, const char *name, uint32_t *id)
{
	struct group *gr;

	if (!f)
		return false;
	rewind(f);
	while ((gr = fgetgrent(f)))
		if (!strcmp(gr->gr_name, name)) {
			*id = gr->gr_gid;
			return true;
		}
	return false;
}

static bool acl_is_number(const char *s, uint32_t *id)
{
	unsigned long n;
	char *end;

	if (*s < '0' || *s > '9')
		return false;
	n = strtoul(s, &end, 10);
	*id = n;
	return !*end && n < UINT32_MAX;
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

/* Parse entry KIND:NAME:PERMISSIONS[:NUMBER]; return why not, or NULL. */
static const char *acl_parse_entry(const struct tar_acl_names *names, char *text,
				   struct posix_acl_xattr_entry *e)
{
	const char *kind = strsep(&text, ":");
	const char *name = text ? strsep(&text, ":") : "";
	const char *perms = text ? strsep(&text, ":") : NULL;
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
		(tag == ACL_USER ? acl_find_user(names->passwd, name, &id) :
				   acl_find_group(names->group, name, &id));
	*e = (struct posix_acl_xattr_entry) {
		htole16(tag), htole16(perm), htole32(id),
	};
	return known ? NULL :
		       "/etc/passwd or /etc/group of this host lacks a name in the list; add it";
}

/* Compare two entries in the order in which the kernel wants entries. */
static int acl_compare(const void *a, const void *b)
{
	const struct posix_acl_xattr_entry *x = a, *y = b;
	uint16_t tag_x = le16toh(x->e_tag), tag_y = le16toh(y->e_tag);
	uint32_t id_x = le32toh(x->e_id), id_y = le32toh(y->e_id);

	if (tag_x != tag_y)
		return tag_x < tag_y ? -1 : 1;
	return id_x < id_y ? -1 : id_x > id_y;
}

long tar_acl_from_text(const struct tar_acl_names *names, const char *text,
		       void *value, size_t size, const char **why)
{
	struct posix_acl_xattr_header *head = value;
	struct posix_acl_xattr_entry *e = (void *)(head + 1);
	char copy[ENTRY_MAX];
	size_t n = 0, len;

	while (*text) {
		len = strcspn(text, ",\n");
		*why = "the access list is too long";
		if (len >= sizeof(copy) ||
		    sizeof(*head) + (n + 1) * sizeof(*e) > size)
			return -1;
		memcpy(copy, text, len);
		/* A comment shows the effective permissions. */
		copy[len] = 0;
		copy[strcspn(copy, "# \t")] = 0;
		text += len + (text[len] != 0);
		if (!*copy)
			continue;
		*why = acl_parse_entry(names, copy, &e[n++]);
		if (*why)
			return -1;
	}
	if (!n)
		return 0;
	head->a_version = htole32(POSIX_ACL_XATTR_VERSION);
	qsort(e, n, sizeof(*e), acl_compare);
	return sizeof(*head) + n * sizeof(*e);
}

/* Print an entry; users and groups by number. */
static bool acl_print_entry(FILE *f, const struct posix_acl_xattr_entry *e)
{
	static const struct {
		uint16_t tag;
		const char *kind;
	} tags[] = {
		{ ACL_USER_OBJ, "user" }, { ACL_USER, "user" },
		{ ACL_GROUP_OBJ, "group" }, { ACL_GROUP, "group" },
		{ ACL_MASK, "mask" }, { ACL_OTHER, "other" },
	};
	uint16_t tag = le16toh(e->e_tag), perm = le16toh(e->e_perm);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(tags) && tags[i].tag != tag; i++)
		;
	if (i == ARRAY_SIZE(tags))
		return false;
	fprintf(f, "%s:", tags[i].kind);
	if (tag == ACL_USER || tag == ACL_GROUP)
		fprintf(f, "%u", le32toh(e->e_id));
	fprintf(f, ":%c%c%c", perm & ACL_READ ? 'r' : '-',
		perm & ACL_WRITE ? 'w' : '-', perm & ACL_EXECUTE ? 'x' : '-');
	return true;
}

char *tar_acl_to_text(const void *value, size_t len)
{
	struct posix_acl_xattr_header head;
	struct posix_acl_xattr_entry e;
	const char *p = value;
	char *text = NULL;
	size_t size;
	bool ok;
	FILE *f;

	if (len < sizeof(head) || (len - sizeof(head)) % sizeof(e))
		return NULL;
	memcpy(&head, p, sizeof(head));
	f = open_memstream(&text, &size);
	if (!f)
		return NULL;
	ok = le32toh(head.a_version) == POSIX_ACL_XATTR_VERSION;
	for (len -= sizeof(head); ok && len; len -= sizeof(e)) {
		if (p != value)
			fputc(',', f);
		/* The attribute may not be aligned. */
		p += p == value ? sizeof(head) : sizeof(e);
		memcpy(&e, p, sizeof(e));
		ok = acl_print_entry(f, &e);
	}
	if (!fclose(f) && ok)
		return text;
	free(text);
	return NULL;
}
