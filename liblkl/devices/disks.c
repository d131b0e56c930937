// SPDX-License-Identifier: GPL-2.0
/*
 * Disks of the program.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "devices/device.h"
#include "devices/virtio-blk.h"

/**
 * struct disk - a disk of the program
 * @device:	as of all kinds
 * @disk:	what the program gave
 * @blk:	its device, while the kernel runs
 */
struct disk {
	struct lkl_device device;
	struct lkl_disk disk;
	struct virtio_blk *blk;
};

static int create(struct lkl_instance *inst, struct lkl_device *device)
{
	struct disk *d = container_of(device, struct disk, device);
	int ret = virtio_blk_create(inst, &d->disk, device->id, &d->blk);

	if (!ret)
		device->dev = virtio_blk_dev(d->blk);
	return ret;
}

static void destroy(struct lkl_device *device)
{
	virtio_blk_destroy(container_of(device, struct disk, device)->blk);
}

static const struct lkl_device_kind disk_kind = {
	.create = create,
	.destroy = destroy,
};

int lkl_disks_init(struct lkl_instance *inst)
{
	return lkl_devices_init(inst, &inst->disks, &disk_kind);
}

void lkl_disks_lost_write(struct lkl_instance *inst)
{
	__atomic_fetch_add(&inst->lost_writes, 1, __ATOMIC_RELAXED);
}

uint32_t lkl_disks_lost_writes(struct lkl_instance *inst)
{
	return __atomic_load_n(&inst->lost_writes, __ATOMIC_RELAXED);
}

int lkl_disk_add(struct lkl_disk *disk)
{
	struct lkl_instance *inst = lkl_default_instance();
	struct disk *d;
	int ret;

	if (!inst || !disk)
		return -LKL_EINVAL;
	d = inst->host->mem_alloc(sizeof(*d));
	if (!d)
		return -LKL_ENOMEM;
	*d = (struct disk) { .disk = *disk };
	ret = lkl_devices_add(inst, &inst->disks, &d->device);
	if (ret >= 0)
		disk->dev = d;
	return ret;
}

/* The id of the disk that @dev is, if it is one. */
static int id_of(struct lkl_instance *inst, const void *dev)
{
	struct lkl_device *d;
	int id = -LKL_ENOENT;

	inst->host->mutex_lock(inst->disks.lock);
	for (d = inst->disks.list; d; d = d->next)
		if (container_of(d, struct disk, device) == dev)
			id = d->id;
	inst->host->mutex_unlock(inst->disks.lock);
	return id;
}

int lkl_disk_remove(struct lkl_disk disk)
{
	struct lkl_instance *inst = lkl_default_instance();
	int id;

	if (!inst)
		return -LKL_EINVAL;
	id = id_of(inst, disk.dev);
	return id < 0 ? id : lkl_devices_remove(inst, &inst->disks, id);
}

/* Finding the device that the kernel made of a disk: sysfs tells. */

int lkl_encode_dev_from_sysfs(const char *path, uint32_t *pdevid)
{
	unsigned long major, minor;
	char buf[32], *end;
	long fd, n;

	fd = lkl_sys_open(path, LKL_O_RDONLY, 0);
	if (fd < 0)
		return fd;
	n = lkl_sys_read(fd, buf, sizeof(buf) - 1);
	lkl_sys_close(fd);
	if (n < 0)
		return n;
	buf[n] = 0;
	major = strtoul(buf, &end, 10);
	if (end == buf || *end != ':')
		return -LKL_EINVAL;
	minor = strtoul(end + 1, NULL, 10);
	/* new_encode_dev() of the kernel */
	*pdevid = (minor & 0xff) | major << 8 | (minor & ~0xffUL) << 12;
	return 0;
}

int lkl_get_virtio_blkdev(int disk_id, unsigned int part, uint32_t *pdevid)
{
	struct lkl_instance *inst = lkl_default_instance();
	char path[256], name[32];
	int64_t dev;
	int ret;

	if (!inst)
		return -LKL_EINVAL;
	dev = lkl_devices_kernel_id(inst, &inst->disks, disk_id);
	if (dev < 0)
		return dev;
	ret = lkl_device_find(dev, "block", "vd", path, name);
	if (ret)
		return ret;
	if (part)
		snprintf(path + strlen(path), sizeof(path) - strlen(path),
			 "/%s/%s%u/dev", name, name, part);
	else
		snprintf(path + strlen(path), sizeof(path) - strlen(path),
			 "/%s/dev", name);
	ret = lkl_encode_dev_from_sysfs(path, pdevid);
	return ret == -LKL_ENOENT ? -LKL_ENODEV : ret;
}
