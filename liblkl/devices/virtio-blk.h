/* SPDX-License-Identifier: GPL-2.0 */
#ifndef LKL_VIRTIO_BLK_H
#define LKL_VIRTIO_BLK_H

#include "devices/virtio.h"

struct virtio_blk;

/* Open @disk's back end and make a device for it. */
int virtio_blk_create(struct lkl_instance *inst, struct lkl_disk *disk,
		      int id, struct virtio_blk **blk);
/* Close it; nothing is in flight. */
void virtio_blk_destroy(struct virtio_blk *blk);
/* What is put on the bus, behind virtio_mmio_ops. */
struct virtio_dev *virtio_blk_dev(struct virtio_blk *blk);

#endif /* LKL_VIRTIO_BLK_H */
