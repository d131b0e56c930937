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
 * @part: partition, 0 for the whole disk
 * @fs_type: type, as in /proc/filesystems
 * @flags: LKL_MS_*
 * @opts: options of the file system, or NULL
 * @mnt_str: receives the mount point
 * @mnt_str_len: its size
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
 * @disk_id: as there
 * @part: as there
 * @flags: of umount2()
 * @timeout_ms: how long to go on while it is busy
 *
 * Context: any thread, kernel running.
 * Return: 0 or a negative error; -LKL_EBUSY after the time; -LKL_EIO when it
 * is unmounted, but not all could be written.
 * Since: 1.0
 */
LKL_API long lkl_umount_dev(unsigned int disk_id, unsigned int part, int flags,
			    long timeout_ms);

/**
 * lkl_mount_blkdev - as lkl_mount_dev(), by device number
 * @dev: device number, encoded for mknod()
 * @fs_type: type
 * @flags: LKL_MS_*
 * @opts: options, or NULL
 * @mnt_str: receives the mount point
 * @mnt_str_len: its size
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
 * @flags: of umount2()
 * @timeout_ms: how long to go on while it is busy
 *
 * Context: any thread, kernel running.
 * Return: as lkl_umount_dev().
 * Since: 1.0
 */
LKL_API long lkl_umount_blkdev(unsigned int dev, int flags, long timeout_ms);

/**
 * lkl_umount_timeout - umount2(), again and again while it is busy
 * @path: mount point
 * @flags: of umount2()
 * @timeout_ms: for how long
 *
 * Context: any thread, kernel running.
 * Return: 0 or a negative error.
 * Since: 1.0
 */
LKL_API long lkl_umount_timeout(char *path, int flags, long timeout_ms);

/**
 * lkl_mount_fs - mount a file system that needs no device at "/<type>"
 * @fstype: proc, sysfs, devtmpfs, tmpfs ...
 *
 * Context: any thread, kernel running.
 * Return: 0; 1 when it was mounted already; a negative error.
 * Since: 1.0
 */
LKL_API int lkl_mount_fs(char *fstype);

#ifdef __cplusplus
}
#endif

#endif /* LKL_MOUNT_H */
