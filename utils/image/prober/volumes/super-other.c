// SPDX-License-Identifier: GPL-2.0
/*
 * Types that the usual kernel image lacks.  A message can name them, and a kernel
 * image with more types can mount some of them.
 *
 * The sources of the magic numbers are include/uapi/linux/magic.h and these files:
 * fs/minix/minix.h, fs/reiserfs/reiserfs.h, fs/jfs/jfs_superblock.h, fs/hfs/hfs.h,
 * fs/bcachefs/bcachefs_format.h, fs/ufs/ufs_fs.h, include/linux/cramfs_fs.h,
 * include/uapi/linux/romfs_fs.h, include/uapi/linux/gfs2_ondisk.h, the Apple File
 * System Reference.
 */
#include <stddef.h>
#include <string.h>

#include "image/members/super-block.h"
#include "image/prober/volumes/formats.h"

#define MAGIC_MAX	16

static const struct {
	const char *type;
	uint32_t at;
	uint8_t size;
	const char *magic;
} other_types[] = {
	{ "reiserfs", 65536 + 52, 8, "ReIsErFs" },
	{ "reiserfs", 65536 + 52, 8, "ReIsEr2F" },
	{ "reiserfs", 65536 + 52, 8, "ReIsEr3F" },
	{ "jfs", 32768, 4, "JFS1" },
	{ "bcachefs", 4096 + 24, 16,
	  "\xc6\x85\x73\xf6\x66\xce\x90\xa9\xd9\x6a\x60\xcf\x80\x3d\xf7\xef" },
	{ "apfs", 32, 4, "NXSB" },
	{ "ufs", 65536 + 1372, 4, "\x19\x01\x54\x19" },
	{ "ufs", 8192 + 1372, 4, "\x54\x19\x01\0" },
	{ "gfs2", 65536, 8, "\1\x16\x19\x70\0\0\0\1" },
	{ "cramfs", 0, 4, "\x45\x3d\xcd\x28" },
	{ "romfs", 0, 8, "-rom1fs-" },
	{ "ReFS", 3, 8, "ReFS\0\0\0\0" },
	{ "hfs", 1024, 2, "BD" },
};

/* struct minix_super_block and struct minix3_super_block */
#define MINIX_AT	1024
#define MINIX_SIZE	32
#define MINIX_IMAP_AT	4
#define MINIX_ZMAP_AT	6
#define MINIX_ZONE_SHIFT_AT 10
#define MINIX_MAGIC_AT	16
#define MINIX3_IMAP_AT	6
#define MINIX3_ZMAP_AT	8
#define MINIX3_ZONE_SHIFT_AT 12
#define MINIX3_MAGIC_AT	24
#define MINIX3_MAGIC	0x4d5a

/* A magic number of two bytes is not enough. */
static bool other_is_minix(const struct prober_source *s)
{
	uint8_t sb[MINIX_SIZE];
	uint16_t magic;

	if (!prober_read(s, MINIX_AT, sb, sizeof(sb)))
		return false;
	if (super_le16(sb + MINIX3_MAGIC_AT) == MINIX3_MAGIC)
		return super_le16(sb + MINIX3_IMAP_AT) &&
		       super_le16(sb + MINIX3_ZMAP_AT) &&
		       !super_le16(sb + MINIX3_ZONE_SHIFT_AT);
	magic = super_le16(sb + MINIX_MAGIC_AT);
	return (magic == 0x137f || magic == 0x138f || magic == 0x2468 ||
		magic == 0x2478) &&
	       super_le16(sb + MINIX_IMAP_AT) && super_le16(sb + MINIX_ZMAP_AT) &&
	       !super_le16(sb + MINIX_ZONE_SHIFT_AT);
}

bool prober_find_other(const struct prober_source *s, struct volume *v)
{
	uint8_t magic[MAGIC_MAX];
	size_t i;

	for (i = 0; i < sizeof(other_types) / sizeof(*other_types); i++)
		if (prober_read(s, other_types[i].at, magic,
				other_types[i].size) &&
		    !memcmp(magic, other_types[i].magic, other_types[i].size))
			return prober_set_type(v, other_types[i].type,
					       VOLUME_FILE_SYSTEM);
	return other_is_minix(s) &&
	       prober_set_type(v, "minix", VOLUME_FILE_SYSTEM);
}
