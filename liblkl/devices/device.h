/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What devices of all kinds share.
 */
#ifndef LKL_DEVICE_H
#define LKL_DEVICE_H

#include "core/instance.h"
#include "devices/virtio.h"

/**
 * struct lkl_device - a device that was added; the beginning of one of a kind
 * @next:	link of the list, in the order of adding
 * @id:		what the program was told
 * @refused:	the program was told that it was not added
 * @dev:	its virtio side, while the kernel runs, else NULL
 * @kernel_id:	the kernel's id of that
 */
struct lkl_device {
	struct lkl_device *next;
	int id;
	bool refused;
	struct virtio_dev *dev;
	int64_t kernel_id;
};

/**
 * struct lkl_device_kind - what is different between disks and network devices
 * @create:	make @dev, for a kernel that runs or is going to
 * @destroy:	the opposite; it is not on the bus any more
 * @is_same:	two devices cannot be both, as they have the same back end; may
 *		be NULL
 */
struct lkl_device_kind {
	int (*create)(struct lkl_instance *inst, struct lkl_device *d);
	void (*destroy)(struct lkl_device *d);
	bool (*is_same)(const struct lkl_device *a, const struct lkl_device *b);
};

int lkl_devices_init(struct lkl_instance *inst, struct lkl_devices *devs,
		     const struct lkl_device_kind *kind);
/* Takes @d, which is the host's memory: its id, or an error, then it is freed. */
int lkl_devices_add(struct lkl_instance *inst, struct lkl_devices *devs,
		    struct lkl_device *d);
int lkl_devices_remove(struct lkl_instance *inst, struct lkl_devices *devs,
		       int id);
/* -LKL_ENOENT: there is none, or the kernel does not run. */
int64_t lkl_devices_kernel_id(struct lkl_instance *inst,
			      struct lkl_devices *devs, int id);

#define LKL_DEVICE_PATH	256
#define LKL_DEVICE_NAME	32

/*
 * Give the running kernel a device: its id there, or an error.  Of a kernel
 * that died meanwhile it stays on the bus, until lkl_device_release().
 */
int64_t lkl_device_attach(struct lkl_instance *inst, struct virtio_dev *dev);
/* The same for a kernel that is going to boot; @where is what it is told. */
int64_t lkl_device_attach_at_boot(struct lkl_instance *inst,
				  struct virtio_dev *dev,
				  struct lkl_boot_device *where);
/* It is not on the bus any more. */
void lkl_device_release(struct lkl_instance *inst, struct virtio_dev *dev);

/*
 * What the kernel made of it: the folder of sysfs for @class, and the entry
 * there that begins with @prefix.  Sizes as above.  0, or -LKL_ENODEV ...
 */
int lkl_device_find(int64_t id, const char *class, const char *prefix,
		    char *path, char *name);

#endif /* LKL_DEVICE_H */
