// SPDX-License-Identifier: GPL-2.0
/*
 * The program's devices of one kind.  They may be added before the kernel runs,
 * and stay when it is halted and started again.
 */
#include "devices/device.h"

/*
 * While it boots or halts it does not: then a device that is added is for the
 * end of boot, or for the next one.
 */
static bool is_running(const struct lkl_instance *inst)
{
	return __atomic_load_n(&inst->phase, __ATOMIC_ACQUIRE) ==
	       LKL_PHASE_RUNNING;
}

int lkl_devices_init(struct lkl_instance *inst, struct lkl_devices *devs,
		     const struct lkl_device_kind *kind)
{
	*devs = (struct lkl_devices) {
		.kind = kind,
		.lock = inst->host->mutex_alloc(0),
	};
	return devs->lock ? 0 : -LKL_ENOMEM;
}

void lkl_devices_exit(struct lkl_instance *inst, struct lkl_devices *devs)
{
	while (devs->list) {
		struct lkl_device *d = devs->list;

		devs->list = d->next;
		inst->host->mem_free(d);
	}
	inst->host->mutex_free(devs->lock);
	devs->lock = NULL;
}

/* It is not the kernel's any more. */
static void release(struct lkl_instance *inst, struct lkl_devices *devs,
		    struct lkl_device *d)
{
	lkl_device_release(inst, d->dev);
	devs->kind->destroy(d);
	d->dev = NULL;
}

static int attach(struct lkl_instance *inst, struct lkl_devices *devs,
		  struct lkl_device *d)
{
	int ret = devs->kind->create(inst, d);

	if (ret)
		return ret;
	d->kernel_id = lkl_device_attach(inst, d->dev);
	if (d->kernel_id >= 0)
		return 0;
	/*
	 * If it died while its driver was at it, the device stays until
	 * lkl_devices_close().
	 */
	if (inst->vcpu.state == LKL_VCPU_RUNNING || !d->dev->status)
		release(inst, devs, d);
	return d->kernel_id;
}

/*
 * A kernel that died may have left requests with the back end, and a thread
 * that is at one of them: they stay until lkl_devices_close().
 */
static int detach(struct lkl_instance *inst, struct lkl_devices *devs,
		  struct lkl_device *d)
{
	int64_t ret;

	if (!d->dev)
		return 0;
	ret = lkl_instance_mmio_remove(inst, d->kernel_id);
	if (ret)
		return ret;
	release(inst, devs, d);
	return 0;
}

int lkl_devices_attach(struct lkl_instance *inst, struct lkl_devices *devs)
{
	struct lkl_device *d;
	int ret = 0;

	inst->host->mutex_lock(devs->lock);
	for (d = devs->list; d && !ret; d = d->next)
		ret = d->dev ? 0 : attach(inst, devs, d);
	inst->host->mutex_unlock(devs->lock);
	return ret;
}

int lkl_devices_detach(struct lkl_instance *inst, struct lkl_devices *devs)
{
	struct lkl_device *d;
	int ret = 0, err;

	inst->host->mutex_lock(devs->lock);
	for (d = devs->list; d; d = d->next) {
		err = detach(inst, devs, d);
		if (!ret)
			ret = err;
	}
	inst->host->mutex_unlock(devs->lock);
	return ret;
}

void lkl_devices_close(struct lkl_instance *inst, struct lkl_devices *devs)
{
	struct lkl_device **link = &devs->list, *d;

	inst->host->mutex_lock(devs->lock);
	while ((d = *link)) {
		if (d->dev)
			release(inst, devs, d);
		if (d->refused) {
			*link = d->next;
			inst->host->mem_free(d);
		} else {
			link = &d->next;
		}
	}
	inst->host->mutex_unlock(devs->lock);
}

static struct lkl_device **find(struct lkl_devices *devs, int id)
{
	struct lkl_device **link = &devs->list;

	while (*link && (*link)->id != id)
		link = &(*link)->next;
	return link;
}

/* Another one would not find a place on the bus, or not be another. */
static int check(const struct lkl_devices *devs, const struct lkl_device *new)
{
	const struct lkl_device *d;
	int n = 0;

	for (d = devs->list; d; d = d->next, n++)
		if (devs->kind->is_same && devs->kind->is_same(d, new))
			return -LKL_EBUSY;
	return n < LKL_NR_DEVICES ? 0 : -LKL_ENOSPC;
}

static int add(struct lkl_instance *inst, struct lkl_devices *devs,
	       struct lkl_device *d)
{
	int ret = check(devs, d);

	d->id = devs->next_id;
	if (!ret && is_running(inst))
		ret = attach(inst, devs, d);
	if (ret && !d->dev) {
		inst->host->mem_free(d);
		return ret;
	}
	devs->next_id++;
	/* No other has that id: the end of the list. */
	*find(devs, d->id) = d;
	/* The kernel died: its device is there until lkl_sys_halt(). */
	d->refused = ret;
	return ret ? ret : d->id;
}

int lkl_devices_add(struct lkl_instance *inst, struct lkl_devices *devs,
		    struct lkl_device *d)
{
	int ret;

	inst->host->mutex_lock(devs->lock);
	ret = add(inst, devs, d);
	inst->host->mutex_unlock(devs->lock);
	return ret;
}

int lkl_devices_remove(struct lkl_instance *inst, struct lkl_devices *devs,
		       int id)
{
	struct lkl_device **link, *d;
	int ret = -LKL_ENOENT;

	inst->host->mutex_lock(devs->lock);
	link = find(devs, id);
	d = *link;
	if (d && d->dev && !is_running(inst))
		ret = -LKL_EBUSY;
	else if (d)
		ret = detach(inst, devs, d);
	if (!ret) {
		*link = d->next;
		inst->host->mem_free(d);
	}
	inst->host->mutex_unlock(devs->lock);
	return ret;
}

int64_t lkl_devices_kernel_id(struct lkl_instance *inst,
			      struct lkl_devices *devs, int id)
{
	int64_t kernel_id = -LKL_ENOENT;
	struct lkl_device *d;

	inst->host->mutex_lock(devs->lock);
	d = *find(devs, id);
	if (d && d->dev)
		kernel_id = d->kernel_id;
	inst->host->mutex_unlock(devs->lock);
	return kernel_id;
}
