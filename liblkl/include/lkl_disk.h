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
 * @dev: private to liblkl; lkl_disk_add() sets it
 * @fd: the host's descriptor of a file or a block device, if @ops is NULL.  If
 *	the descriptor is read-only, the disk is read-only
 * @handle: for use by the custom back end, if @ops is not NULL.  On Windows, if
 *	@ops is NULL: the handle of a file, a volume or a drive, instead of @fd.
 *	The handle of a file must not have FILE_FLAG_NO_BUFFERING.  The system
 *	performs several requests at the same time only if the handle has
 *	FILE_FLAG_OVERLAPPED, or if the share mode (FILE_SHARE_...) of the handle
 *	permits the access that the handle itself has
 * @ops: custom back end; NULL: the host library reads and writes @fd, or @handle
 *	on Windows
 *
 * The program must keep @fd open, and keep @handle and @ops valid, until
 * lkl_disk_remove(), lkl_cleanup() or lkl_instance_destroy().  liblkl does not
 * close @fd or @handle.
 */
struct lkl_disk {
	void *dev;
	LKL_EXTENSION union {
		int fd;
		void *handle;
	};
	struct lkl_dev_blk_ops *ops;
};

/* Types of requests */
#define LKL_DEV_BLK_TYPE_READ		0	/* read into the buffers */
#define LKL_DEV_BLK_TYPE_WRITE		1	/* write from the buffers */
#define LKL_DEV_BLK_TYPE_FLUSH		4	/* make all writes durable */
#define LKL_DEV_BLK_TYPE_FLUSH_OUT	5	/* not used */

/* Results of requests */
#define LKL_DEV_BLK_STATUS_OK		0	/* the request succeeded */
#define LKL_DEV_BLK_STATUS_IOERR	1	/* the request failed */
#define LKL_DEV_BLK_STATUS_UNSUP	2	/* the type is not supported */

/**
 * struct lkl_blk_req - a request to a custom back end
 * @type: LKL_DEV_BLK_TYPE_READ (read into the buffers), LKL_DEV_BLK_TYPE_WRITE
 *	(write from the buffers) or LKL_DEV_BLK_TYPE_FLUSH (make all writes
 *	durable)
 * @prio: always 0
 * @sector: number of the first sector; a sector has 512 bytes
 * @buf: buffers, valid until the request function returns; the sum of their
 *	lengths is a multiple of 512
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
 * @get_capacity: store the size of the disk in bytes in *@res; return 0, or a
 *	negative number on failure
 * @request: perform all of a request; return LKL_DEV_BLK_STATUS_OK,
 *	LKL_DEV_BLK_STATUS_IOERR (the request failed) or
 *	LKL_DEV_BLK_STATUS_UNSUP (the type is not supported)
 *
 * Context: any thread may call these functions.  Calls of @request do not
 * overlap, and the kernel waits until @request returns.  The functions must not
 * call LKL.
 */
struct lkl_dev_blk_ops {
	int (*get_capacity)(struct lkl_disk disk, unsigned long long *res);
	int (*request)(struct lkl_disk disk, struct lkl_blk_req *req);
};

/**
 * lkl_disk_add - add a disk, before or while the kernel runs
 * @disk: description, which is copied; the function sets @disk->dev, which
 *	lkl_disk_remove() needs
 *
 * If the kernel runs, the disk can be used when the function returns.
 * Otherwise, the disk appears at the next boot, and an error in opening the
 * disk is an error of lkl_start_kernel().
 *
 * If the kernel dies during this call, there is no disk, but the program must keep
 * @disk->fd, @disk->handle and @disk->ops usable until lkl_sys_halt().
 *
 * Context: any thread, after lkl_init().
 * Return: id of the disk, from 0; -LKL_EINVAL when @disk is NULL, or before
 * lkl_init(); -LKL_ENOSPC when there are too many devices: the limit is 60;
 * -LKL_ENOMEM; -LKL_EIO when the kernel has died; or an error of the back end.
 * Since: 1.0
 */
LKL_API int lkl_disk_add(struct lkl_disk *disk);

/**
 * lkl_disk_remove - remove a disk
 * @disk: the structure that lkl_disk_add() filled in
 *
 * Unmount the file systems of the disk first.
 *
 * Context: any thread, after lkl_init().
 * Return: 0; -LKL_EINVAL before lkl_init(); -LKL_ENOENT when there is no such
 * disk; -LKL_EBUSY while the kernel boots or halts; -LKL_EIO when the kernel
 * has died: then the disk and its descriptor are in use until lkl_sys_halt().
 * Since: 1.0
 */
LKL_API int lkl_disk_remove(struct lkl_disk disk);

/**
 * lkl_get_virtio_blkdev - get the device number of a disk
 * @disk_id: id of the disk, from lkl_disk_add()
 * @part: number of the partition, from 1; 0: the whole disk
 * @pdevid: receives the device number, encoded as lkl_sys_mknod() takes it
 *
 * The function mounts sysfs at /sysfs if necessary.
 *
 * Context: any thread, kernel running.
 * Return: 0; -LKL_ENOENT when there is no such disk, or no kernel runs;
 * -LKL_ENODEV when there is no such partition.
 * Since: 1.0
 */
LKL_API int lkl_get_virtio_blkdev(int disk_id, unsigned int part,
				  uint32_t *pdevid);

/**
 * lkl_encode_dev_from_sysfs - get a device number from a "dev" file of sysfs
 * @path: path of the file in the kernel, such as "/sysfs/block/vda/dev"
 * @pdevid: receives the device number, encoded as lkl_sys_mknod() takes it
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
