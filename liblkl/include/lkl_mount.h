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
 * @disk_id: id of the disk, from lkl_disk_add()
 * @part: number of the partition, from 1; 0: the whole disk
 * @fs_type: type of file system, as in /proc/filesystems
 * @flags: flags of mount(2), LKL_MS_*
 * @opts: mount options of the file system, or NULL
 * @mnt_str: receives the path of the mount point, terminated by a zero; 32
 *	bytes are enough
 * @mnt_str_len: size of @mnt_str in bytes
 *
 * The function creates the mount point, a directory in /mnt.
 *
 * Context: any thread, kernel running.
 * Return: 0; -LKL_ENOENT when there is no such disk; -LKL_ENODEV when there is
 * no such partition or type; -LKL_ENOMEM when @mnt_str_len is too small;
 * -LKL_EINVAL when the contents are no file system of this type, or an option
 * is wrong; or another error of mount(2).
 * Since: 1.0
 */
LKL_API long lkl_mount_dev(unsigned int disk_id, unsigned int part,
			   const char *fs_type, int flags, const char *opts,
			   char *mnt_str, unsigned int mnt_str_len);

/**
 * lkl_umount_dev - undo lkl_mount_dev()
 * @disk_id: as for lkl_mount_dev()
 * @part: as for lkl_mount_dev()
 * @flags: flags of umount2(2), such as LKL_MNT_DETACH
 * @timeout_ms: time to retry while the file system is busy, in milliseconds
 *
 * The function also removes the mount point.
 *
 * Context: any thread, kernel running.
 * Return: 0; -LKL_EBUSY when the file system is still busy after @timeout_ms;
 * -LKL_EIO when the file system is unmounted, but some data could not be
 * written; -LKL_ENOENT when there is no such disk, or when nothing is mounted;
 * -LKL_ENODEV when there is no such partition; or another error of umount2(2).
 * Since: 1.0
 */
LKL_API long lkl_umount_dev(unsigned int disk_id, unsigned int part, int flags,
			    long timeout_ms);

/**
 * lkl_mount_blkdev - mount a block device by its device number
 * @dev: device number, encoded as lkl_sys_mknod() takes it
 * @fs_type: as for lkl_mount_dev()
 * @flags: as for lkl_mount_dev()
 * @opts: as for lkl_mount_dev()
 * @mnt_str: as for lkl_mount_dev()
 * @mnt_str_len: size of @mnt_str in bytes
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
 * @dev: as for lkl_mount_blkdev()
 * @flags: flags of umount2(2), such as LKL_MNT_DETACH
 * @timeout_ms: time to retry while the file system is busy, in milliseconds
 *
 * The function also removes the mount point.
 *
 * Context: any thread, kernel running.
 * Return: as lkl_umount_dev().
 * Since: 1.0
 */
LKL_API long lkl_umount_blkdev(unsigned int dev, int flags, long timeout_ms);

/**
 * lkl_umount_timeout - unmount, and retry while the file system is busy
 * @path: path of the mount point in the kernel
 * @flags: flags of umount2(2), such as LKL_MNT_DETACH
 * @timeout_ms: time to retry while the file system is busy, in milliseconds
 *
 * Context: any thread, kernel running.
 * Return: 0; -LKL_EBUSY when the file system is still busy after @timeout_ms;
 * -LKL_EIO when the file system is unmounted, but some data could not be
 * written; -LKL_EINVAL when @path is no mount point; or another error of
 * umount2(2).
 * Since: 1.0
 */
LKL_API long lkl_umount_timeout(char *path, int flags, long timeout_ms);

/**
 * lkl_mount_fs - mount a file system that needs no device
 * @fstype: type of file system, such as "proc", "sysfs" or "tmpfs"
 *
 * The mount point is a directory with the name of the type, such as /proc.  The
 * function creates the directory if necessary.
 *
 * Context: any thread, kernel running.
 * Return: 0; 1 when the file system was mounted already; -LKL_ENODEV when there
 * is no such type; -LKL_ENAMETOOLONG; or another error of mount(2).
 * Since: 1.0
 */
LKL_API int lkl_mount_fs(char *fstype);

#ifdef __cplusplus
}
#endif

#endif /* LKL_MOUNT_H */
