// SPDX-License-Identifier: GPL-2.0
/*
 * How a device comes to the kernel, and leaves it.  Devices of all kinds share
 * the bus, each kind with a lock of its own, so the virtual CPU's lock protects
 * the bus.
 */
#include "devices/attach.h"
#include "devices/machine.h"

static int attach_to_bus(struct lkl_instance *inst, struct virtio_dev *dev,
			 struct lkl_boot_device *where)
{
	int slot =
		lkl_mmio_attach(&inst->machine->bus, &lkl_virtio_mmio_ops, dev);

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

int64_t lkl_device_attach(struct lkl_instance *inst, struct virtio_dev *dev)
{
	struct lkl_boot_device where;
	int64_t params[3];
	int64_t id;

	lkl_vcpu_lock(&inst->vcpu);
	id = attach_to_bus(inst, dev, &where);
	lkl_vcpu_unlock(&inst->vcpu);
	if (id)
		return id;
	params[0] = where.base;
	params[1] = where.size;
	params[2] = where.irq;
	id = lkl_request(inst, LKL_REQ_MMIO_ADD, 0, params);
	if (id < 0 && inst->vcpu.state == LKL_VCPU_RUNNING)
		lkl_device_release(inst, dev);
	return id;
}

int64_t lkl_device_attach_at_boot(struct lkl_instance *inst,
				  struct virtio_dev *dev,
				  struct lkl_boot_device *where)
{
	int ret = attach_to_bus(inst, dev, where);

	/* The kernel names devices by their interrupt line. */
	return ret ? ret : (int64_t)where->irq;
}

int64_t lkl_device_detach(struct lkl_instance *inst, int64_t kernel_id)
{
	int64_t params[] = { kernel_id };

	return lkl_request(inst, LKL_REQ_MMIO_REMOVE, 0, params);
}

void lkl_device_release(struct lkl_instance *inst, struct virtio_dev *dev)
{
	struct lkl_mmio_bus *bus = &inst->machine->bus;

	lkl_vcpu_lock(&inst->vcpu);
	/* The second time, the slot may belong to another device. */
	if (dev->slot >= 0 && bus->slots[dev->slot].dev == dev)
		lkl_mmio_detach(bus, dev->slot);
	lkl_vcpu_unlock(&inst->vcpu);
}
