// SPDX-License-Identifier: GPL-2.0
/*
 * Mapping between the owners of the host and the owners in the image.
 */
#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "request/idmap.h"

enum { HOST, IMAGE };

/* Parse one ID at *@s, and advance *@s. */
static bool idmap_parse_id(const char **s, bool group, uint32_t *id)
{
	unsigned long n;
	char *end;

	if (group && *(*s)++ != '@')
		return false;
	if (**s < '0' || **s > '9')
		return false;
	n = strtoul(*s, &end, 10);
	if (n >= UINT32_MAX)
		return false;
	*s = end;
	*id = n;
	return true;
}

bool idmap_parse(struct idmap *m, const char *s)
{
	do {
		bool group = *s == '@';
		unsigned int *count = group ? &m->group_count : &m->user_count;
		uint32_t *pair;

		if (*count == IDMAP_MAX)
			return false;
		pair = group ? m->groups[*count] : m->users[*count];
		if (!idmap_parse_id(&s, group, &pair[HOST]) || *s++ != '/' ||
		    !idmap_parse_id(&s, group, &pair[IMAGE]))
			return false;
		++*count;
	} while (*s++ == ':');
	return !s[-1];
}

/* Map @id from side @from, HOST or IMAGE, to the other side. */
static uint32_t idmap_translate(const uint32_t (*pairs)[2], unsigned int count,
				uint32_t id, int from)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		if (pairs[i][from] == id)
			return pairs[i][!from];
	return id;
}

uint32_t idmap_user_to_host(const struct idmap *m, uint32_t uid)
{
	return idmap_translate(m->users, m->user_count, uid, IMAGE);
}

uint32_t idmap_group_to_host(const struct idmap *m, uint32_t gid)
{
	return idmap_translate(m->groups, m->group_count, gid, IMAGE);
}

uint32_t idmap_user_to_image(const struct idmap *m, uint32_t uid)
{
	return idmap_translate(m->users, m->user_count, uid, HOST);
}

uint32_t idmap_group_to_image(const struct idmap *m, uint32_t gid)
{
	return idmap_translate(m->groups, m->group_count, gid, HOST);
}

/*
 * An entry as in linux/posix_acl_xattr.h.  The value is a version and then
 * entries, all little endian.
 */
struct acl_entry {
	uint16_t tag;
	uint16_t perm;
	uint32_t id;
};

#define ACL_HEADER	4
#define ACL_USER	0x02
#define ACL_GROUP	0x08

void idmap_acl(const struct idmap *m, void *value, size_t size, bool to_host)
{
	struct acl_entry e;
	int from = to_host ? IMAGE : HOST;
	char *p = value;
	size_t off;

	for (off = ACL_HEADER; off + sizeof(e) <= size; off += sizeof(e)) {
		uint32_t id;

		memcpy(&e, p + off, sizeof(e));
		id = le32toh(e.id);
		if (le16toh(e.tag) == ACL_USER)
			id = idmap_translate(m->users, m->user_count, id, from);
		else if (le16toh(e.tag) == ACL_GROUP)
			id = idmap_translate(m->groups, m->group_count, id,
					     from);
		e.id = htole32(id);
		memcpy(p + off, &e, sizeof(e));
	}
}
