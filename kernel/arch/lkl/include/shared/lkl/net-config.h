/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Settings of liblkl's network device beyond virtio: members behind struct
 * virtio_net_config in the device's configuration space.
 */
#ifndef _LKL_NET_CONFIG_H
#define _LKL_NET_CONFIG_H

#ifdef __KERNEL__
#include <linux/types.h>
#else
#include <stdint.h>
#endif

/* The vendor of liblkl's virtio devices: "LKL". */
#define LKL_VIRTIO_VENDOR_ID	0x4c4b4c

/* The largest MTU without segmentation (GSO), with mergeable receive buffers. */
#define LKL_NET_JUMBO_MTU	9216

/**
 * struct lkl_net_config - members at the end of the configuration space
 * @tso_max:	the longest TCP segment over IPv4 that the device takes; 0 if
 *		not more than 64 KiB, the limit of virtio drivers.  Read by the
 *		kernel
 * @join:	the device may join segments that it receives (LRO).  Written by
 *		the kernel, which clears it to forward packets unchanged; 0
 *		after a reset
 */
struct lkl_net_config {
	uint32_t tso_max;
	uint32_t join;
};

#endif /* _LKL_NET_CONFIG_H */
