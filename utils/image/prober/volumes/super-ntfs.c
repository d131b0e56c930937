// SPDX-License-Identifier: GPL-2.0
/*
 * NTFS.
 *
 * Source: struct NTFS_BOOT, struct MFT_REC and struct ATTRIB in fs/ntfs3/ntfs.h.
 */
#include <stdio.h>
#include <string.h>

#include "image/members/super-block.h"
#include "image/prober/base/text.h"
#include "image/prober/volumes/formats.h"

#define BOOT_SIZE	512
#define BYTES_AT	11
#define CLUSTER_AT	13
/* Fields of FAT that are zero: reserved sectors, FATs, root, sectors, FAT size */
#define FAT_FIELDS_AT	14
#define FAT_FIELDS_SIZE	7
#define FAT_SIZE_AT	22
#define SECTORS_AT	40
#define MFT_AT		48
#define RECORD_AT	64
#define SERIAL_AT	72

/* A record of the MFT, and an attribute in the record */
#define RECORD_MIN	512
#define RECORD_MAX	4096
#define RECORD_VOLUME	3
#define RECORD_ATTRS_AT	20
#define ATTR_SIZE	24
#define ATTR_SIZE_AT	4
#define ATTR_VALUE_SIZE_AT 16
#define ATTR_VALUE_AT	20
#define ATTR_VOLUME_NAME 0x60
#define ATTR_END	0xffffffff

/**
 * struct ntfs - a volume
 * @mft:	first byte of the MFT
 * @record:	bytes of a record
 */
struct ntfs {
	uint64_t mft;
	uint32_t record;
};

/* Return a number of bytes that is stored as a number of clusters or as a shift. */
static uint64_t ntfs_size(int8_t value, uint64_t unit)
{
	if (value > 0)
		return value * unit;
	return value < -31 || !value ? 0 : (uint64_t)1 << -value;
}

static bool ntfs_check(const uint8_t *b, struct ntfs *n)
{
	static const uint8_t zero[FAT_FIELDS_SIZE];
	uint32_t sector = super_le16(b + BYTES_AT);
	uint32_t cluster = b[CLUSTER_AT];
	uint64_t clusters;

	if (memcmp(b + 3, "NTFS    ", 8) || sector < 256 || sector > 4096 ||
	    !prober_is_power_of_2(sector) ||
	    memcmp(b + FAT_FIELDS_AT, zero, sizeof(zero)) ||
	    super_le16(b + FAT_SIZE_AT))
		return false;
	/* Clusters of more than 128 sectors are stored as a shift. */
	if (cluster >= 240)
		cluster = 1u << (256 - cluster);
	if (!prober_is_power_of_2(cluster))
		return false;
	clusters = super_le64(b + SECTORS_AT) / cluster;
	if (super_le64(b + MFT_AT) >= clusters ||
	    clusters > INT64_MAX / (cluster * (uint64_t)sector))
		return false;
	n->mft = super_le64(b + MFT_AT) * cluster * sector;
	n->record = ntfs_size(b[RECORD_AT], (uint64_t)cluster * sector);
	return n->record >= RECORD_MIN && n->record <= RECORD_MAX;
}

/* Store the label that an attribute in the record has, if any has the label. */
static void ntfs_find_label(const uint8_t *record, uint32_t size,
			    struct volume *v)
{
	uint32_t at = super_le16(record + RECORD_ATTRS_AT), len;

	for (; at <= size - ATTR_SIZE; at += len) {
		const uint8_t *attr = record + at;
		uint32_t value = super_le16(attr + ATTR_VALUE_AT);
		uint32_t value_size = super_le32(attr + ATTR_VALUE_SIZE_AT);

		len = super_le32(attr + ATTR_SIZE_AT);
		if (super_le32(attr) == ATTR_END || len < ATTR_SIZE ||
		    len > size - at)
			return;
		if (super_le32(attr) != ATTR_VOLUME_NAME)
			continue;
		if (value <= len && value_size <= len - value)
			prober_text_utf16(v->label, sizeof(v->label),
					  attr + value, value_size, false);
		return;
	}
}

bool prober_find_ntfs(const struct prober_source *s, struct volume *v)
{
	uint8_t b[BOOT_SIZE], record[RECORD_MAX];
	struct ntfs n;

	if (!prober_read(s, 0, b, sizeof(b)) || !ntfs_check(b, &n) ||
	    !prober_read(s, n.mft, record, n.record) ||
	    memcmp(record, "FILE", 4))
		return false;
	if (prober_read(s, n.mft + RECORD_VOLUME * n.record, record, n.record) &&
	    !memcmp(record, "FILE", 4))
		ntfs_find_label(record, n.record, v);
	snprintf(v->uuid, sizeof(v->uuid), "%08lX%08lX",
		 (unsigned long)super_le32(b + SERIAL_AT + 4),
		 (unsigned long)super_le32(b + SERIAL_AT));
	return prober_set_type(v, "ntfs", VOLUME_FILE_SYSTEM);
}
