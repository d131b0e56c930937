// SPDX-License-Identifier: GPL-2.0
/*
 * File systems of Linux with one super block at a fixed place.
 *
 * The sources of all magic numbers and places are headers of the kernel:
 * fs/ext4/ext4.h, fs/xfs/libxfs/xfs_format.h and xfs_log_format.h,
 * include/uapi/linux/btrfs_tree.h, include/linux/f2fs_fs.h,
 * fs/squashfs/squashfs_fs.h, fs/erofs/erofs_fs.h.
 */
#include <string.h>

#include "image/members/super-block.h"
#include "image/prober/base/text.h"
#include "image/prober/volumes/formats.h"

/* struct ext4_super_block */
#define EXT_AT		1024
#define EXT_SIZE	1024
#define EXT_MAGIC_AT	56
#define EXT_MAGIC	0xef53
#define EXT_COMPAT_AT	92
#define EXT_INCOMPAT_AT	96
#define EXT_RO_COMPAT_AT 100
#define EXT_UUID_AT	104
#define EXT_LABEL_AT	120
#define EXT_LABEL_SIZE	16
#define EXT_JOURNAL_UUID_AT 208
#define EXT_HAS_JOURNAL	0x4
#define EXT_FILETYPE	0x2
#define EXT_RECOVER	0x4
#define EXT_JOURNAL_DEV	0x8
#define EXT_META_BG	0x10
/* SPARSE_SUPER, LARGE_FILE and BTREE_DIR */
#define EXT_OLD_RO	0x7

/* struct xfs_dsb */
#define XFS_SIZE	264
#define XFS_BLOCK_AT	4
#define XFS_UUID_AT	32
#define XFS_AG_COUNT_AT	88
#define XFS_SECTOR_AT	102
#define XFS_LABEL_AT	108
#define XFS_LABEL_SIZE	12
/* struct xlog_rec_header */
#define LOG_SECTOR	512
#define LOG_SEARCHED	512
#define LOG_MAGIC	0xfeedbabe
#define LOG_VERSION_AT	8
#define LOG_LEN_AT	12
#define LOG_FORMAT_AT	300
#define LOG_UUID_AT	304
#define LOG_LEN_MAX	0x1000000

/* struct btrfs_super_block */
#define BTRFS_AT	0x10000
#define BTRFS_SIZE	1024
#define BTRFS_UUID_AT	32
#define BTRFS_SELF_AT	48
#define BTRFS_MAGIC_AT	64
#define BTRFS_LABEL_AT	299
#define BTRFS_LABEL_SIZE 256

/* struct f2fs_super_block */
#define F2FS_AT		1024
#define F2FS_SIZE	1148
#define F2FS_MAGIC	0xf2f52010
#define F2FS_UUID_AT	108
#define F2FS_LABEL_AT	124
#define F2FS_LABEL_SIZE	1024

/* struct squashfs_super_block */
#define SQUASHFS_SIZE	96
#define SQUASHFS_MAJOR_AT 28

/* struct erofs_super_block */
#define EROFS_AT	1024
#define EROFS_SIZE	128
#define EROFS_MAGIC	0xe0f5e1e2
#define EROFS_UUID_AT	48
#define EROFS_LABEL_AT	64
#define EROFS_LABEL_SIZE 16

/* Return the oldest type that has the features of the super block. */
static const char *linux_ext_type(const uint8_t *sb)
{
	bool journal = super_le32(sb + EXT_COMPAT_AT) & EXT_HAS_JOURNAL;
	uint32_t incompat = super_le32(sb + EXT_INCOMPAT_AT);
	uint32_t known = EXT_FILETYPE | EXT_META_BG;

	if (incompat & EXT_JOURNAL_DEV)
		return "jbd";
	if (journal)
		known |= EXT_RECOVER;
	if (incompat & ~known || super_le32(sb + EXT_RO_COMPAT_AT) & ~EXT_OLD_RO)
		return "ext4";
	return journal ? "ext3" : "ext2";
}

bool prober_find_ext(const struct prober_source *s, struct volume *v)
{
	uint8_t sb[EXT_SIZE];
	const char *type;

	if (!prober_read(s, EXT_AT, sb, sizeof(sb)) ||
	    super_le16(sb + EXT_MAGIC_AT) != EXT_MAGIC)
		return false;
	type = linux_ext_type(sb);
	prober_set_uuid(v->uuid, sb + EXT_UUID_AT);
	if (super_le32(sb + EXT_COMPAT_AT) & EXT_HAS_JOURNAL)
		prober_set_uuid(v->journal_uuid, sb + EXT_JOURNAL_UUID_AT);
	prober_text_bytes(v->label, sizeof(v->label), sb + EXT_LABEL_AT,
			  EXT_LABEL_SIZE);
	if (strcmp(type, "jbd"))
		return prober_set_type(v, type, VOLUME_FILE_SYSTEM);
	prober_set_uuid(v->log_uuid, sb + EXT_UUID_AT);
	return prober_set_type(v, type, VOLUME_OTHER);
}

bool prober_find_xfs(const struct prober_source *s, struct volume *v)
{
	uint8_t sb[XFS_SIZE];
	uint32_t block, sector;

	if (!prober_read(s, 0, sb, sizeof(sb)) || memcmp(sb, "XFSB", 4))
		return false;
	block = super_be32(sb + XFS_BLOCK_AT);
	sector = sb[XFS_SECTOR_AT] << 8 | sb[XFS_SECTOR_AT + 1];
	if (!prober_is_power_of_2(block) || block < 512 || block > 65536 ||
	    !prober_is_power_of_2(sector) || sector < 512 || sector > 32768 ||
	    !super_be32(sb + XFS_AG_COUNT_AT))
		return false;
	prober_set_uuid(v->uuid, sb + XFS_UUID_AT);
	prober_text_bytes(v->label, sizeof(v->label), sb + XFS_LABEL_AT,
			  XFS_LABEL_SIZE);
	return prober_set_type(v, "xfs", VOLUME_FILE_SYSTEM);
}

static bool linux_is_log_record(const uint8_t *record)
{
	uint32_t version = super_be32(record + LOG_VERSION_AT);
	uint32_t len = super_be32(record + LOG_LEN_AT);
	uint32_t format = super_be32(record + LOG_FORMAT_AT);

	return super_be32(record) == LOG_MAGIC && version >= 1 &&
	       version <= 3 && len && len <= LOG_LEN_MAX && format >= 1 &&
	       format <= 3;
}

/* An XFS has a log, too, but not at the beginning. */
bool prober_find_xfs_log(const struct prober_source *s, struct volume *v)
{
	uint8_t block[16 * LOG_SECTOR], sb[4];
	uint64_t at;
	uint32_t i;

	if (!prober_read(s, 0, sb, sizeof(sb)) || !memcmp(sb, "XFSB", 4))
		return false;
	for (at = 0; at < LOG_SEARCHED * LOG_SECTOR; at += sizeof(block)) {
		if (!prober_read(s, at, block, sizeof(block)))
			return false;
		for (i = 0; i < sizeof(block); i += LOG_SECTOR) {
			if (!linux_is_log_record(block + i))
				continue;
			prober_set_uuid(v->log_uuid, block + i + LOG_UUID_AT);
			return prober_set_type(v, "xfs_external_log",
					       VOLUME_OTHER);
		}
	}
	return false;
}

bool prober_find_btrfs(const struct prober_source *s, struct volume *v)
{
	uint8_t sb[BTRFS_SIZE];

	if (!prober_read(s, BTRFS_AT, sb, sizeof(sb)) ||
	    memcmp(sb + BTRFS_MAGIC_AT, "_BHRfS_M", 8) ||
	    super_le64(sb + BTRFS_SELF_AT) != BTRFS_AT)
		return false;
	prober_set_uuid(v->uuid, sb + BTRFS_UUID_AT);
	prober_text_bytes(v->label, sizeof(v->label), sb + BTRFS_LABEL_AT,
			  BTRFS_LABEL_SIZE);
	return prober_set_type(v, "btrfs", VOLUME_FILE_SYSTEM);
}

bool prober_find_f2fs(const struct prober_source *s, struct volume *v)
{
	uint8_t sb[F2FS_SIZE];

	if (!prober_read(s, F2FS_AT, sb, sizeof(sb)) ||
	    super_le32(sb) != F2FS_MAGIC)
		return false;
	prober_set_uuid(v->uuid, sb + F2FS_UUID_AT);
	prober_text_utf16(v->label, sizeof(v->label), sb + F2FS_LABEL_AT,
			  F2FS_LABEL_SIZE, false);
	return prober_set_type(v, "f2fs", VOLUME_FILE_SYSTEM);
}

bool prober_find_squashfs(const struct prober_source *s, struct volume *v)
{
	uint8_t sb[SQUASHFS_SIZE];

	if (!prober_read(s, 0, sb, sizeof(sb)) || memcmp(sb, "hsqs", 4))
		return false;
	return prober_set_type(v, super_le16(sb + SQUASHFS_MAJOR_AT) < 4 ?
			       "squashfs3" : "squashfs", VOLUME_FILE_SYSTEM);
}

bool prober_find_erofs(const struct prober_source *s, struct volume *v)
{
	uint8_t sb[EROFS_SIZE];

	if (!prober_read(s, EROFS_AT, sb, sizeof(sb)) ||
	    super_le32(sb) != EROFS_MAGIC)
		return false;
	prober_set_uuid(v->uuid, sb + EROFS_UUID_AT);
	prober_text_bytes(v->label, sizeof(v->label), sb + EROFS_LABEL_AT,
			  EROFS_LABEL_SIZE);
	return prober_set_type(v, "erofs", VOLUME_FILE_SYSTEM);
}
