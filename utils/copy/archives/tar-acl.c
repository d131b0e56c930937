// SPDX-License-Identifier: GPL-2.0
/*
 * Conversion of access control lists between extended attributes and entries of
 * libarchive.
 */
#include <endian.h>
#include <grp.h>
#include <linux/posix_acl.h>
#include <linux/posix_acl_xattr.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "copy/archives/tar.h"
#include "shared/macros.h"

static const struct {
	uint16_t tag;
	int archive_tag;
} tags[] = {
	{ ACL_USER_OBJ, ARCHIVE_ENTRY_ACL_USER_OBJ },
	{ ACL_USER, ARCHIVE_ENTRY_ACL_USER },
	{ ACL_GROUP_OBJ, ARCHIVE_ENTRY_ACL_GROUP_OBJ },
	{ ACL_GROUP, ARCHIVE_ENTRY_ACL_GROUP },
	{ ACL_MASK, ARCHIVE_ENTRY_ACL_MASK },
	{ ACL_OTHER, ARCHIVE_ENTRY_ACL_OTHER },
};

#define TAGS ARRAY_SIZE(tags)

static int acl_type(const char *attr)
{
	return strcmp(attr, "system.posix_acl_default") ?
	       ARCHIVE_ENTRY_ACL_TYPE_ACCESS : ARCHIVE_ENTRY_ACL_TYPE_DEFAULT;
}

bool tar_acl_put(struct archive_entry *entry, const char *attr,
		 const void *value, size_t len)
{
	struct posix_acl_xattr_header head;
	struct posix_acl_xattr_entry e;
	const char *p = value;
	size_t t;

	if (len < sizeof(head))
		return false;
	memcpy(&head, p, sizeof(head));
	if (le32toh(head.a_version) != POSIX_ACL_XATTR_VERSION)
		return false;
	p += sizeof(head);
	for (len -= sizeof(head); len >= sizeof(e); len -= sizeof(e)) {
		uint16_t tag;
		bool named;

		/* The attribute may not be aligned. */
		memcpy(&e, p, sizeof(e));
		p += sizeof(e);
		tag = le16toh(e.e_tag);
		named = tag == ACL_USER || tag == ACL_GROUP;
		for (t = 0; t < TAGS && tags[t].tag != tag; t++)
			;
		if (t == TAGS)
			return false;
		archive_entry_acl_add_entry(entry, acl_type(attr),
					    le16toh(e.e_perm) & 7,
					    tags[t].archive_tag,
					    named ? (int)le32toh(e.e_id) : -1,
					    NULL);
	}
	return !len;
}

/* Find the number of a user or a group: GNU tar stores only names. */
static bool acl_find_id(uint16_t tag, const char *name, uint32_t *id)
{
	struct passwd *pw;
	struct group *gr;

	if (*id != UINT32_MAX || (tag != ACL_USER && tag != ACL_GROUP))
		return true;
	if (!name)
		return false;
	if (tag == ACL_USER) {
		pw = getpwnam(name);
		if (pw)
			*id = pw->pw_uid;
		return pw;
	}
	gr = getgrnam(name);
	if (gr)
		*id = gr->gr_gid;
	return gr;
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

long tar_acl_get(struct archive_entry *entry, const char *attr, void *value,
		 size_t size)
{
	struct posix_acl_xattr_header *head = value;
	struct posix_acl_xattr_entry *e = (void *)(head + 1);
	int want = acl_type(attr), type, perm, archive_tag, id;
	size_t n = 0, t;
	const char *name;

	if (!archive_entry_acl_reset(entry, want))
		return 0;
	while (!archive_entry_acl_next(entry, want, &type, &perm, &archive_tag,
				       &id, &name)) {
		uint32_t real = id;

		for (t = 0; t < TAGS && tags[t].archive_tag != archive_tag; t++)
			;
		if (t == TAGS || !acl_find_id(tags[t].tag, name, &real) ||
		    sizeof(*head) + (n + 1) * sizeof(*e) > size)
			return -1;
		e[n++] = (struct posix_acl_xattr_entry) {
			htole16(tags[t].tag), htole16(perm & 7), htole32(real),
		};
	}
	if (!n)
		return 0;
	head->a_version = htole32(POSIX_ACL_XATTR_VERSION);
	qsort(e, n, sizeof(*e), acl_compare);
	return sizeof(*head) + n * sizeof(*e);
}
