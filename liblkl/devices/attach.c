// SPDX-License-Identifier: GPL-2.0
/*
 * What devices of all kinds share: how they come to the kernel, and what it
 * made of them.
 */
#include <stdio.h>
#include <string.h>

#include "devices/device.h"

static int place(struct lkl_instance *inst, struct virtio_dev *dev,
		 struct lkl_boot_device *where)
{
	int slot = lkl_mmio_attach(&inst->bus, &virtio_mmio_ops, dev);

	dev->slot = slot;
	if (slot < 0)
		return slot;
	*where = (struct lkl_boot_device) {
		.base = LKL_MMIO_BASE + (uint64_t)slot * LKL_MMIO_WINDOW,
		.size = LKL_MMIO_WINDOW,
		.irq = LKL_SLOT_IRQ(slot),
	};
	return 0;
}

/* The bus is shared by devices of all kinds, each with a lock of its own. */
int64_t lkl_device_attach(struct lkl_instance *inst, struct virtio_dev *dev)
{
	struct lkl_boot_device where;
	int64_t id;

	lkl_vcpu_lock(&inst->vcpu);
	id = place(inst, dev, &where);
	lkl_vcpu_unlock(&inst->vcpu);
	if (id)
		return id;
	id = lkl_instance_mmio_add(inst, where.base, where.size, where.irq);
	if (id < 0 && inst->vcpu.state == LKL_VCPU_RUNNING)
		lkl_device_release(inst, dev);
	return id;
}

/* The kernel names devices by their interrupt line. */
int64_t lkl_device_attach_at_boot(struct lkl_instance *inst,
				  struct virtio_dev *dev,
				  struct lkl_boot_device *where)
{
	int ret = place(inst, dev, where);

	return ret ? ret : (int64_t)where->irq;
}

void lkl_device_release(struct lkl_instance *inst, struct virtio_dev *dev)
{
	lkl_vcpu_lock(&inst->vcpu);
	/* The second time the slot may be another device's. */
	if (dev->slot >= 0 && inst->bus.slots[dev->slot].dev == dev)
		lkl_mmio_detach(&inst->bus, dev->slot);
	lkl_vcpu_unlock(&inst->vcpu);
}

/* The one entry of a directory whose name begins with @prefix. */
static int find_entry(const char *path, const char *prefix, char *name)
{
	struct lkl_linux_dirent64 *de;
	struct lkl_dir *dir;
	int err;

	dir = lkl_opendir(path, &err);
	if (!dir)
		return err;
	err = -LKL_ENODEV;
	while ((de = lkl_readdir(dir))) {
		if (strncmp(de->d_name, prefix, strlen(prefix)) ||
		    !strcmp(de->d_name, ".") || !strcmp(de->d_name, ".."))
			continue;
		err = 0;
		if (snprintf(name, LKL_DEVICE_NAME, "%s", de->d_name) >=
		    LKL_DEVICE_NAME)
			err = -LKL_ENAMETOOLONG;
		break;
	}
	lkl_closedir(dir);
	return err;
}

int lkl_device_find(int64_t id, const char *class, const char *prefix,
		    char *path, char *name)
{
	char virtio[LKL_DEVICE_NAME];
	int ret = lkl_mount_fs("sysfs");

	if (ret < 0)
		return ret;
	snprintf(path, LKL_DEVICE_PATH,
		 "/sysfs/devices/platform/virtio-mmio.%d", (int)id);
	ret = find_entry(path, "virtio", virtio);
	if (ret)
		return ret;
	snprintf(path, LKL_DEVICE_PATH,
		 "/sysfs/devices/platform/virtio-mmio.%d/%s/%s", (int)id,
		 virtio, class);
	return find_entry(path, prefix, name);
}
