/* SPDX-License-Identifier: GPL-2.0 */
/*
 * lkl_mount.h - mounting disks and other file systems
 *
 * Included by <lkl.h>.
 */
#ifndef LKL_MOUNT_H
#define LKL_MOUNT_H

#include <lkl_base.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * lkl_mount_dev - mount a disk or a partition
 * @disk_id: from lkl_disk_add()
 * @part: partition, from 1; 0 for the whole disk
 * @fs_type: type of file system, as in /proc/filesystems
 * @flags: LKL_MS_*
 * @opts: options of the file system, or NULL
 * @mnt_str: receives the mount point
 * @mnt_str_len: size of @mnt_str
 *
 * Context: any thread, kernel running.
 * Return: 0 or a negative error; -LKL_ENOMEM when @mnt_str_len is too small.
 * Since: 1.0
 */
LKL_API long lkl_mount_dev(unsigned int disk_id, unsigned int part,
			   const char *fs_type, int flags, const char *opts,
			   char *mnt_str, unsigned int mnt_str_len);

/**
 * lkl_umount_dev - undo lkl_mount_dev()
 * @disk_id: as for lkl_mount_dev()
 * @part: as for lkl_mount_dev()
 * @flags: as for umount2()
 * @timeout_ms: time to retry while the file system is busy, in milliseconds
 *
 * Context: any thread, kernel running.
 * Return: 0 or a negative error; -LKL_EBUSY when the file system is still busy
 * after the time; -LKL_EIO when the file system is unmounted, but not all data
 * could be written.
 * Since: 1.0
 */
LKL_API long lkl_umount_dev(unsigned int disk_id, unsigned int part, int flags,
			    long timeout_ms);

/**
 * lkl_mount_blkdev - mount a block device by its device number
 * @dev: device number, encoded for mknod()
 * @fs_type: type of file system, as in /proc/filesystems
 * @flags: LKL_MS_*
 * @opts: options of the file system, or NULL
 * @mnt_str: receives the mount point
 * @mnt_str_len: size of @mnt_str
 *
 * Context: any thread, kernel running.
 * Return: as lkl_mount_dev().
 * Since: 1.0
 */
LKL_API long lkl_mount_blkdev(unsigned int dev, const char *fs_type, int flags,
			      const char *opts, char *mnt_str,
			      unsigned int mnt_str_len);

/**
 * lkl_umount_blkdev - undo lkl_mount_blkdev()
 * @dev: device number
 * @flags: as for umount2()
 * @timeout_ms: time to retry while the file system is busy, in milliseconds
 *
 * Context: any thread, kernel running.
 * Return: as lkl_umount_dev().
 * Since: 1.0
 */
LKL_API long lkl_umount_blkdev(unsigned int dev, int flags, long timeout_ms);

/**
 * lkl_umount_timeout - unmount, and retry while the file system is busy
 * @path: mount point
 * @flags: as for umount2()
 * @timeout_ms: time to retry, in milliseconds
 *
 * Context: any thread, kernel running.
 * Return: 0 or a negative error.
 * Since: 1.0
 */
LKL_API long lkl_umount_timeout(char *path, int flags, long timeout_ms);

/**
 * lkl_mount_fs - mount a file system that needs no device at "/<type>"
 * @fstype: type of file system: proc, sysfs, devtmpfs, tmpfs ...
 *
 * Context: any thread, kernel running.
 * Return: 0; 1 when the file system was mounted already; a negative error.
 * Since: 1.0
 */
LKL_API int lkl_mount_fs(char *fstype);

#ifdef __cplusplus
}
#endif

#endif /* LKL_MOUNT_H */
