// SPDX-License-Identifier: GPL-2.0
/*
 * The program's devices of one kind.  A device may be added before the kernel
 * runs, and stays when the kernel is halted and started again.
 */
#include "devices/attach.h"
#include "devices/registry.h"

/*
 * A kernel that boots or halts does not run: a device that is added meanwhile
 * is attached at the end of boot, or at the next boot.
 */
static bool registry_is_running(const struct lkl_instance *inst)
{
	return lkl_phase(inst) == LKL_PHASE_RUNNING;
}

int lkl_devices_init(struct lkl_instance *inst, struct lkl_devices *devs,
		     const struct lkl_device_kind *kind)
{
	*devs = (struct lkl_devices) {
		.kind = kind,
		.lock = inst->host->mutex_alloc(0),
	};
	list_init(&devs->list);
	return devs->lock ? 0 : -LKL_ENOMEM;
}

static void registry_free(struct lkl_instance *inst, struct lkl_device *d)
{
	list_remove(&d->link);
	inst->host->mem_free(d);
}

void lkl_devices_exit(struct lkl_instance *inst, struct lkl_devices *devs)
{
	struct lkl_device *d, *tmp;

	list_for_each_safe(d, tmp, &devs->list, link)
		registry_free(inst, d);
	inst->host->mutex_free(devs->lock);
	devs->lock = NULL;
}

/* Destroy the virtio side of a device that the kernel does not use any more. */
static void registry_release(struct lkl_instance *inst,
			     struct lkl_devices *devs, struct lkl_device *d)
{
	lkl_device_release(inst, d->dev);
	devs->kind->destroy(d);
	d->dev = NULL;
}

static int registry_attach(struct lkl_instance *inst, struct lkl_devices *devs,
			   struct lkl_device *d)
{
	int ret = devs->kind->create(inst, d);

	if (ret)
		return ret;
	d->kernel_id = lkl_device_attach(inst, d->dev);
	if (d->kernel_id >= 0)
		return 0;
	/*
	 * When the kernel died while its driver set up the device, the device
	 * stays until lkl_devices_close().
	 */
	if (inst->vcpu.state == LKL_VCPU_RUNNING || !d->dev->status)
		registry_release(inst, devs, d);
	return d->kernel_id;
}

/*
 * A kernel that died may have left requests with the back end, and a thread
 * that performs one of them: such a device stays until lkl_devices_close().
 */
static int registry_detach(struct lkl_instance *inst, struct lkl_devices *devs,
			   struct lkl_device *d)
{
	int64_t ret;

	if (!d->dev)
		return 0;
	ret = lkl_device_detach(inst, d->kernel_id);
	if (ret)
		return ret;
	registry_release(inst, devs, d);
	return 0;
}

int lkl_devices_attach(struct lkl_instance *inst, struct lkl_devices *devs)
{
	struct lkl_device *d;
	int ret = 0;

	inst->host->mutex_lock(devs->lock);
	list_for_each(d, &devs->list, link) {
		ret = d->dev ? 0 : registry_attach(inst, devs, d);
		if (ret)
			break;
	}
	inst->host->mutex_unlock(devs->lock);
	return ret;
}

int lkl_devices_detach(struct lkl_instance *inst, struct lkl_devices *devs)
{
	struct lkl_device *d;
	int ret = 0, err;

	inst->host->mutex_lock(devs->lock);
	list_for_each(d, &devs->list, link) {
		err = registry_detach(inst, devs, d);
		if (!ret)
			ret = err;
	}
	inst->host->mutex_unlock(devs->lock);
	return ret;
}

void lkl_devices_close(struct lkl_instance *inst, struct lkl_devices *devs)
{
	struct lkl_device *d, *tmp;

	inst->host->mutex_lock(devs->lock);
	list_for_each_safe(d, tmp, &devs->list, link) {
		if (d->dev)
			registry_release(inst, devs, d);
		if (d->refused)
			registry_free(inst, d);
	}
	inst->host->mutex_unlock(devs->lock);
}

static struct lkl_device *registry_find(struct lkl_devices *devs, int id)
{
	struct lkl_device *d;

	list_for_each(d, &devs->list, link)
		if (d->id == id)
			return d;
	return NULL;
}

/* Return an error when @new has the back end of another, or no free slot. */
static int registry_check(const struct lkl_devices *devs,
			  const struct lkl_device *new)
{
	const struct lkl_device *d;
	int n = 0;

	list_for_each(d, &devs->list, link) {
		if (devs->kind->is_same && devs->kind->is_same(d, new))
			return -LKL_EBUSY;
		n++;
	}
	return n < LKL_NR_DEVICES ? 0 : -LKL_ENOSPC;
}

static int registry_add(struct lkl_instance *inst, struct lkl_devices *devs,
			struct lkl_device *d)
{
	int ret = registry_check(devs, d);

	d->id = devs->next_id;
	if (!ret && registry_is_running(inst))
		ret = registry_attach(inst, devs, d);
	if (ret && !d->dev) {
		inst->host->mem_free(d);
		return ret;
	}
	devs->next_id++;
	list_add_tail(&devs->list, &d->link);
	/* The kernel died: its device is there until lkl_sys_halt(). */
	d->refused = ret;
	return ret ? ret : d->id;
}

int lkl_devices_add(struct lkl_instance *inst, struct lkl_devices *devs,
		    struct lkl_device *d)
{
	int ret;

	inst->host->mutex_lock(devs->lock);
	ret = registry_add(inst, devs, d);
	inst->host->mutex_unlock(devs->lock);
	return ret;
}

int lkl_devices_remove(struct lkl_instance *inst, struct lkl_devices *devs,
		       int id)
{
	struct lkl_device *d;
	int ret = -LKL_ENOENT;

	inst->host->mutex_lock(devs->lock);
	d = registry_find(devs, id);
	if (d && d->dev && !registry_is_running(inst))
		ret = -LKL_EBUSY;
	else if (d)
		ret = registry_detach(inst, devs, d);
	if (!ret)
		registry_free(inst, d);
	inst->host->mutex_unlock(devs->lock);
	return ret;
}

int64_t lkl_devices_kernel_id(struct lkl_instance *inst,
			      struct lkl_devices *devs, int id)
{
	int64_t kernel_id = -LKL_ENOENT;
	struct lkl_device *d;

	inst->host->mutex_lock(devs->lock);
	d = registry_find(devs, id);
	if (d && d->dev)
		kernel_id = d->kernel_id;
	inst->host->mutex_unlock(devs->lock);
	return kernel_id;
}
