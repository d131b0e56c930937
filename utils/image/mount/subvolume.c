// SPDX-License-Identifier: GPL-2.0
/*
 * The subvolume of a btrfs that is mounted.  A btrfs names its default subvolume,
 * often one of several snapshots: what lies outside is not in the mount, and a user
 * who does not know this misses files.
 */
#include <string.h>

#include <lkl.h>
#include <lkl/linux/btrfs.h>
#include <lkl/linux/btrfs_tree.h>
#include <lkl/linux/stat.h>

#include "common/report.h"
#include "image/image.h"
#include "image/mount/subvolume.h"

/*
 * Read what is known about the subvolume that is mounted.  Return 0, a positive
 * number (the kernel returns 1 for a subvolume that is not the top), or an error.
 */
static long subvolume_read(const char *path,
			   struct lkl_btrfs_ioctl_get_subvol_info_args *info)
{
	long fd = lkl_sys_open(path, LKL_O_RDONLY | LKL_O_DIRECTORY, 0), ret;

	if (fd < 0)
		return fd;
	ret = lkl_sys_ioctl(fd, LKL_BTRFS_IOC_GET_SUBVOL_INFO, (uintptr_t)info);
	lkl_sys_close(fd);
	return ret;
}

void subvolume_report_default(const struct image *img)
{
	struct lkl_btrfs_ioctl_get_subvol_info_args info = { };

	if (strcmp(img->type, "btrfs") ||
	    (img->options && strstr(img->options, "subvol")) ||
	    subvolume_read(img->mount_point, &info) < 0 ||
	    info.treeid == LKL_BTRFS_FS_TREE_OBJECTID)
		return;
	report_warning("'%s' shows only its default subvolume '%s'; %ssubvol=/ shows everything",
		       img->path, info.name, img->options_option ?
		       img->options_option : "--options=");
}
