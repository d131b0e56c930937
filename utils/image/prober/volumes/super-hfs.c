// SPDX-License-Identifier: GPL-2.0
/*
 * HFS+ and HFSX, also inside of an HFS.
 *
 * Sources: technical note TN1150 of Apple, struct hfsplus_vh and struct
 * hfs_btree_header_rec in fs/hfsplus/hfsplus_raw.h.  A UUID of version 3 (RFC 4122)
 * in a name space of Apple is computed from the identifier of the volume.
 */
#include <string.h>

#include "image/members/super-block.h"
#include "image/prober/base/md5.h"
#include "image/prober/base/text.h"
#include "image/prober/volumes/formats.h"

#define HEADER_AT	1024
#define HEADER_SIZE	512
/* Places in the header of an HFS */
#define OUTER_BLOCK_AT	20
#define OUTER_FIRST_AT	28
#define OUTER_INNER_AT	124
#define OUTER_START_AT	126
#define OUTER_SECTOR	512
/* Places in the header of an HFS+ */
#define BLOCK_AT	40
#define ID_AT		104
#define ID_SIZE		8
#define EXTENTS_AT	288
#define EXTENTS		8
/* A node of a tree */
#define NODE_KIND_AT	8
#define NODE_COUNT_AT	10
#define NODE_SIZE	14
#define NODE_LEAF	0xff
#define TREE_LEAF_AT	24
#define TREE_NODE_AT	32
#define TREE_SIZE	34
/* A key, after its length: parent, and name in units of UTF-16 */
#define KEY_PARENT_AT	2
#define KEY_CHARS_AT	6
#define KEY_SIZE	8
#define KEY_CHARS_MAX	255
#define PARENT_OF_ROOT	1

static uint32_t hfs_be16(const uint8_t *at)
{
	return at[0] << 8 | at[1];
}

static bool hfs_is_plus(const uint8_t *magic)
{
	return !memcmp(magic, "H+", 2) || !memcmp(magic, "HX", 2);
}

/* Read the header; store the byte at which the volume begins. */
static bool hfs_open(const struct prober_source *s, uint8_t *header,
		     uint64_t *start)
{
	*start = 0;
	if (!prober_read(s, HEADER_AT, header, HEADER_SIZE))
		return false;
	if (!memcmp(header, "BD", 2) && hfs_is_plus(header + OUTER_INNER_AT)) {
		*start = (uint64_t)hfs_be16(header + OUTER_FIRST_AT) *
			 OUTER_SECTOR +
			 (uint64_t)hfs_be16(header + OUTER_START_AT) *
			 super_be32(header + OUTER_BLOCK_AT);
		if (!prober_read(s, *start + HEADER_AT, header, HEADER_SIZE))
			return false;
	}
	return hfs_is_plus(header) && super_be32(header + BLOCK_AT) >= 512 &&
	       prober_is_power_of_2(super_be32(header + BLOCK_AT));
}

/* Return the place of byte @at of the catalog, or 0. */
static uint64_t hfs_catalog_place(const uint8_t *header, uint64_t start,
				  uint64_t at)
{
	uint32_t block = super_be32(header + BLOCK_AT);
	int i;

	for (i = 0; i < EXTENTS; i++) {
		const uint8_t *extent = header + EXTENTS_AT + 8 * i;
		uint64_t size = (uint64_t)super_be32(extent + 4) * block;

		if (at < size)
			return start + (uint64_t)super_be32(extent) * block + at;
		at -= size;
	}
	return 0;
}

/* The first record of the catalog is the root directory with its name. */
static void hfs_find_label(const struct prober_source *s, const uint8_t *header,
			   uint64_t start, struct volume *v)
{
	uint8_t node[NODE_SIZE + KEY_SIZE + 2 * KEY_CHARS_MAX];
	const uint8_t *key = node + NODE_SIZE;
	uint64_t at = hfs_catalog_place(header, start, 0);
	uint64_t leaf;

	if (!at || !prober_read(s, at, node, TREE_SIZE))
		return;
	leaf = (uint64_t)super_be32(node + TREE_LEAF_AT) *
	       hfs_be16(node + TREE_NODE_AT);
	at = hfs_catalog_place(header, start, leaf);
	if (!at || !prober_read(s, at, node, sizeof(node)) ||
	    node[NODE_KIND_AT] != NODE_LEAF || !hfs_be16(node + NODE_COUNT_AT) ||
	    super_be32(key + KEY_PARENT_AT) != PARENT_OF_ROOT ||
	    hfs_be16(key + KEY_CHARS_AT) > KEY_CHARS_MAX)
		return;
	prober_text_utf16(v->label, sizeof(v->label), key + KEY_SIZE,
			  2 * hfs_be16(key + KEY_CHARS_AT), true);
}

static void hfs_set_uuid(const uint8_t *id, struct volume *v)
{
	static const uint8_t none[ID_SIZE];
	uint8_t message[UUID_SIZE + ID_SIZE] = {
		0xb3, 0xe2, 0x0f, 0x39, 0xf2, 0x92, 0x11, 0xd6,
		0x97, 0xa4, 0x00, 0x30, 0x65, 0x43, 0xec, 0xac,
	};
	uint8_t uuid[UUID_SIZE];

	if (!memcmp(id, none, sizeof(none)))
		return;
	memcpy(message + UUID_SIZE, id, ID_SIZE);
	prober_md5(message, sizeof(message), uuid);
	uuid[6] = (uuid[6] & 0x0f) | 0x30;
	uuid[8] = (uuid[8] & 0x3f) | 0x80;
	super_uuid_text(uuid, v->uuid);
}

bool prober_find_hfs(const struct prober_source *s, struct volume *v)
{
	uint8_t header[HEADER_SIZE];
	uint64_t start;

	if (!hfs_open(s, header, &start))
		return false;
	hfs_find_label(s, header, start, v);
	hfs_set_uuid(header + ID_AT, v);
	return prober_set_type(v, "hfsplus", VOLUME_FILE_SYSTEM);
}
