/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The virtio block device model.
 */
#ifndef LKL_VIRTIO_BLK_H
#define LKL_VIRTIO_BLK_H

#include "virtio/virtio.h"

struct virtio_blk;

/* Open the back end of @disk and make a device for it: return 0 or an error. */
int lkl_virtio_blk_create(struct lkl_instance *inst, struct lkl_disk *disk,
			  int id, struct virtio_blk **blk);
/* Close the back end; no request is in flight. */
void lkl_virtio_blk_destroy(struct virtio_blk *blk);
/* Return what is put on the bus, behind lkl_virtio_mmio_ops. */
struct virtio_dev *lkl_virtio_blk_dev(struct virtio_blk *blk);

#endif /* LKL_VIRTIO_BLK_H */
