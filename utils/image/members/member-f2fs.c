// SPDX-License-Identifier: GPL-2.0
/*
 * The devices of an f2fs.  The super block lists their paths, as mkfs.f2fs was
 * given them, and the kernel opens these paths, so each device gets a node of
 * that name.
 *
 * The devices themselves have no marks.  A device whose name is in the list has
 * the place of this name; others get the free places in their order.
 */
#include <stdio.h>
#include <string.h>

#include <lkl_host.h>

#include "common/path.h"
#include "image/members/guest-device.h"
#include "image/members/member-types.h"
#include "image/members/super-block.h"

#define F2FS_SUPER_OFFSET	1024
#define F2FS_SUPER_SIZE		3072
#define F2FS_MAGIC		0xf2f52010
#define F2FS_BLOCK_BITS_AT	16
#define F2FS_SEGMENT_BITS_AT	20
#define F2FS_DEVICES_AT		2201
#define F2FS_DEVICES_MAX	8
#define F2FS_DEVICE_SIZE	68
#define F2FS_PATH_SIZE		64

static bool f2fs_read(const struct image *img, uint8_t *super)
{
	return img->dev && guest_device_read(img->dev, super, F2FS_SUPER_SIZE,
				       F2FS_SUPER_OFFSET) &&
	       super_le32(super) == F2FS_MAGIC;
}

/*
 * Store the path of device @i, without the leading slash if there is one; the
 * first device is the image.  Return false if there is no such device.
 */
static bool f2fs_path(const uint8_t *super, int i, char path[F2FS_PATH_SIZE + 1])
{
	const uint8_t *at = super + F2FS_DEVICES_AT + i * F2FS_DEVICE_SIZE;

	if (i >= F2FS_DEVICES_MAX)
		return false;
	memcpy(path, at, F2FS_PATH_SIZE);
	path[F2FS_PATH_SIZE] = 0;
	return *path;
}

/* Make a node at @path, and its directories. */
static long f2fs_make_node(char *path, uint32_t dev)
{
	char *slash = path;

	while ((slash = strchr(slash + 1, '/'))) {
		*slash = 0;
		lkl_sys_mkdir(path, 0700);
		*slash = '/';
	}
	return lkl_sys_mknod(path, LKL_S_IFBLK | 0600, dev);
}

/* Return the place of the list that has the name of device @i, or 0. */
static int f2fs_find_name(const struct image *img, const uint8_t *super, int i)
{
	const char *name = path_base(img->devices[i]);
	char path[F2FS_PATH_SIZE + 1];
	int place;

	for (place = 1; f2fs_path(super, place, path); place++)
		if (!strcmp(path_base(path), name))
			return place;
	return 0;
}

/* Return the number of bytes of the device at @place. */
static uint64_t f2fs_device_size(const uint8_t *super, int place)
{
	uint64_t segments = super_le32(super + F2FS_DEVICES_AT +
				       place * F2FS_DEVICE_SIZE +
				       F2FS_PATH_SIZE);
	uint32_t bits = super_le32(super + F2FS_BLOCK_BITS_AT) +
			super_le32(super + F2FS_SEGMENT_BITS_AT);

	return bits < 32 ? segments << bits : 0;
}

/* Use device @i at @place of the list.  Return 0, or -1 after a message. */
static int f2fs_place(const struct image *img, const uint8_t *super, int i,
		      int place)
{
	char path[F2FS_PATH_SIZE + 1];
	long err;

	if (!f2fs_path(super, place, path))
		return member_refuse(img, i, "the file system has fewer devices");
	if (img->more[i].size < f2fs_device_size(super, place))
		return member_refuse(img, i, "it is smaller than the device of the file system");
	err = f2fs_make_node(path, img->more_dev[i]);
	return err ? member_refuse(img, i, lkl_strerror(err)) : 0;
}

static int f2fs_give(struct image *img, char *opts, size_t size)
{
	bool taken[F2FS_DEVICES_MAX + 1] = { true };
	uint8_t super[F2FS_SUPER_SIZE];
	int places[IMAGE_DEVICES_MAX];
	int i, place = 0;

	(void)opts;
	(void)size;
	if (!f2fs_read(img, super))
		return 0;
	for (i = 0; i < img->device_count; i++) {
		places[i] = f2fs_find_name(img, super, i);
		if (taken[places[i]])
			places[i] = 0;
		taken[places[i]] = true;
	}
	for (i = 0; i < img->device_count; i++) {
		while (!places[i] && place < F2FS_DEVICES_MAX && taken[place])
			place++;
		if (!places[i])
			places[i] = place;
		taken[places[i]] = true;
		if (f2fs_place(img, super, i, places[i]))
			return -1;
	}
	return 0;
}

static bool f2fs_missing(const struct image *img, char *what, size_t size)
{
	uint8_t super[F2FS_SUPER_SIZE];
	char path[F2FS_PATH_SIZE + 1];

	int place;

	if (!f2fs_read(img, super))
		return false;
	for (place = 1; f2fs_path(super, place, path); place++) {
		if (!lkl_sys_faccessat(LKL_AT_FDCWD, path, 0))
			continue;
		snprintf(what, size, "device %d, which was '%s', is missing",
			 place + 1, path);
		return true;
	}
	return false;
}

const struct member_type member_f2fs = {
	.give = f2fs_give,
	.missing = f2fs_missing,
};
