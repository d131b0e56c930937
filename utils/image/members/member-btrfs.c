// SPDX-License-Identifier: GPL-2.0
/*
 * The devices of a btrfs.
 *
 * A device names itself and its file system, but not the other devices.  Which
 * of them is missing stands in a tree, which the kernel reads.
 */
#include <stdio.h>
#include <string.h>

#include "image/kernel-log.h"
#include "image/members/guest-device.h"
#include "image/members/member-types.h"
#include "image/members/super-block.h"

#define BTRFS_SUPER_OFFSET	65536
#define BTRFS_SUPER_SIZE	4096
#define BTRFS_MAGIC		"_BHRfS_M"
#define BTRFS_IS_SEED		(1ULL << 32)

/* Offsets of members of the super block */
#define BTRFS_UUID_AT		0x20
#define BTRFS_FLAGS_AT		0x38
#define BTRFS_MAGIC_AT		0x40

static bool btrfs_read(uint32_t dev, uint8_t *super)
{
	return guest_device_read(dev, super, BTRFS_SUPER_SIZE, BTRFS_SUPER_OFFSET) &&
	       !memcmp(super + BTRFS_MAGIC_AT, BTRFS_MAGIC,
		       sizeof(BTRFS_MAGIC) - 1);
}

static bool btrfs_is_seed(const uint8_t *super)
{
	return super_le64(super + BTRFS_FLAGS_AT) & BTRFS_IS_SEED;
}

/* A seed device has a UUID of its own; it may also be the seed of a seed. */
static int btrfs_check(const struct image *img, int i, const uint8_t *first)
{
	uint8_t super[BTRFS_SUPER_SIZE];

	if (!btrfs_read(img->more_dev[i], super))
		return member_refuse(img, i, "it is no device of a btrfs");
	if (memcmp(super + BTRFS_UUID_AT, first + BTRFS_UUID_AT, UUID_SIZE) &&
	    !btrfs_is_seed(super))
		return member_refuse(img, i, "it is a device of another btrfs");
	return 0;
}

static int btrfs_give(struct image *img, char *opts, size_t size)
{
	uint8_t super[BTRFS_SUPER_SIZE];
	int i;

	if (img->dev && btrfs_read(img->dev, super))
		for (i = 0; i < img->device_count; i++)
			if (btrfs_check(img, i, super))
				return -1;
	return member_append_all(img, opts, size, "device");
}

static bool btrfs_missing(const struct image *img, char *what, size_t size)
{
	char line[512], uuid[UUID_TEXT_SIZE];
	unsigned long long id;
	const char *at;

	(void)img;
	if (kernel_log_find("devid ", "is missing", line, sizeof(line))) {
		at = strstr(line, "devid ");
		if (sscanf(at, "devid %llu uuid %36s", &id, uuid) != 2)
			return false;
		snprintf(what, size, "device %llu, which has UUID %s, is missing",
			 id, uuid);
		return true;
	}
	/* The kernel does not say which. */
	if (!kernel_log_find("failed to read chunk tree: -2", "", line,
			     sizeof(line)))
		return false;
	snprintf(what, size, "a seed device is missing");
	return true;
}

static const char *btrfs_why_read_only(const struct image *img)
{
	uint8_t super[BTRFS_SUPER_SIZE];

	if (!btrfs_read(img->dev, super) || !btrfs_is_seed(super))
		return NULL;
	return "it is a seed device, which btrfs only reads";
}

const struct member_type member_btrfs = {
	.give = btrfs_give,
	.missing = btrfs_missing,
	.why_read_only = btrfs_why_read_only,
};
