// SPDX-License-Identifier: GPL-2.0
/*
 * The further devices of an erofs, which hold the contents of its files.
 */
#include <stdio.h>

#include "image/members/guest-device.h"
#include "image/members/member-types.h"
#include "image/members/super-block.h"

#define EROFS_SUPER_OFFSET	1024
#define EROFS_SUPER_SIZE	128
#define EROFS_MAGIC		0xe0f5e1e2
#define EROFS_HAS_DEVICES	0x8

/* Offsets of members of the super block */
#define EROFS_INCOMPAT_AT	80
#define EROFS_DEVICES_AT	86

static bool erofs_has_devices(const struct image *img)
{
	uint8_t super[EROFS_SUPER_SIZE];

	return guest_device_read(img->dev, super, sizeof(super), EROFS_SUPER_OFFSET) &&
	       super_le32(super) == EROFS_MAGIC &&
	       super_le32(super + EROFS_INCOMPAT_AT) & EROFS_HAS_DEVICES &&
	       super_le16(super + EROFS_DEVICES_AT);
}

static int erofs_give(struct image *img, char *opts, size_t size)
{
	return member_append_all(img, opts, size, "device");
}

static bool erofs_missing(const struct image *img, char *what, size_t size)
{
	if (!erofs_has_devices(img))
		return false;
	snprintf(what, size, "a device with the contents of files is missing");
	return true;
}

const struct member_type member_erofs = {
	.give = erofs_give,
	.missing = erofs_missing,
};
