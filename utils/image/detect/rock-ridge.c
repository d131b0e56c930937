// SPDX-License-Identifier: GPL-2.0
/*
 * Detection of the Rock Ridge attributes of ISO 9660: owners, modes, links and
 * devices.  A disc may have the same files in two formats, ISO 9660 and UDF.
 * Programs that make such discs write these attributes for ISO 9660 only.
 */
#include <string.h>

#include "image/detect/rock-ridge.h"
#include "image/members/super-block.h"

#define ISO_BLOCK	2048
/* Place of the first volume descriptor */
#define ISO_DESCRIPTOR	(16 * ISO_BLOCK)
#define ISO_DESCRIPTORS_MAX	64
#define ISO_PRIMARY	1
#define ISO_TERMINATOR	255
/* Place of the record of the root directory in the primary descriptor */
#define ISO_ROOT_AT	156
/* Places in a record of a directory */
#define ISO_EXTENT_AT	2
#define ISO_NAME_LEN_AT	32
#define ISO_NAME_AT	33

static bool rock_ridge_read(const struct disk_file *f, int64_t at,
			    unsigned char *block)
{
	return disk_file_read(f, block, ISO_BLOCK, at) == ISO_BLOCK;
}

/* Find the primary descriptor.  Return false if there is none. */
static bool rock_ridge_read_primary(const struct disk_file *f, int64_t off,
				    unsigned char *block)
{
	int64_t at = off + ISO_DESCRIPTOR;
	int i;

	for (i = 0; i < ISO_DESCRIPTORS_MAX; i++, at += ISO_BLOCK) {
		if (!rock_ridge_read(f, at, block) ||
		    memcmp(block + 1, "CD001", 5) || block[0] == ISO_TERMINATOR)
			return false;
		if (block[0] == ISO_PRIMARY)
			return true;
	}
	return false;
}

/*
 * The first record of the root directory begins its attributes with an "SP"
 * entry, if any record of the volume has attributes.
 */
static bool rock_ridge_is_root(const unsigned char *record)
{
	static const unsigned char mark[] = { 'S', 'P', 7, 1, 0xbe, 0xef };
	size_t at = ISO_NAME_AT + record[ISO_NAME_LEN_AT];

	at += at & 1;
	return at + sizeof(mark) <= record[0] &&
	       !memcmp(record + at, mark, sizeof(mark));
}

bool rock_ridge_find(const struct disk_file *f, int64_t off)
{
	unsigned char block[ISO_BLOCK];
	uint32_t extent;

	if (!rock_ridge_read_primary(f, off, block))
		return false;
	extent = super_le32(block + ISO_ROOT_AT + ISO_EXTENT_AT);
	return rock_ridge_read(f, off + (int64_t)extent * ISO_BLOCK, block) &&
	       rock_ridge_is_root(block);
}
