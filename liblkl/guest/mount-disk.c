// SPDX-License-Identifier: GPL-2.0
/*
 * Mounting a disk of the program, or a partition, by the disk's id.
 */
#include <lkl.h>

long lkl_mount_dev(unsigned int disk_id, unsigned int part,
		   const char *fs_type, int flags, const char *opts,
		   char *mnt_str, unsigned int mnt_str_len)
{
	uint32_t dev;
	int ret = lkl_get_virtio_blkdev(disk_id, part, &dev);

	if (ret)
		return ret;
	return lkl_mount_blkdev(dev, fs_type, flags, opts, mnt_str,
				mnt_str_len);
}

long lkl_umount_dev(unsigned int disk_id, unsigned int part, int flags,
		    long timeout_ms)
{
	uint32_t dev;
	int ret = lkl_get_virtio_blkdev(disk_id, part, &dev);

	return ret ? ret : lkl_umount_blkdev(dev, flags, timeout_ms);
}
