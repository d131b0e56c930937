/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How a device comes to the kernel, and leaves it.
 */
#ifndef LKL_DEVICES_ATTACH_H
#define LKL_DEVICES_ATTACH_H

#include "core/instance.h"
#include "virtio/virtio.h"

/*
 * Give a device to the running kernel: return the kernel's id of it, or an
 * error.  When the kernel died meanwhile, the device stays on the bus until
 * lkl_device_release().
 */
int64_t lkl_device_attach(struct lkl_instance *inst, struct virtio_dev *dev);
/*
 * The same for a kernel that is about to boot; fill in @where, which the kernel
 * gets as a boot argument.
 */
int64_t lkl_device_attach_at_boot(struct lkl_instance *inst,
				  struct virtio_dev *dev,
				  struct lkl_boot_device *where);
/* Make the kernel give up device @kernel_id. */
int64_t lkl_device_detach(struct lkl_instance *inst, int64_t kernel_id);
/* Take a device from the bus, if it is there. */
void lkl_device_release(struct lkl_instance *inst, struct virtio_dev *dev);

#endif /* LKL_DEVICES_ATTACH_H */
