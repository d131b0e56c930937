// SPDX-License-Identifier: GPL-2.0
/*
 * The devices of an f2fs.  The super block lists their paths, as mkfs.f2fs was
 * given them, and the kernel opens these paths, so each device gets a node of
 * that name.
 */
#include <stdio.h>
#include <string.h>

#include <lkl_host.h>

#include "image/members/guest-device.h"
#include "image/members/member-types.h"
#include "image/members/super-block.h"

#define F2FS_SUPER_OFFSET	1024
#define F2FS_SUPER_SIZE		3072
#define F2FS_MAGIC		0xf2f52010
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

static int f2fs_give(struct image *img, char *opts, size_t size)
{
	uint8_t super[F2FS_SUPER_SIZE];
	char path[F2FS_PATH_SIZE + 1];
	long err;
	int i;

	(void)opts;
	(void)size;
	if (!f2fs_read(img, super))
		return 0;
	for (i = 0; i < img->device_count; i++) {
		if (!f2fs_path(super, i + 1, path))
			return member_refuse(img, i, "the file system has fewer devices");
		err = f2fs_make_node(path, img->more_dev[i]);
		if (err)
			return member_refuse(img, i, lkl_strerror(err));
	}
	return 0;
}

static bool f2fs_missing(const struct image *img, char *what, size_t size)
{
	uint8_t super[F2FS_SUPER_SIZE];
	char path[F2FS_PATH_SIZE + 1];

	if (!f2fs_read(img, super) ||
	    !f2fs_path(super, img->device_count + 1, path))
		return false;
	snprintf(what, size, "device %d, which was '%s', is missing",
		 img->device_count + 2, path);
	return true;
}

const struct member_type member_f2fs = {
	.give = f2fs_give,
	.missing = f2fs_missing,
};
