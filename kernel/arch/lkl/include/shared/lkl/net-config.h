/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What liblkl's network device and the kernel tell each other of it beyond
 * virtio: bytes behind its struct virtio_net_config.
 */
#ifndef _LKL_NET_CONFIG_H
#define _LKL_NET_CONFIG_H

#ifdef __KERNEL__
#include <linux/types.h>
#else
#include <stdint.h>
#endif

/* The longest packet that is received without segments, in buffers of pages */
#define LKL_NET_JUMBO_MTU	9216

/**
 * struct lkl_net_config - in the configuration space, at its end
 * @tso_max:	longest TCP segment over IPv4 that the device takes; 0: no more
 *		than virtio drivers know of, 64 KiB.  Read by the kernel
 * @join:	the device may join segments that it receives.  Written by the
 *		kernel, which forwards them as they are when it is a router;
 *		0 after a reset
 */
struct lkl_net_config {
	uint32_t tso_max;
	uint32_t join;
};

#endif /* _LKL_NET_CONFIG_H */
