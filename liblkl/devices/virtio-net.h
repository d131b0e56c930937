/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The virtio network device model.
 */
#ifndef LKL_VIRTIO_NET_H
#define LKL_VIRTIO_NET_H

#include "devices/virtio.h"

struct virtio_net;

/*
 * A device for @nd, which stays the caller's.  @offload: features that it may
 * offer, see struct lkl_netdev_args.  With the CPU lock held.
 */
int virtio_net_create(struct lkl_instance *inst, struct lkl_netdev *nd,
		      const uint8_t *mac, uint32_t offload,
		      struct virtio_net **net);
/* It is not on the bus any more; without the lock. */
void virtio_net_destroy(struct virtio_net *net);
struct virtio_dev *virtio_net_dev(struct virtio_net *net);

/* net-custom.c: a program's own back end as one of a host, with a thread. */
extern const struct lkl_host_net_ops lkl_custom_net_ops;
/* Begin and end; @inst and @dev are told of what happens. */
int lkl_custom_net_start(struct lkl_instance *inst, struct virtio_dev *dev,
			 struct lkl_netdev *nd, void **custom);
void lkl_custom_net_stop(void *custom);
/* Look for something; before this was called nobody does. */
void lkl_custom_net_resume(void *custom);
/* What LKL_DEV_NET_POLL_* has happened; lkl_custom_net_resume() is to follow. */
int lkl_custom_net_events(void *custom);

#endif /* LKL_VIRTIO_NET_H */
