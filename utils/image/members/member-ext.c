// SPDX-License-Identifier: GPL-2.0
/*
 * The journal of an ext3 or ext4 on a device of its own.
 *
 * The super block of the file system holds the UUID of the journal, and the
 * number of its device as a hint.  The kernel writes the number that the device
 * has inside this process; other kernels would look for the journal there, so
 * the previous number is restored.
 */
#include <stdio.h>
#include <string.h>

#include "common/report.h"
#include "image/members/guest-device.h"
#include "image/members/member-types.h"
#include "image/members/super-block.h"

#define EXT_SUPER_OFFSET	1024
#define EXT_SUPER_SIZE		1024
#define EXT_MAGIC		0xef53
#define EXT_HAS_JOURNAL		0x4
#define EXT_IS_JOURNAL		0x8
#define EXT_HAS_CHECKSUMS	0x400

/* Offsets of members of the super block */
#define EXT_MAGIC_AT		0x38
#define EXT_COMPAT_AT		0x5c
#define EXT_INCOMPAT_AT		0x60
#define EXT_RO_COMPAT_AT	0x64
#define EXT_UUID_AT		0x68
#define EXT_JOURNAL_UUID_AT	0xd0
#define EXT_JOURNAL_INODE_AT	0xe0
#define EXT_JOURNAL_DEVICE_AT	0xe4
#define EXT_CHECKSUM_AT		0x3fc

static bool ext_read(uint32_t dev, uint8_t *super)
{
	return guest_device_read(dev, super, EXT_SUPER_SIZE, EXT_SUPER_OFFSET) &&
	       super_le16(super + EXT_MAGIC_AT) == EXT_MAGIC;
}

/* Return true if the journal of the file system is on a device of its own. */
static bool ext_has_external_journal(const uint8_t *super)
{
	return super_le32(super + EXT_COMPAT_AT) & EXT_HAS_JOURNAL &&
	       !super_le32(super + EXT_JOURNAL_INODE_AT);
}

static bool ext_is_journal_of(const uint8_t *journal, const uint8_t *super)
{
	return super_le32(journal + EXT_INCOMPAT_AT) & EXT_IS_JOURNAL &&
	       !memcmp(journal + EXT_UUID_AT, super + EXT_JOURNAL_UUID_AT,
		       UUID_SIZE);
}

static int ext_give(struct image *img, char *opts, size_t size)
{
	uint8_t super[EXT_SUPER_SIZE], journal[EXT_SUPER_SIZE];
	char uuid[UUID_TEXT_SIZE], why[128];

	if (!img->dev || !ext_read(img->dev, super))
		return 0;
	if (!ext_has_external_journal(super))
		return member_refuse(img, 0, "the file system has no journal on another device");
	if (!ext_read(img->more_dev[0], journal) ||
	    !ext_is_journal_of(journal, super)) {
		super_uuid_text(super + EXT_JOURNAL_UUID_AT, uuid);
		snprintf(why, sizeof(why), "it is not the journal, which has UUID %s",
			 uuid);
		return member_refuse(img, 0, why);
	}
	if (img->device_count > 1)
		return member_refuse(img, 1, "the journal is the only other device");
	img->journal_number = super_le32(super + EXT_JOURNAL_DEVICE_AT);
	return member_append(img, opts, size, "journal_path", 0);
}

static bool ext_missing(const struct image *img, char *what, size_t size)
{
	uint8_t super[EXT_SUPER_SIZE];
	char uuid[UUID_TEXT_SIZE];

	if (img->device_count || !ext_read(img->dev, super) ||
	    !ext_has_external_journal(super))
		return false;
	super_uuid_text(super + EXT_JOURNAL_UUID_AT, uuid);
	snprintf(what, size, "its journal is on another device, which has UUID %s",
		 uuid);
	return true;
}

/* Return the checksum of a super block: CRC-32C without the final inversion. */
static uint32_t ext_checksum(const uint8_t *super)
{
	uint32_t crc = ~0U;
	int i, bit;

	for (i = 0; i < EXT_CHECKSUM_AT; i++) {
		crc ^= super[i];
		for (bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78 : 0);
	}
	return crc;
}

static int ext_forget_numbers(const struct image *img)
{
	uint8_t super[EXT_SUPER_SIZE];
	long err;

	if (!ext_read(img->dev, super) || !ext_has_external_journal(super) ||
	    super_le32(super + EXT_JOURNAL_DEVICE_AT) == img->journal_number)
		return 0;
	super_put_le32(super + EXT_JOURNAL_DEVICE_AT, img->journal_number);
	if (super_le32(super + EXT_RO_COMPAT_AT) & EXT_HAS_CHECKSUMS)
		super_put_le32(super + EXT_CHECKSUM_AT, ext_checksum(super));
	err = guest_device_write(img->dev, super, sizeof(super), EXT_SUPER_OFFSET);
	if (!err)
		return 0;
	return report_cannot("restore the number of the journal's device in",
			     img->path, lkl_strerror(err));
}

const struct member_type member_ext = {
	.give = ext_give,
	.missing = ext_missing,
	.forget_numbers = ext_forget_numbers,
};
