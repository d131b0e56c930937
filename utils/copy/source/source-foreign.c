// SPDX-License-Identifier: GPL-2.0
/*
 * Files of an image that the kernel shows in another form than the program that has
 * written them.  They are copied as the kernel shows them, which a user must know: a
 * symbolic link becomes a file.
 */
#include <string.h>

#include "copy/source/source-parts.h"
#include "shared/macros.h"

#define NTFS_3G		"ntfs-3g has stored it in a form that Linux's driver does not know"
#define ZISOFS_2	"Linux's driver does not know version 2 of zisofs"

#define FOREIGN_MARK	8

static const struct {
	char mark[FOREIGN_MARK];
	enum tree_type type;
	enum copy_feature feature;
	const char *what;
	const char *why;
} foreign_marks[] = {
	{ "IntxLNK\1", TREE_TYPE_NTFS, FEATURE_FOREIGN_LINKS,
	  "read as a symbolic link", NTFS_3G },
	{ "IntxCHR", TREE_TYPE_NTFS, FEATURE_FOREIGN_SPECIAL,
	  "read as a device", NTFS_3G },
	{ "IntxBLK", TREE_TYPE_NTFS, FEATURE_FOREIGN_SPECIAL,
	  "read as a device", NTFS_3G },
	{ "\xef\x22\x55\xa1\xbc\x1b\x95\xa0", TREE_TYPE_ISO,
	  FEATURE_FOREIGN_ZISOFS, "decompress", ZISOFS_2 },
};

/* A source reads one image, so that there is one type. */
enum tree_type source_type(struct tree_source *s, int fd)
{
	if (!s->type_is_known)
		s->type = s->ops->type_of(fd);
	s->type_is_known = true;
	return s->type;
}

void source_report_contents(struct tree_source *s, struct copy *c, int fd,
			    const void *data, size_t len)
{
	size_t i;

	if (len < FOREIGN_MARK)
		return;
	for (i = 0; i < ARRAY_SIZE(foreign_marks); i++)
		if (!memcmp(data, foreign_marks[i].mark, FOREIGN_MARK) &&
		    source_type(s, fd) == foreign_marks[i].type)
			copy_unsupported(c, foreign_marks[i].feature,
					 foreign_marks[i].what, s->path.str,
					 foreign_marks[i].why);
}

/* NTFS */

#define NTFS_READONLY	0x1
#define NTFS_HIDDEN	0x2
#define NTFS_SYSTEM	0x4
/* Empty files of old systems of Microsoft have all three. */
#define NTFS_KINDS	(NTFS_READONLY | NTFS_HIDDEN | NTFS_SYSTEM)
/* Place of the offset of the owner in a security descriptor */
#define NTFS_OWNER_AT	4

/* ntfs-3g marks a FIFO and a socket by their sizes and this attribute. */
static bool foreign_is_special(struct tree_source *s, int fd,
			       const struct tree_node *node)
{
	uint32_t attributes;

	return (node->mode & NODE_TYPE) == NODE_FILE && node->size <= 1 &&
	       s->ops->get_xattr(fd, NULL, "system.ntfs_attrib", &attributes,
				 sizeof(attributes)) == sizeof(attributes) &&
	       (attributes & NTFS_KINDS) == NTFS_SYSTEM;
}

/*
 * Reading the owner takes a few microseconds, and most often all files or none
 * have an owner of this kind.
 */
#define OWNER_CHECKS_MAX	1000

static uint32_t foreign_le32(const void *p)
{
	const unsigned char *b = p;

	return b[0] | b[1] << 8 | b[2] << 16 | (uint32_t)b[3] << 24;
}

/* Return true if the owner is one of those that ntfs-3g has made up. */
static bool foreign_has_owner(struct tree_source *s, int fd)
{
	/* S-1-5-21-3141592653-589793238-462843383 and one more number */
	static const unsigned char sid[] = {
		1, 5, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0,
		0x4d, 0xe6, 0x40, 0xbb, 0xd6, 0x87, 0x27, 0x23,
		0xf7, 0x6d, 0x96, 0x1b,
	};
	long len = s->ops->get_xattr(fd, NULL, "system.ntfs_security",
				     s->value, SOURCE_VALUE_SIZE);
	uint32_t at;

	s->owner_checks++;
	if (len < NTFS_OWNER_AT + (long)sizeof(at))
		return false;
	at = foreign_le32(s->value + NTFS_OWNER_AT);
	return len - (long)at >= (long)sizeof(sid) &&
	       !memcmp(s->value + at, sid, sizeof(sid));
}

void source_report_node(struct tree_source *s, struct copy *c, int fd,
			const struct tree_node *node)
{
	if (source_type(s, fd) != TREE_TYPE_NTFS)
		return;
	if (foreign_is_special(s, fd, node))
		copy_unsupported(c, FEATURE_FOREIGN_SPECIAL,
				 "read as a FIFO or socket", s->path.str,
				 NTFS_3G);
	/* An owner that is not root was found by the driver. */
	if (!node->uid && !node->gid && s->owner_checks < OWNER_CHECKS_MAX &&
	    !copy_has_reported(c, FEATURE_FOREIGN_OWNERS) &&
	    foreign_has_owner(s, fd))
		copy_unsupported(c, FEATURE_FOREIGN_OWNERS,
				 "read the owner and the mode of", s->path.str,
				 NTFS_3G);
}
