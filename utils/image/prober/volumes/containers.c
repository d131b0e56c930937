// SPDX-License-Identifier: GPL-2.0
/*
 * Formats that are no file system.
 *
 * Sources: include/uapi/linux/raid/md_p.h (RAID), the documentation of LVM2
 * ("label_header"), drivers/md/bcache/bcache_ondisk.h, the LUKS1 and LUKS2 on-disk
 * format specifications, mm/swapfile.c and include/linux/swap.h (swap), mkswap(8)
 * and the tools of suspended systems for their marks, the ZFS on-disk
 * specification (uberblock).
 */
#include <string.h>

#include "image/members/super-block.h"
#include "image/prober/base/checksum.h"
#include "image/prober/volumes/formats.h"

#define SECTOR		512

/* RAID: version 0.90 at the end, version 1 in three places */
#define RAID_MAGIC	0xa92b4efc
#define RAID_SIZE	256
#define RAID_MAJOR_AT	4
#define RAID_PLACE_AT	144
#define RAID_RESERVED	65536
#define RAID_END_SECTORS 16

/* LVM: a label in one of the first sectors */
#define LVM_SECTORS	4
#define LVM_PLACE_AT	8
#define LVM_CRC_AT	16
#define LVM_CRC_FROM	20
#define LVM_TYPE_AT	24
#define LVM_CRC_START	0xf597a6cf

#define BCACHE_AT	4096
#define BCACHE_PLACE_AT	8
#define BCACHE_MAGIC_AT	24

#define LUKS_SECOND_MIN	0x4000
#define LUKS_SECOND_MAX	0x400000

#define SWAP_PAGE_MIN	4096
#define SWAP_PAGE_MAX	65536
#define SWAP_MARK_SIZE	10
#define SWAP_INFO_AT	1024

#define ZFS_UBERBLOCKS_AT 131072
#define ZFS_UBERBLOCK_SIZE 1024
#define ZFS_UBERBLOCKS	128
#define ZFS_MAGIC	0x00bab10c
/* As many show that the pool is not an old one. */
#define ZFS_ENOUGH	4

static bool container_is_raid_1(const struct prober_source *s, uint64_t at)
{
	uint8_t sb[RAID_SIZE];

	return prober_read(s, at, sb, sizeof(sb)) &&
	       super_le32(sb) == RAID_MAGIC &&
	       super_le32(sb + RAID_MAJOR_AT) == 1 &&
	       super_le64(sb + RAID_PLACE_AT) == at / SECTOR;
}

static bool container_is_raid_0(const struct prober_source *s)
{
	uint64_t at = s->size & ~(uint64_t)(RAID_RESERVED - 1);
	uint8_t sb[RAID_SIZE];

	/* The numbers have the byte order of the machine. */
	return at >= RAID_RESERVED &&
	       prober_read(s, at - RAID_RESERVED, sb, sizeof(sb)) &&
	       (super_le32(sb) == RAID_MAGIC || super_be32(sb) == RAID_MAGIC) &&
	       !super_le32(sb + RAID_MAJOR_AT);
}

bool prober_find_raid(const struct prober_source *s, struct volume *v)
{
	uint64_t sectors = s->size / SECTOR, end;

	if (sectors < RAID_END_SECTORS)
		return false;
	end = ((sectors - RAID_END_SECTORS) & ~(uint64_t)7) * SECTOR;
	if (!container_is_raid_1(s, 0) && !container_is_raid_1(s, 4096) &&
	    !container_is_raid_1(s, end) && !container_is_raid_0(s))
		return false;
	return prober_set_type(v, "linux_raid_member", VOLUME_RAID);
}

bool prober_find_lvm(const struct prober_source *s, struct volume *v)
{
	uint8_t sector[SECTOR];
	uint64_t i;

	for (i = 0; i < LVM_SECTORS; i++) {
		if (!prober_read(s, i * SECTOR, sector, sizeof(sector)) ||
		    memcmp(sector, "LABELONE", 8) ||
		    memcmp(sector + LVM_TYPE_AT, "LVM2 001", 8) ||
		    super_le64(sector + LVM_PLACE_AT) != i ||
		    prober_crc32(LVM_CRC_START, sector + LVM_CRC_FROM,
				 SECTOR - LVM_CRC_FROM) !=
		    super_le32(sector + LVM_CRC_AT))
			continue;
		return prober_set_type(v, "LVM2_member", VOLUME_RAID);
	}
	return false;
}

bool prober_find_bcache(const struct prober_source *s, struct volume *v)
{
	static const uint8_t magic[] = {
		0xc6, 0x85, 0x73, 0xf6, 0x4e, 0x1a, 0x45, 0xca,
		0x82, 0x65, 0xf5, 0x7f, 0x48, 0xba, 0x6d, 0x81,
	};
	uint8_t sb[SECTOR];

	if (!prober_read(s, BCACHE_AT, sb, sizeof(sb)) ||
	    memcmp(sb + BCACHE_MAGIC_AT, magic, sizeof(magic)) ||
	    super_le64(sb + BCACHE_PLACE_AT) != BCACHE_AT / SECTOR)
		return false;
	return prober_set_type(v, "bcache", VOLUME_OTHER);
}

bool prober_find_luks(const struct prober_source *s, struct volume *v)
{
	uint8_t magic[8];
	uint64_t at;
	bool found;

	found = prober_read(s, 0, magic, sizeof(magic)) &&
		!memcmp(magic, "LUKS\xba\xbe\0", 7) && magic[7] >= 1 &&
		magic[7] <= 2;
	/* The second header of version 2 */
	for (at = LUKS_SECOND_MIN; !found && at <= LUKS_SECOND_MAX; at *= 2)
		found = prober_read(s, at, magic, sizeof(magic)) &&
			!memcmp(magic, "SKUL\xba\xbe\0\2", 8);
	return found && prober_set_type(v, "crypto_LUKS", VOLUME_CRYPTO);
}

bool prober_find_bitlocker(const struct prober_source *s, struct volume *v)
{
	uint8_t boot[11];

	if (!prober_read(s, 0, boot, sizeof(boot)) ||
	    memcmp(boot + 3, "-FVE-FS-", 8))
		return false;
	return prober_set_type(v, "BitLocker", VOLUME_CRYPTO);
}

/* Return true if the first page of any size ends with @mark. */
static bool container_has_mark(const struct prober_source *s, const char *mark)
{
	char found[SWAP_MARK_SIZE];
	uint64_t page;

	for (page = SWAP_PAGE_MIN; page <= SWAP_PAGE_MAX; page *= 2)
		if (prober_read(s, page - sizeof(found), found, sizeof(found)) &&
		    !strncmp(found, mark, strlen(mark)))
			return true;
	return false;
}

bool prober_find_swap(const struct prober_source *s, struct volume *v)
{
	uint8_t info[8];

	if (!container_has_mark(s, "SWAP-SPACE") &&
	    (!container_has_mark(s, "SWAPSPACE2") ||
	     !prober_read(s, SWAP_INFO_AT, info, sizeof(info)) ||
	     (super_le32(info) != 1 && super_be32(info) != 1) ||
	     !super_le32(info + 4)))
		return false;
	return prober_set_type(v, "swap", VOLUME_OTHER);
}

bool prober_find_suspend(const struct prober_source *s, struct volume *v)
{
	static const char *const marks[] = {
		"S1SUSPEND", "S2SUSPEND", "ULSUSPEND", "LINHIB0001",
		"\xed\xc3\x02\xe9\x98\x56\xe5\x0c",
	};
	size_t i;

	for (i = 0; i < sizeof(marks) / sizeof(*marks); i++)
		if (container_has_mark(s, marks[i]))
			return prober_set_type(v, "swsuspend", VOLUME_OTHER);
	return false;
}

/* libblkid files a pool under file systems, too. */
bool prober_find_zfs(const struct prober_source *s, struct volume *v)
{
	uint8_t blocks[16 * ZFS_UBERBLOCK_SIZE];
	uint32_t at, i;
	int n = 0;

	for (at = 0; at < ZFS_UBERBLOCKS * ZFS_UBERBLOCK_SIZE;
	     at += sizeof(blocks)) {
		if (!prober_read(s, ZFS_UBERBLOCKS_AT + at, blocks,
				 sizeof(blocks)))
			return false;
		for (i = 0; i < sizeof(blocks); i += ZFS_UBERBLOCK_SIZE)
			n += super_le64(blocks + i) == ZFS_MAGIC ||
			     super_be64(blocks + i) == ZFS_MAGIC;
	}
	return n >= ZFS_ENOUGH &&
	       prober_set_type(v, "zfs_member", VOLUME_FILE_SYSTEM);
}
