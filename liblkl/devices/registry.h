/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The program's devices of one kind.
 */
#ifndef LKL_DEVICES_REGISTRY_H
#define LKL_DEVICES_REGISTRY_H

#include "core/instance.h"
#include "virtio/virtio.h"
#include "shared/list.h"

/**
 * struct lkl_device - a device that was added; embedded in a disk, for example
 * @link:	link of the list
 * @id:		what the program was told
 * @refused:	the program was told that the device was not added
 * @dev:	its virtio side, while the kernel runs, else NULL
 * @kernel_id:	the kernel's id of @dev
 */
struct lkl_device {
	struct list link;
	int id;
	bool refused;
	struct virtio_dev *dev;
	int64_t kernel_id;
};

/**
 * struct lkl_device_kind - how disks and network devices differ
 * @create:	make @dev, for a kernel that runs or is about to boot
 * @destroy:	undo @create; the device is not on the bus any more
 * @is_same:	whether two devices have the same back end, so that the second
 *		cannot be added; may be NULL
 */
struct lkl_device_kind {
	int (*create)(struct lkl_instance *inst, struct lkl_device *d);
	void (*destroy)(struct lkl_device *d);
	bool (*is_same)(const struct lkl_device *a, const struct lkl_device *b);
};

/**
 * struct lkl_devices - the program's devices of one kind
 * @kind:	which kind
 * @lock:	protects @list
 * @list:	struct lkl_device, oldest first
 * @next_id:	id of the next device
 */
struct lkl_devices {
	const struct lkl_device_kind *kind;
	struct lkl_mutex *lock;
	struct list list;
	int next_id;
};

int lkl_devices_init(struct lkl_instance *inst, struct lkl_devices *devs,
		     const struct lkl_device_kind *kind);
void lkl_devices_exit(struct lkl_instance *inst, struct lkl_devices *devs);
/*
 * Add @d, which lies in the host's memory: return its id, or an error, then @d
 * is freed.
 */
int lkl_devices_add(struct lkl_instance *inst, struct lkl_devices *devs,
		    struct lkl_device *d);
int lkl_devices_remove(struct lkl_instance *inst, struct lkl_devices *devs,
		       int id);
/*
 * Return the kernel's id of device @id; -LKL_ENOENT when there is no such
 * device or no kernel.
 */
int64_t lkl_devices_kernel_id(struct lkl_instance *inst,
			      struct lkl_devices *devs, int id);

/* Give the devices to a kernel that has booted. */
int lkl_devices_attach(struct lkl_instance *inst, struct lkl_devices *devs);
/* Take the devices from a kernel that is about to halt; the list stays. */
int lkl_devices_detach(struct lkl_instance *inst, struct lkl_devices *devs);
/*
 * Close the devices that the kernel could not give back.  Context: the kernel
 * is gone, or never booted; no thread is in the poller.
 */
void lkl_devices_close(struct lkl_instance *inst, struct lkl_devices *devs);

#endif /* LKL_DEVICES_REGISTRY_H */
