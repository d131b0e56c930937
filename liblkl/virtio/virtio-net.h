/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The virtio network device model.
 */
#ifndef LKL_VIRTIO_NET_H
#define LKL_VIRTIO_NET_H

#include "virtio/virtio.h"

struct virtio_net;

/*
 * Make a device for the back end @nd, which stays the caller's.  @offload:
 * features that the device may offer, see struct lkl_netdev_args.  Context: the
 * virtual CPU is locked.
 */
int lkl_virtio_net_create(struct lkl_instance *inst, struct lkl_netdev *nd,
			  const uint8_t *mac, uint32_t offload,
			  struct virtio_net **net);
/* Undo lkl_virtio_net_create().  Context: the virtual CPU is not locked. */
void lkl_virtio_net_destroy(struct virtio_net *net);
struct virtio_dev *lkl_virtio_net_dev(struct virtio_net *net);

/* custom-net.c: a program's own back end as a back end of the host */
extern const struct lkl_host_net_ops lkl_custom_net_ops;
/* Start and stop the thread of the back end. */
int lkl_custom_net_start(struct lkl_instance *inst, struct virtio_dev *dev,
			 struct lkl_netdev *nd, void **custom);
void lkl_custom_net_stop(void *custom);
/* Let the thread wait for events, which it does only after this call. */
void lkl_custom_net_resume(void *custom);
/*
 * Return the LKL_DEV_NET_POLL_* events so far.  The thread pauses until
 * lkl_custom_net_resume().
 */
int lkl_custom_net_events(void *custom);

#endif /* LKL_VIRTIO_NET_H */
