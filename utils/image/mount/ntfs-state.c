// SPDX-License-Identifier: GPL-2.0
/*
 * The state of a volume of Windows (NTFS).
 *
 * The kernel does not write to a volume that is marked as not unmounted cleanly.
 * But it finds the mark after it has replayed, and emptied, the log of the volume:
 * a mount for writing that fails changes the image.  So look at the mark before.
 */
#include "image/members/super-block.h"
#include "image/mount/ntfs-state.h"

#define NTFS_BOOT_SIZE		512
#define NTFS_RECORD_MAX		4096
/* The record of the master file table that describes the volume */
#define NTFS_VOLUME_RECORD	3
#define NTFS_VOLUME_INFORMATION	0x70
#define NTFS_ATTRIBUTES_END	0xffffffff
#define NTFS_DIRTY		1

/* Offsets in the boot sector. */
#define NTFS_SECTOR_SIZE_AT	11
#define NTFS_CLUSTER_AT		13
#define NTFS_MFT_AT		48
#define NTFS_RECORD_SIZE_AT	64
/* Offsets in a record of the master file table. */
#define NTFS_FIRST_ATTRIBUTE_AT	20
/* Offsets in an attribute, and in the value of the volume information. */
#define NTFS_VALUE_AT		20
#define NTFS_HEADER_SIZE	24
#define NTFS_FLAGS_AT		10

/* Return @count times @unit or, if the sign bit of @count is set, 2^-@count. */
static uint64_t ntfs_size(uint8_t count, uint64_t unit)
{
	if (count < 0x80)
		return count * unit;
	return count > 0x100 - 32 ? 1ULL << (0x100 - count) : 0;
}

/* Read the record of the volume; return its size, or 0. */
static size_t ntfs_read_volume(const struct image_device *d, uint8_t *record)
{
	uint64_t cluster, size, mft;
	uint8_t boot[NTFS_BOOT_SIZE];

	if (disk_file_read(&d->file, boot, sizeof(boot), d->start) !=
	    sizeof(boot))
		return 0;
	cluster = super_le16(boot + NTFS_SECTOR_SIZE_AT) *
		  ntfs_size(boot[NTFS_CLUSTER_AT], 1);
	size = ntfs_size(boot[NTFS_RECORD_SIZE_AT], cluster);
	mft = super_le64(boot + NTFS_MFT_AT);
	if (!cluster || size < NTFS_BOOT_SIZE || size > NTFS_RECORD_MAX ||
	    mft >= d->size / cluster)
		return 0;
	if (disk_file_read(&d->file, record, size, d->start + mft * cluster +
			   NTFS_VOLUME_RECORD * size) != (int64_t)size)
		return 0;
	return size;
}

bool ntfs_is_dirty(const struct image_device *d)
{
	uint8_t record[NTFS_RECORD_MAX];
	size_t size = ntfs_read_volume(d, record), at, value;
	uint32_t type, length;

	if (!size)
		return false;
	at = super_le16(record + NTFS_FIRST_ATTRIBUTE_AT);
	while (at + NTFS_HEADER_SIZE <= size) {
		type = super_le32(record + at);
		length = super_le32(record + at + 4);
		if (type == NTFS_VOLUME_INFORMATION) {
			value = at + super_le16(record + at + NTFS_VALUE_AT);
			return value + NTFS_FLAGS_AT < size &&
			       record[value + NTFS_FLAGS_AT] & NTFS_DIRTY;
		}
		if (type == NTFS_ATTRIBUTES_END || length < NTFS_HEADER_SIZE ||
		    length > size)
			break;
		at += length;
	}
	return false;
}
