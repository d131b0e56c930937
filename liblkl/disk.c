// SPDX-License-Identifier: GPL-2.0
/*
 * Disks of the program.  They may be added before the kernel runs, and stay
 * when it is halted and started again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device.h"
#include "virtio-blk.h"

/**
 * struct disk - a disk that was added
 * @next:	link of the list, in the order of adding
 * @disk:	what the program gave
 * @id:		what it was told
 * @blk:	its device, while the kernel runs
 * @dev:	the kernel's id of that
 */
struct disk {
	struct disk *next;
	struct lkl_disk disk;
	int id;
	struct virtio_blk *blk;
	int64_t dev;
};

static bool is_running(const struct lkl_instance *inst)
{
	return __atomic_load_n(&inst->phase, __ATOMIC_ACQUIRE) !=
	       LKL_PHASE_INIT;
}

int lkl_disks_init(struct lkl_instance *inst)
{
	inst->disks.lock = inst->host->mutex_alloc(0);
	return inst->disks.lock ? 0 : -LKL_ENOMEM;
}

void lkl_disks_exit(struct lkl_instance *inst)
{
	while (inst->disks.list) {
		struct disk *d = inst->disks.list;

		inst->disks.list = d->next;
		inst->host->mem_free(d);
	}
	inst->host->mutex_free(inst->disks.lock);
	inst->disks.lock = NULL;
}

static int attach(struct lkl_instance *inst, struct disk *d)
{
	int ret = virtio_blk_create(inst, &d->disk, d->id, &d->blk);

	if (ret)
		return ret;
	d->dev = lkl_device_attach(inst, virtio_blk_dev(d->blk));
	if (d->dev >= 0)
		return 0;
	/* It died meanwhile: see detach(). */
	if (inst->vcpu.state != LKL_VCPU_RUNNING)
		return d->dev;
	virtio_blk_destroy(d->blk);
	d->blk = NULL;
	return d->dev;
}

static void release(struct lkl_instance *inst, struct disk *d)
{
	lkl_device_release(inst, virtio_blk_dev(d->blk));
	virtio_blk_destroy(d->blk);
	d->blk = NULL;
}

/*
 * A kernel that died may have left requests with the back end, and a thread
 * that is at one of them: they stay until lkl_disks_close().
 */
static int detach(struct lkl_instance *inst, struct disk *d)
{
	int64_t ret;

	if (!d->blk)
		return 0;
	ret = lkl_instance_mmio_remove(inst, d->dev);
	if (ret)
		return ret;
	release(inst, d);
	return 0;
}

void lkl_disks_lost_write(struct lkl_instance *inst)
{
	__atomic_fetch_add(&inst->disks.lost_writes, 1, __ATOMIC_RELAXED);
}

uint32_t lkl_disks_lost_writes(struct lkl_instance *inst)
{
	return __atomic_load_n(&inst->disks.lost_writes, __ATOMIC_RELAXED);
}

int lkl_disks_attach(struct lkl_instance *inst)
{
	struct disk *d;
	int ret = 0;

	inst->disks.lost_writes = 0;
	inst->host->mutex_lock(inst->disks.lock);
	for (d = inst->disks.list; d && !ret; d = d->next)
		ret = attach(inst, d);
	inst->host->mutex_unlock(inst->disks.lock);
	return ret;
}

int lkl_disks_detach(struct lkl_instance *inst)
{
	struct disk *d;
	int ret = 0, err;

	inst->host->mutex_lock(inst->disks.lock);
	for (d = inst->disks.list; d; d = d->next) {
		err = detach(inst, d);
		if (!ret)
			ret = err;
	}
	inst->host->mutex_unlock(inst->disks.lock);
	return ret;
}

void lkl_disks_close(struct lkl_instance *inst)
{
	struct disk *d;

	inst->host->mutex_lock(inst->disks.lock);
	for (d = inst->disks.list; d; d = d->next)
		if (d->blk)
			release(inst, d);
	inst->host->mutex_unlock(inst->disks.lock);
}

static struct disk **find(struct lkl_instance *inst, int id)
{
	struct disk **link = &inst->disks.list;

	while (*link && (*link)->id != id)
		link = &(*link)->next;
	return link;
}

int lkl_disk_add(struct lkl_disk *disk)
{
	struct lkl_instance *inst = lkl_default_instance();
	struct disk *d, **link;
	int ret = 0;

	if (!inst || !disk)
		return -LKL_EINVAL;
	d = inst->host->mem_alloc(sizeof(*d));
	if (!d)
		return -LKL_ENOMEM;
	inst->host->mutex_lock(inst->disks.lock);
	*d = (struct disk) { .disk = *disk, .id = inst->disks.next_id };
	if (is_running(inst))
		ret = attach(inst, d);
	if (ret && !d->blk) {
		inst->host->mem_free(d);
	} else {
		if (!ret)
			ret = inst->disks.next_id++;
		for (link = &inst->disks.list; *link; link = &(*link)->next)
			;
		*link = d;
		disk->dev = d;
	}
	inst->host->mutex_unlock(inst->disks.lock);
	return ret;
}

int lkl_disk_remove(struct lkl_disk disk)
{
	struct lkl_instance *inst = lkl_default_instance();
	struct disk **link, *d;
	int ret = -LKL_ENOENT;

	if (!inst)
		return -LKL_EINVAL;
	inst->host->mutex_lock(inst->disks.lock);
	for (link = &inst->disks.list; *link; link = &(*link)->next) {
		d = *link;
		if (d != disk.dev)
			continue;
		ret = is_running(inst) ? detach(inst, d) : 0;
		if (ret)
			break;
		*link = d->next;
		inst->host->mem_free(d);
		break;
	}
	inst->host->mutex_unlock(inst->disks.lock);
	return ret;
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
	struct disk *d;
	int64_t dev;
	int ret;

	if (!inst)
		return -LKL_EINVAL;
	inst->host->mutex_lock(inst->disks.lock);
	d = *find(inst, disk_id);
	dev = d && d->blk ? d->dev : -LKL_ENOENT;
	inst->host->mutex_unlock(inst->disks.lock);
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
