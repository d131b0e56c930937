// SPDX-License-Identifier: GPL-2.0
/*
 * The further devices of a file system, for all types.
 */
#include <stdio.h>
#include <string.h>

#include <lkl_host.h>

#include "common/report.h"
#include "image/members/member-types.h"
#include "image/members/members.h"
#include "shared/macros.h"

static const struct {
	const char *name;
	const struct member_type *type;
} member_types[] = {
	{ "ext2", &member_ext },
	{ "ext3", &member_ext },
	{ "ext4", &member_ext },
	{ "xfs", &member_xfs },
	{ "btrfs", &member_btrfs },
	{ "f2fs", &member_f2fs },
	{ "erofs", &member_erofs },
};

static const struct member_type *member_find_type(const struct image *img)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(member_types); i++)
		if (!strcmp(img->type, member_types[i].name))
			return member_types[i].type;
	return NULL;
}

/* Return the option by which a user names a device. */
static const char *member_option(const struct image *img)
{
	return img->device_option ? img->device_option : "--device=";
}

int members_report_missing(const struct image *img)
{
	const struct member_type *type = member_find_type(img);
	char what[256];

	if (!img->dev || !type || !type->missing(img, what, sizeof(what)))
		return 0;
	report_error("cannot mount '%s' as %s: %s; name it by %sPATH",
		     img->path, img->type, what, member_option(img));
	return -1;
}

/* Add device @i to the machine. */
static int member_add(struct image *img, int i)
{
	int ret = image_device_add(&img->more[i]);
	char node[32];

	if (ret < 0)
		return report_cannot("use", img->devices[i], lkl_strerror(ret));
	snprintf(node, sizeof(node), MEMBER_NODE, i + 1);
	ret = lkl_get_virtio_blkdev(ret, 0, &img->more_dev[i]);
	if (!ret)
		ret = lkl_sys_mknod(node, LKL_S_IFBLK | 0600, img->more_dev[i]);
	if (ret)
		return report_cannot("prepare", img->devices[i],
				     lkl_strerror(ret));
	return 0;
}

int members_add(struct image *img, char *opts, size_t size)
{
	const struct member_type *type = member_find_type(img);
	int i;

	img->dev = 0;
	lkl_get_virtio_blkdev(img->disk_id, 0, &img->dev);
	for (i = 0; i < img->device_count; i++)
		if (member_add(img, i))
			return -1;
	if (!img->device_count)
		return type && type->mounts_alone ?
		       members_report_missing(img) : 0;
	if (type)
		return type->give(img, opts, size);
	report_error("cannot use '%s' as a device of '%s': a file system of type %s has one device",
		     img->devices[0], img->path, img->type);
	return -1;
}

const char *members_why_read_only(const struct image *img)
{
	const struct member_type *type = member_find_type(img);

	if (!img->dev || !type || !type->why_read_only)
		return NULL;
	return type->why_read_only(img);
}

int members_forget_numbers(const struct image *img)
{
	const struct member_type *type = member_find_type(img);

	if (!img->device_count || !type || !type->forget_numbers)
		return 0;
	return type->forget_numbers(img);
}
