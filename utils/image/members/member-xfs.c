// SPDX-License-Identifier: GPL-2.0
/*
 * The log and the real-time section of an XFS on devices of their own.
 *
 * A log has headers with the UUID of its file system.  A real-time section has
 * no mark, so a device becomes one only if it is certainly not a log.
 */
#include <stdio.h>
#include <string.h>

#include "image/members/guest-device.h"
#include "image/members/member-types.h"
#include "image/members/super-block.h"

#define XFS_SUPER_SIZE		512
#define XFS_MAGIC		0x58465342
#define XFS_LOG_MAGIC		0xfeedbabe
#define XFS_SECTOR		512

/* Offsets of members of the super block */
#define XFS_MAGIC_AT		0
#define XFS_REALTIME_AT		16
#define XFS_UUID_AT		32
#define XFS_LOG_START_AT	48
/* Offsets of members of the header of a record in a log */
#define XFS_RECORD_MAGIC_AT	0
#define XFS_RECORD_UUID_AT	304

/*
 * A record has at most 256 KiB, so a log has the beginning of a record in its
 * first XFS_LOG_PIECES pieces, though the first bytes may belong to the last
 * record.
 */
#define XFS_LOG_PIECE		65536
#define XFS_LOG_PIECES		8

enum xfs_role {
	XFS_LOG,
	XFS_OTHER_LOG,
	XFS_REALTIME,
};

static bool xfs_read(const struct image *img, uint8_t *super)
{
	return img->dev && guest_device_read(img->dev, super, XFS_SUPER_SIZE, 0) &&
	       super_be32(super + XFS_MAGIC_AT) == XFS_MAGIC;
}

static bool xfs_has_external_log(const uint8_t *super)
{
	return !super_be64(super + XFS_LOG_START_AT);
}

static bool xfs_has_realtime(const uint8_t *super)
{
	return super_be64(super + XFS_REALTIME_AT);
}

/* Return the first header of a record in @piece, or NULL. */
static const uint8_t *xfs_find_record(const uint8_t *piece)
{
	size_t at;

	for (at = 0; at < XFS_LOG_PIECE; at += XFS_SECTOR)
		if (super_be32(piece + at + XFS_RECORD_MAGIC_AT) ==
		    XFS_LOG_MAGIC)
			return piece + at;
	return NULL;
}

static enum xfs_role xfs_find_role(uint32_t dev, const uint8_t *super)
{
	static uint8_t piece[XFS_LOG_PIECE];
	const uint8_t *record = NULL;
	int i;

	for (i = 0; i < XFS_LOG_PIECES && !record; i++) {
		uint64_t at = (uint64_t)i * sizeof(piece);

		if (!guest_device_read(dev, piece, sizeof(piece), at))
			break;
		record = xfs_find_record(piece);
	}
	if (!record)
		return XFS_REALTIME;
	return memcmp(record + XFS_RECORD_UUID_AT, super + XFS_UUID_AT,
		      UUID_SIZE) ? XFS_OTHER_LOG : XFS_LOG;
}

/* Return the option that names device @i, or NULL after a message. */
static const char *xfs_option(const struct image *img, int i,
			      const uint8_t *super)
{
	enum xfs_role role = xfs_find_role(img->more_dev[i], super);

	if (role == XFS_LOG && xfs_has_external_log(super))
		return "logdev";
	if (role == XFS_REALTIME && xfs_has_realtime(super))
		return "rtdev";
	if (!xfs_has_external_log(super) && !xfs_has_realtime(super))
		member_refuse(img, i, "the file system has one device");
	else if (role == XFS_OTHER_LOG)
		member_refuse(img, i, "it is the log of another file system");
	else
		member_refuse(img, i, xfs_has_external_log(super) ?
			      "it is not the log of the file system" :
			      "it is not the real-time section of the file system");
	return NULL;
}

static int xfs_give(struct image *img, char *opts, size_t size)
{
	uint8_t super[XFS_SUPER_SIZE];
	const char *option, *last = NULL;
	int i;

	if (!xfs_read(img, super))
		return 0;
	for (i = 0; i < img->device_count; i++) {
		option = xfs_option(img, i, super);
		if (!option)
			return -1;
		if (i > 1 || option == last)
			return member_refuse(img, i, "an earlier device has its place");
		last = option;
		if (member_append(img, opts, size, option, i))
			return -1;
	}
	return 0;
}

static bool xfs_missing(const struct image *img, char *what, size_t size)
{
	uint8_t super[XFS_SUPER_SIZE];
	bool has_log = false, has_realtime = false;
	int i;

	if (!xfs_read(img, super))
		return false;
	for (i = 0; i < img->device_count; i++) {
		if (xfs_find_role(img->more_dev[i], super) == XFS_LOG)
			has_log = true;
		else
			has_realtime = true;
	}
	if (xfs_has_external_log(super) && !has_log)
		snprintf(what, size, "its log is on another device");
	else if (xfs_has_realtime(super) && !has_realtime)
		snprintf(what, size, "its real-time section is on another device");
	else
		return false;
	return true;
}

const struct member_type member_xfs = {
	.give = xfs_give,
	.missing = xfs_missing,
};
