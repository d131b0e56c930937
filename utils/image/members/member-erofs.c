// SPDX-License-Identifier: GPL-2.0
/*
 * The further devices of an erofs, which hold the contents of its files.
 *
 * All devices may also follow each other in one image.  The kernel does not check
 * whether the image has them, and may read other bytes of the image as the
 * contents of files.
 */
#include <stdio.h>

#include "image/members/guest-device.h"
#include "image/members/member-types.h"
#include "image/members/super-block.h"

#define EROFS_SUPER_OFFSET	1024
#define EROFS_SUPER_SIZE	128
#define EROFS_MAGIC		0xe0f5e1e2
#define EROFS_HAS_DEVICES	0x8

#define EROFS_SLOT_SIZE		128

/* Offsets of members of the super block */
#define EROFS_BLOCK_BITS_AT	12
#define EROFS_INCOMPAT_AT	80
#define EROFS_DEVICES_AT	86
#define EROFS_SLOTS_AT		88
/* Offsets of members of a slot, which describes a device */
#define EROFS_BLOCKS_AT		64
#define EROFS_START_AT		68

static bool erofs_has_devices(const struct image *img, uint8_t *super)
{
	return guest_device_read(img->dev, super, EROFS_SUPER_SIZE,
				 EROFS_SUPER_OFFSET) &&
	       super_le32(super) == EROFS_MAGIC &&
	       super[EROFS_BLOCK_BITS_AT] < 32 &&
	       super_le32(super + EROFS_INCOMPAT_AT) & EROFS_HAS_DEVICES;
}

static bool erofs_read_slot(const struct image *img, const uint8_t *super,
			    int i, uint8_t *slot)
{
	uint64_t at = ((uint64_t)super_le16(super + EROFS_SLOTS_AT) + i) *
		      EROFS_SLOT_SIZE;

	return guest_device_read(img->dev, slot, EROFS_SLOT_SIZE, at);
}

/*
 * Return true if device @i is not in the image: it begins nowhere, or ends behind
 * the end of the image.
 */
static bool erofs_lacks(const struct image *img, const uint8_t *super, int i)
{
	uint8_t slot[EROFS_SLOT_SIZE];
	uint64_t start, blocks;

	if (!erofs_read_slot(img, super, i, slot))
		return false;
	start = super_le32(slot + EROFS_START_AT);
	blocks = super_le32(slot + EROFS_BLOCKS_AT);
	return !start || (start + blocks) << super[EROFS_BLOCK_BITS_AT] > img->disk.size;
}

/* Return true if the table has a device @i that fits. */
static bool erofs_fits(const struct image *img, const uint8_t *super, int i)
{
	uint8_t slot[EROFS_SLOT_SIZE];

	return !erofs_read_slot(img, super, i, slot) ||
	       (uint64_t)super_le32(slot + EROFS_BLOCKS_AT) <<
	       super[EROFS_BLOCK_BITS_AT] <= img->more[i].size;
}

static int erofs_give(struct image *img, char *opts, size_t size)
{
	uint8_t super[EROFS_SUPER_SIZE];
	int i;

	/* The kernel checks the number of the devices. */
	if (erofs_has_devices(img, super))
		for (i = 0; i < img->device_count; i++)
			if (!erofs_fits(img, super, i))
				return member_refuse(img, i, "it is smaller than the device of the file system");
	return member_append_all(img, opts, size, "device");
}

static bool erofs_missing(const struct image *img, char *what, size_t size)
{
	uint8_t super[EROFS_SUPER_SIZE];
	int i, n;

	if (img->device_count || !erofs_has_devices(img, super))
		return false;
	n = super_le16(super + EROFS_DEVICES_AT);
	for (i = 0; i < n; i++) {
		if (!erofs_lacks(img, super, i))
			continue;
		snprintf(what, size, "device %d, which has contents of files, is missing",
			 i + 2);
		return true;
	}
	return false;
}

const struct member_type member_erofs = {
	.give = erofs_give,
	.missing = erofs_missing,
	.mounts_alone = true,
};
