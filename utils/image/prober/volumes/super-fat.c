// SPDX-License-Identifier: GPL-2.0
/*
 * FAT12, FAT16 and FAT32.
 *
 * Sources: the FAT specification of Microsoft ("fatgen103"), struct
 * fat_boot_sector and struct msdos_dir_entry in include/uapi/linux/msdos_fs.h.
 */
#include <stdio.h>
#include <string.h>

#include "image/members/super-block.h"
#include "image/prober/base/text.h"
#include "image/prober/volumes/formats.h"

#define BOOT_SIZE	512
/* Places in the boot sector */
#define BYTES_AT	11
#define CLUSTER_AT	13
#define RESERVED_AT	14
#define FATS_AT		16
#define DIR_ENTRIES_AT	17
#define SECTORS_AT	19
#define MEDIA_AT	21
#define FAT_SIZE_AT	22
#define LARGE_SECTORS_AT 32
#define SHORT_EXTRA_AT	38
#define FAT32_SIZE_AT	36
#define FAT32_ROOT_AT	44
#define FAT32_INFO_AT	48
#define FAT32_EXTRA_AT	66
#define MARK_AT		510
/* Places in the part that differs: mark of serial number and label */
#define EXTRA_SERIAL_AT	1
#define EXTRA_LABEL_AT	5
#define HAS_SERIAL	0x28
#define HAS_LABEL	0x29
#define NAME_SIZE	11
#define NO_NAME		"NO NAME    "

#define FAT12_MAX	0xff4
#define FAT16_MAX	0xfff4
#define FAT32_MAX	0x0ffffff6
#define FAT32_MASK	0x0fffffff

/* A directory entry */
#define ENTRY_SIZE	32
#define ENTRY_ATTR_AT	11
#define ENTRY_CLUSTER_HIGH_AT 20
#define ENTRY_CLUSTER_AT 26
#define ENTRY_DELETED	0xe5
#define ENTRY_IS_E5	0x05
#define ATTR_VOLUME	0x08
#define ATTR_DIR	0x10
#define ATTR_LONG_NAME	0x0f
#define ATTR_MASK	0x3f
/* Clusters of the root directory that are searched */
#define CHAIN_MAX	100

/**
 * struct fat - a boot sector that is valid
 * @boot:	its bytes
 * @sector:	bytes of a sector
 * @cluster:	bytes of a cluster
 * @fat:	first byte of the first FAT
 * @root:	first byte after the FATs
 * @data:	first byte of the clusters
 * @clusters:	number of clusters
 * @extra:	part of @boot with serial number and label
 * @is_fat32:	the root directory is a chain of clusters
 */
struct fat {
	uint8_t boot[BOOT_SIZE];
	uint32_t sector;
	uint32_t cluster;
	uint64_t fat;
	uint64_t root;
	uint64_t data;
	uint32_t clusters;
	const uint8_t *extra;
	bool is_fat32;
};

/* Return true if the sector says that it is one of a FAT. */
static bool fat_has_name(const uint8_t *b)
{
	if (!memcmp(b + 82, "MSWIN", 5) || !memcmp(b + 82, "FAT32   ", 8) ||
	    !memcmp(b + 54, "MSDOS", 5) || !memcmp(b + 54, "FAT16   ", 8) ||
	    !memcmp(b + 54, "FAT12   ", 8) || !memcmp(b + 54, "FAT     ", 8))
		return true;
	/* Old ones have no name. */
	return b[MARK_AT] == 0x55 && b[MARK_AT + 1] == 0xaa &&
	       memcmp(b + 54, "JFS     ", 8) && memcmp(b + 54, "HPFS    ", 8) &&
	       memcmp(b + 3, "NTFS    ", 8) && memcmp(b + 3, "-FVE-FS-", 8);
}

static bool fat_check_values(const uint8_t *b)
{
	uint32_t sector = super_le16(b + BYTES_AT);
	uint8_t media = b[MEDIA_AT];

	return b[FATS_AT] && super_le16(b + RESERVED_AT) &&
	       (media == 0xf0 || media >= 0xf8) &&
	       prober_is_power_of_2(b[CLUSTER_AT]) &&
	       prober_is_power_of_2(sector) && sector >= 512 && sector <= 4096;
}

/* Compute the places.  Return false if the clusters do not fit the type. */
static bool fat_compute(struct fat *f)
{
	const uint8_t *b = f->boot;
	uint64_t sectors = super_le16(b + SECTORS_AT);
	uint64_t size = super_le16(b + FAT_SIZE_AT);
	uint64_t dir = (uint64_t)super_le16(b + DIR_ENTRIES_AT) * ENTRY_SIZE;
	uint64_t used, max;

	f->is_fat32 = !size;
	if (f->is_fat32)
		size = super_le32(b + FAT32_SIZE_AT);
	if (!sectors)
		sectors = super_le32(b + LARGE_SECTORS_AT);
	f->sector = super_le16(b + BYTES_AT);
	f->cluster = f->sector * b[CLUSTER_AT];
	f->fat = (uint64_t)super_le16(b + RESERVED_AT) * f->sector;
	f->root = f->fat + size * b[FATS_AT] * f->sector;
	used = f->root / f->sector + (dir + f->sector - 1) / f->sector;
	f->data = used * f->sector;
	if (!size || used >= sectors)
		return false;
	f->clusters = (sectors - used) / b[CLUSTER_AT];
	max = f->clusters > FAT12_MAX ? FAT16_MAX : FAT12_MAX;
	f->extra = b + (f->is_fat32 ? FAT32_EXTRA_AT : SHORT_EXTRA_AT);
	return f->clusters <= (f->is_fat32 ? FAT32_MAX : max);
}

/* Return true if the second special sector of a FAT32 is one, or is empty. */
static bool fat_check_info(const struct prober_source *s, const struct fat *f)
{
	uint64_t at = (uint64_t)super_le16(f->boot + FAT32_INFO_AT) * f->sector;
	uint8_t info[BOOT_SIZE];

	if (!at)
		return true;
	return prober_read(s, at, info, sizeof(info)) &&
	       (!memcmp(info, "RRaA", 4) || !memcmp(info, "RRdA", 4) ||
		!super_le32(info)) &&
	       (!memcmp(info + 484, "rrAa", 4) || !super_le32(info + 484));
}

static bool fat_open(const struct prober_source *s, struct fat *f)
{
	return prober_read(s, 0, f->boot, sizeof(f->boot)) &&
	       fat_has_name(f->boot) && fat_check_values(f->boot) &&
	       fat_compute(f) && (!f->is_fat32 || fat_check_info(s, f));
}

enum fat_search { FAT_FOUND, FAT_CONTINUES, FAT_ENDS };

/* Find the label in a part of a directory. */
static enum fat_search fat_search(const struct prober_source *s, uint64_t at,
				  uint64_t size, uint8_t *name)
{
	uint8_t e[ENTRY_SIZE];

	for (; size >= sizeof(e); size -= sizeof(e), at += sizeof(e)) {
		if (!prober_read(s, at, e, sizeof(e)) || !e[0])
			return FAT_ENDS;
		if (e[0] == ENTRY_DELETED ||
		    super_le16(e + ENTRY_CLUSTER_HIGH_AT) ||
		    super_le16(e + ENTRY_CLUSTER_AT) ||
		    (e[ENTRY_ATTR_AT] & ATTR_MASK) == ATTR_LONG_NAME ||
		    (e[ENTRY_ATTR_AT] & (ATTR_VOLUME | ATTR_DIR)) != ATTR_VOLUME)
			continue;
		memcpy(name, e, NAME_SIZE);
		if (name[0] == ENTRY_IS_E5)
			name[0] = ENTRY_DELETED;
		return FAT_FOUND;
	}
	return FAT_CONTINUES;
}

/* Find the label in the root directory of a FAT32. */
static bool fat_search_chain(const struct prober_source *s, const struct fat *f,
			     uint8_t *name)
{
	uint32_t next = super_le32(f->boot + FAT32_ROOT_AT);
	enum fat_search found = FAT_CONTINUES;
	uint8_t entry[4];
	int i;

	for (i = 0; i < CHAIN_MAX && found == FAT_CONTINUES; i++) {
		if (next < 2 || next - 2 >= f->clusters)
			return false;
		found = fat_search(s, f->data + (uint64_t)(next - 2) * f->cluster,
				   f->cluster, name);
		if (!prober_read(s, f->fat + (uint64_t)next * 4, entry,
				 sizeof(entry)))
			break;
		next = super_le32(entry) & FAT32_MASK;
	}
	return found == FAT_FOUND;
}

static bool fat_find_name(const struct prober_source *s, const struct fat *f,
			  uint8_t *name)
{
	if (f->is_fat32 ? fat_search_chain(s, f, name) :
	    fat_search(s, f->root, f->data - f->root, name) == FAT_FOUND)
		return true;
	memcpy(name, f->extra + EXTRA_LABEL_AT, NAME_SIZE);
	return f->extra[0] == HAS_LABEL && memcmp(name, NO_NAME, NAME_SIZE);
}

bool prober_find_fat(const struct prober_source *s, struct volume *v)
{
	uint8_t name[NAME_SIZE];
	const uint8_t *serial;
	struct fat f;

	if (!fat_open(s, &f))
		return false;
	serial = f.extra + EXTRA_SERIAL_AT;
	if ((f.extra[0] == HAS_LABEL || f.extra[0] == HAS_SERIAL) &&
	    super_le32(serial))
		snprintf(v->uuid, sizeof(v->uuid), "%02X%02X-%02X%02X",
			 serial[3], serial[2], serial[1], serial[0]);
	if (fat_find_name(s, &f, name))
		prober_text_bytes(v->label, sizeof(v->label), name, NAME_SIZE);
	return prober_set_type(v, "vfat", VOLUME_FILE_SYSTEM);
}
