/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The machine of a kernel: a bus, disks, network devices, and descriptors of
 * the host.
 */
#ifndef LKL_DEVICES_MACHINE_H
#define LKL_DEVICES_MACHINE_H

#include "core/instance.h"
#include "virtio/bus.h"
#include "devices/hostfds.h"
#include "devices/registry.h"

/**
 * struct lkl_machine - the devices of a kernel
 * @bus:	devices as the kernel sees them
 * @disks:	the program's disks
 * @netdevs:	the program's network devices
 * @hostfds:	descriptors of the host that tasks wait for
 */
struct lkl_machine {
	struct lkl_mmio_bus bus;
	struct lkl_devices disks;
	struct lkl_devices netdevs;
	struct lkl_hostfds hostfds;
};

/* machine.c: what life/ does with all devices at once */
int lkl_machine_init(struct lkl_instance *inst, struct lkl_machine *machine);
void lkl_machine_exit(struct lkl_instance *inst);
/* Fill in the kernel's callbacks that concern devices. */
void lkl_machine_set_callbacks(struct lkl_callbacks *callbacks);
/* Give a kernel that has booted the devices that it does not have yet. */
int lkl_machine_attach(struct lkl_instance *inst);
/* Close what the kernel could not give back; see lkl_devices_close(). */
void lkl_machine_close(struct lkl_instance *inst);

/* disks.c */
int lkl_disks_init(struct lkl_instance *inst);

/* netdevs.c */
int lkl_netdevs_init(struct lkl_instance *inst);
/* Close the back ends in the child of a fork(). */
void lkl_netdevs_forked(struct lkl_instance *inst);
/*
 * Make the devices for a kernel that is about to boot, and fill in @devices,
 * room for LKL_NR_DEVICES.  Return their number, or an error and no device.
 */
int lkl_netdevs_boot(struct lkl_instance *inst,
		     struct lkl_boot_device *devices);

#endif /* LKL_DEVICES_MACHINE_H */
