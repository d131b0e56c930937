/* SPDX-License-Identifier: GPL-2.0 */
/*
 * lkl_disk.h - disks of the program
 *
 * Included by <lkl.h>.
 */
#ifndef LKL_DISK_H
#define LKL_DISK_H

#include <lkl_base.h>

#ifdef __cplusplus
extern "C" {
#endif

struct lkl_dev_blk_ops;

/**
 * struct lkl_disk - a disk
 * @dev: private to liblkl
 * @fd: file descriptor of the host, which stays the program's; or
 * @handle: handle for a custom back end
 * @ops: custom back end, NULL for the host's own
 */
struct lkl_disk {
	void *dev;
	LKL_EXTENSION union {
		int fd;
		void *handle;
	};
	struct lkl_dev_blk_ops *ops;
};

#define LKL_DEV_BLK_TYPE_READ		0
#define LKL_DEV_BLK_TYPE_WRITE		1
#define LKL_DEV_BLK_TYPE_FLUSH		4
#define LKL_DEV_BLK_TYPE_FLUSH_OUT	5

#define LKL_DEV_BLK_STATUS_OK		0
#define LKL_DEV_BLK_STATUS_IOERR	1
#define LKL_DEV_BLK_STATUS_UNSUP	2

/**
 * struct lkl_blk_req - a request to a custom back end
 * @type: LKL_DEV_BLK_TYPE_*
 * @prio: 0
 * @sector: first sector of 512 bytes
 * @buf: buffers
 * @count: number of buffers
 */
struct lkl_blk_req {
	unsigned int type;
	unsigned int prio;
	unsigned long long sector;
	struct iovec *buf;
	int count;
};

/**
 * struct lkl_dev_blk_ops - a custom back end
 * @get_capacity: get the size in bytes; return 0, or a negative number on
 *	failure
 * @request: perform a request completely; return LKL_DEV_BLK_STATUS_*
 *
 * Context: called by the thread that runs the kernel; must not call LKL.
 */
struct lkl_dev_blk_ops {
	int (*get_capacity)(struct lkl_disk disk, unsigned long long *res);
	int (*request)(struct lkl_disk disk, struct lkl_blk_req *req);
};

/**
 * lkl_disk_add - add a disk, before or while the kernel runs
 * @disk: description, which is copied; @disk->dev is set
 *
 * Context: any thread.
 * Return: id of the disk, from 0; -LKL_EINVAL, -LKL_ENOSPC, -LKL_ENOMEM.
 * Since: 1.0
 */
LKL_API int lkl_disk_add(struct lkl_disk *disk);

/**
 * lkl_disk_remove - remove a disk
 * @disk: as lkl_disk_add() left it; no file system on it may be mounted
 *
 * Context: any thread.
 * Return: 0; -LKL_ENOENT; -LKL_EBUSY while the kernel boots or halts; -LKL_EIO
 * when the kernel has died: then the disk and its descriptor are in use until
 * lkl_sys_halt().
 * Since: 1.0
 */
LKL_API int lkl_disk_remove(struct lkl_disk disk);

/**
 * lkl_get_virtio_blkdev - get the device number of a disk
 * @disk_id: from lkl_disk_add()
 * @part: partition, from 1; 0 for the whole disk
 * @pdevid: receives the device number, encoded for mknod()
 *
 * Context: any thread, kernel running.
 * Return: 0; -LKL_ENOENT when there is no such disk; -LKL_ENODEV when there is
 * no such partition.
 * Since: 1.0
 */
LKL_API int lkl_get_virtio_blkdev(int disk_id, unsigned int part,
				  uint32_t *pdevid);

/**
 * lkl_encode_dev_from_sysfs - get a device number from a "dev" file of sysfs
 * @path: path of the file
 * @pdevid: receives the device number, encoded for mknod()
 *
 * Context: any thread, kernel running.
 * Return: 0; the error of reading the file; -LKL_EINVAL when the file does not
 * contain a device number.
 * Since: 1.0
 */
LKL_API int lkl_encode_dev_from_sysfs(const char *path, uint32_t *pdevid);

#ifdef __cplusplus
}
#endif

#endif /* LKL_DISK_H */
