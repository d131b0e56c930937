/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What devices of all kinds share.
 */
#ifndef LKL_DEVICE_H
#define LKL_DEVICE_H

#include "instance.h"
#include "virtio.h"

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
