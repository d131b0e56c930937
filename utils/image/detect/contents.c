// SPDX-License-Identifier: GPL-2.0
/*
 * Names of images and partitions that hold no file system.  Users often give
 * a container in place of its contents; naming a type does not help then.
 */
#include <stddef.h>
#include <string.h>

#include "image/detect/contents.h"
#include "image/detect/device-source.h"
#include "image/detect/identify.h"
#include "shared/macros.h"

/* Super block of ext2, ext3 and ext4, and in there: magic number, group of blocks */
#define EXT_SUPER_AT	1024
#define EXT_MAGIC_AT	56
#define EXT_GROUP_AT	90

#define CONVERT		"convert it with 'qemu-img convert -O raw'"

/* Types that are no file systems. */
static const struct {
	const char *type;
	const char *text;
} contents_types[] = {
	{ "crypto_LUKS",
	  "it is encrypted with LUKS: open it with cryptsetup(8)" },
	{ "BitLocker",
	  "it is encrypted with BitLocker: open it with cryptsetup(8)" },
	{ "LVM2_member",
	  "it is a physical volume of LVM: use a logical volume, see lvm(8)" },
	{ "linux_raid_member",
	  "it is a member of a RAID: use the RAID, see mdadm(8)" },
	{ "zfs_member", "it belongs to a pool of ZFS, which Linux lacks" },
	{ "bcache", "it is a backing device of bcache: use the cached device" },
	{ "jbd",
	  "it is the journal of an ext3 or ext4: name the file system as the image, and the journal as a device of the file system" },
	{ "xfs_external_log",
	  "it is the log of an XFS: name the file system as the image, and the log as a device of the file system" },
	{ "swap", "it is swap space" },
	{ "swsuspend", "it is swap space with a suspended system" },
};

/* Formats of files, by the bytes that they have in common. */
static const struct {
	size_t at;
	size_t size;
	const char *bytes;
	const char *text;
} contents_formats[] = {
	{ 0, 4, "QFI\xfb", "it is a disk in qcow2 format: " CONVERT },
	{ 0, 4, "KDMV", "it is a disk in VMDK format: " CONVERT },
	{ 0, 8, "vhdxfile", "it is a disk in VHDX format: " CONVERT },
	{ 0, 8, "conectix", "it is a disk in VHD format: " CONVERT },
	{ 64, 4, "\x7f\x10\xda\xbe", "it is a disk in VDI format: " CONVERT },
	{ 0, 4, "\x3a\xff\x26\xed",
	  "it is a sparse image of Android: convert it with simg2img(1)" },
	{ 0, 2, "\x1f\x8b", "it is compressed: decompress it with gzip -d" },
	{ 0, 6, "\xfd" "7zXZ", "it is compressed: decompress it with xz -d" },
	{ 0, 4, "\x28\xb5\x2f\xfd",
	  "it is compressed: decompress it with zstd -d" },
	{ 0, 4, "\x04\x22\x4d\x18",
	  "it is compressed: decompress it with lz4 -d" },
	{ 0, 3, "BZh", "it is compressed: decompress it with bzip2 -d" },
	{ 0, 4, "PK\3\4", "it is a zip archive: extract the image first" },
	{ 0, 6, "7z\xbc\xaf\x27\x1c",
	  "it is a 7z archive: extract the image first" },
	{ 257, 5, "ustar", "it is a tar archive: extract the image first" },
};

/* Name what is no file system. */
static struct contents contents_of_volume(const struct volume *v)
{
	struct contents c = { };
	size_t i;

	if (v->usage == VOLUME_FILE_SYSTEM)
		return c;
	c.is_member = v->usage == VOLUME_RAID;
	c.text = c.is_member ? "it is a member of a RAID: use the RAID" :
		 "it has no file system";
	for (i = 0; i < ARRAY_SIZE(contents_types); i++)
		if (!strcmp(v->type, contents_types[i].type))
			c.text = contents_types[i].text;
	return c;
}

static const char *contents_find_format(const struct image_device *d,
					int64_t off)
{
	struct device_source s;
	char start[512] = "";
	size_t i, len = sizeof(start);

	device_source_init(&s, d, off, 0);
	if (len > s.source.size)
		len = s.source.size;
	if (!prober_read(&s.source, 0, start, len))
		return NULL;
	for (i = 0; i < ARRAY_SIZE(contents_formats); i++)
		if (!memcmp(start + contents_formats[i].at,
			    contents_formats[i].bytes,
			    contents_formats[i].size))
			return contents_formats[i].text;
	return NULL;
}

bool contents_is_backup(const struct image_device *d, int64_t off)
{
	unsigned char super[EXT_GROUP_AT + 2];
	struct device_source s;

	device_source_init(&s, d, off, 0);
	if (!prober_read(&s.source, EXT_SUPER_AT, super, sizeof(super)))
		return false;
	return super[EXT_MAGIC_AT] == 0x53 && super[EXT_MAGIC_AT + 1] == 0xef &&
	       (super[EXT_GROUP_AT] || super[EXT_GROUP_AT + 1]);
}

struct contents contents_find(const struct image_device *d, int64_t off,
			      int64_t size)
{
	struct contents c = { };
	struct volume v;

	if (identify(d, off, size, &v) == VOLUME_FOUND)
		c = contents_of_volume(&v);
	if (!c.text)
		c.text = contents_find_format(d, off);
	return c;
}
