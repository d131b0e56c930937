// SPDX-License-Identifier: GPL-2.0
/*
 * All devices of a kernel together, and the kernel's accesses to the bus.
 */
#include "core/host-thread.h"
#include "devices/machine.h"

static uint64_t LKL_ABI cb_mmio_read(uint64_t addr, uint32_t size)
{
	return lkl_mmio_read(&lkl_thread_binding()->machine->bus, addr, size);
}

static void LKL_ABI cb_mmio_write(uint64_t addr, uint64_t val, uint32_t size)
{
	struct lkl_instance *inst = lkl_thread_binding();

	lkl_mmio_write(&inst->machine->bus, addr, val, size);
	lkl_vcpu_expect_io(&inst->vcpu);
}

void lkl_machine_set_callbacks(struct lkl_callbacks *callbacks)
{
	callbacks->mmio_read = cb_mmio_read;
	callbacks->mmio_write = cb_mmio_write;
	lkl_hostfds_set_callbacks(callbacks);
}

int lkl_machine_init(struct lkl_instance *inst, struct lkl_machine *machine)
{
	int ret;

	*machine = (struct lkl_machine) { };
	inst->machine = machine;
	lkl_hostfds_init(&machine->hostfds);
	ret = lkl_disks_init(inst);
	if (ret)
		return ret;
	ret = lkl_netdevs_init(inst);
	if (ret)
		lkl_devices_exit(inst, &machine->disks);
	return ret;
}

void lkl_machine_exit(struct lkl_instance *inst)
{
	lkl_devices_exit(inst, &inst->machine->netdevs);
	lkl_devices_exit(inst, &inst->machine->disks);
}

int lkl_machine_attach(struct lkl_instance *inst)
{
	int ret = lkl_devices_attach(inst, &inst->machine->disks);

	/* Network devices that were added during boot */
	return ret ? ret : lkl_devices_attach(inst, &inst->machine->netdevs);
}

void lkl_machine_close(struct lkl_instance *inst)
{
	lkl_devices_close(inst, &inst->machine->disks);
	lkl_devices_close(inst, &inst->machine->netdevs);
	lkl_hostfds_close(inst);
}
