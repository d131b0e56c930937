// SPDX-License-Identifier: GPL-2.0
/*
 * Disks of the program.
 */
#include "devices/machine.h"
#include "virtio/virtio-blk.h"

/**
 * struct disk - a disk of the program
 * @device:	what devices of all kinds have
 * @disk:	what the program gave
 * @blk:	its device, while the kernel runs
 */
struct disk {
	struct lkl_device device;
	struct lkl_disk disk;
	struct virtio_blk *blk;
};

static int disk_create(struct lkl_instance *inst, struct lkl_device *device)
{
	struct disk *d = container_of(device, struct disk, device);
	int ret = lkl_virtio_blk_create(inst, &d->disk, device->id, &d->blk);

	if (!ret)
		device->dev = lkl_virtio_blk_dev(d->blk);
	return ret;
}

static void disk_destroy(struct lkl_device *device)
{
	lkl_virtio_blk_destroy(container_of(device, struct disk, device)->blk);
}

static const struct lkl_device_kind disk_kind = {
	.create = disk_create,
	.destroy = disk_destroy,
};

int lkl_disks_init(struct lkl_instance *inst)
{
	return lkl_devices_init(inst, &inst->machine->disks, &disk_kind);
}

int lkl_disk_add(struct lkl_disk *disk)
{
	struct lkl_instance *inst = lkl_this_instance();
	struct disk *d;
	int ret;

	if (!inst || !disk)
		return -LKL_EINVAL;
	d = inst->host->mem_alloc(sizeof(*d));
	if (!d)
		return -LKL_ENOMEM;
	*d = (struct disk) { .disk = *disk };
	ret = lkl_devices_add(inst, &inst->machine->disks, &d->device);
	if (ret >= 0)
		disk->dev = d;
	return ret;
}

/* Return the id of the disk at @dev, -LKL_ENOENT when no disk is there. */
static int disk_find_id(struct lkl_instance *inst, const void *dev)
{
	struct lkl_devices *disks = &inst->machine->disks;
	struct lkl_device *d;
	int id = -LKL_ENOENT;

	inst->host->mutex_lock(disks->lock);
	list_for_each(d, &disks->list, link)
		if (container_of(d, struct disk, device) == dev)
			id = d->id;
	inst->host->mutex_unlock(disks->lock);
	return id;
}

int lkl_disk_remove(struct lkl_disk disk)
{
	struct lkl_instance *inst = lkl_this_instance();
	int id;

	if (!inst)
		return -LKL_EINVAL;
	id = disk_find_id(inst, disk.dev);
	return id < 0 ? id :
	       lkl_devices_remove(inst, &inst->machine->disks, id);
}
