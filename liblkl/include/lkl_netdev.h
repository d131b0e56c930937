/* SPDX-License-Identifier: GPL-2.0 */
/*
 * lkl_netdev.h - network devices of the program, and their back ends
 *
 * Included by <lkl.h>.
 */
#ifndef LKL_NETDEV_H
#define LKL_NETDEV_H

#include <lkl_base.h>

#ifdef __cplusplus
extern "C" {
#endif

struct lkl_dev_net_ops;

/**
 * struct lkl_netdev - a network back end: where the packets of a device go
 * @ops: functions of the back end
 * @id: set by lkl_netdev_add()
 * @has_vnet_hdr: packets begin with a struct lkl_virtio_net_hdr_v1, which
 *	offloads need
 */
struct lkl_netdev {
	struct lkl_dev_net_ops *ops;
	int id;
	uint8_t has_vnet_hdr : 1;
};

/**
 * struct lkl_netdev_args - properties of a network device
 * @mac: hardware address, six bytes; NULL: the address that the back end must
 *	have (macvtap), else a random one
 * @offload: features that the device may offer, a bit mask of virtio feature
 *	bits (1 << LKL_VIRTIO_NET_F_CSUM ...); features that the back end lacks
 *	are left out
 */
struct lkl_netdev_args {
	void *mac;
	unsigned int offload;
};

/* Results of lkl_dev_net_ops.poll */
#define LKL_DEV_NET_POLL_RX	1	/* a packet can be received */
#define LKL_DEV_NET_POLL_TX	2	/* packets can be sent again */
#define LKL_DEV_NET_POLL_HUP	4	/* poll_hup was called, or the back end is gone */

struct lkl_host_net_ops;

/**
 * struct lkl_dev_net_ops - a custom back end
 * @tx: send the packet in @iov; return its length, or a negative number when
 *	the packet cannot be sent now: then @poll reports when it can
 * @rx: receive one packet into @iov; return its length, or a negative number
 *	when there is no packet
 * @poll: wait for an event and return LKL_DEV_NET_POLL_*; called by a thread
 *	for this purpose.  NULL: the device receives no packets
 * @poll_hup: make @poll return LKL_DEV_NET_POLL_HUP, in the current and in each
 *	later call
 * @free: release @nd, as no device uses it any more; may be NULL
 * @host: for back ends of a host library; NULL
 *
 * Context: the thread that runs the kernel calls @tx and @rx, one at a time;
 * they must not block and must not call LKL.
 */
struct lkl_dev_net_ops {
	int (*tx)(struct lkl_netdev *nd, struct iovec *iov, int cnt);
	int (*rx)(struct lkl_netdev *nd, struct iovec *iov, int cnt);
	int (*poll)(struct lkl_netdev *nd);
	void (*poll_hup)(struct lkl_netdev *nd);
	void (*free)(struct lkl_netdev *nd);
	const struct lkl_host_net_ops *host;
};

/**
 * lkl_netdev_add - add a network device, before or while the kernel runs
 * @nd: back end of the device; in use until lkl_netdev_remove(), and to be
 *	freed by lkl_netdev_free() after that
 * @args: properties of the device, which are copied; NULL: defaults
 *
 * A device that is added before lkl_start_kernel() exists when the kernel looks
 * for a device to configure ("ip=dhcp").  A device that is added during boot
 * appears at the end of boot, one that is added during a halt appears at the
 * next boot.
 *
 * Context: any thread.
 * Return: id of the device, from 0; -LKL_EINVAL, -LKL_ENOSPC, -LKL_ENOMEM;
 * -LKL_EBUSY when @nd was added already; -LKL_EIO when the kernel has died:
 * then @nd is in use until lkl_sys_halt(); or an error of the back end.
 * Since: 1.0
 */
LKL_API int lkl_netdev_add(struct lkl_netdev *nd,
			   struct lkl_netdev_args *args);

/**
 * lkl_netdev_remove - remove a network device
 * @id: from lkl_netdev_add()
 *
 * Context: any thread.
 * Return: 0; -LKL_ENOENT; -LKL_EBUSY while the kernel boots or halts; -LKL_EIO
 * when the kernel has died: then the back end is in use until lkl_sys_halt().
 * Since: 1.0
 */
LKL_API int lkl_netdev_remove(int id);

/**
 * lkl_netdev_free - release a back end that no device uses
 * @nd: back end, or NULL
 *
 * Context: any thread.
 * Since: 1.0
 */
LKL_API void lkl_netdev_free(struct lkl_netdev *nd);

/**
 * lkl_netdev_get_ifindex - get the interface of a network device
 * @id: from lkl_netdev_add()
 *
 * Context: any thread, kernel running.
 * Return: index of the interface; -LKL_ENOENT when there is no such device;
 * -LKL_ENODEV when the device has no interface.
 * Since: 1.0
 */
LKL_API int lkl_netdev_get_ifindex(int id);

/*
 * Back ends of this platform's host library.  On failure these functions return
 * NULL and print the reason by the host's log; lkl_netdev_free() releases a
 * back end.
 */
#define LKL_HOST_API	LKL_API

/**
 * lkl_netdev_tap_create - make a back end of a tap interface of the host
 * @ifname: name of the interface, which is created if it does not exist and the
 *	program has the privilege
 * @offload: features that the device will offer, see struct lkl_netdev_args
 *
 * Context: any thread, after lkl_init().
 * Return: a back end or NULL.
 * Since: 1.0
 */
LKL_HOST_API struct lkl_netdev *lkl_netdev_tap_create(const char *ifname,
						      int offload);

/**
 * lkl_netdev_macvtap_create - make a back end of a macvtap interface of the
 * host
 * @path: character device of the interface, /dev/tapN
 * @offload: as for lkl_netdev_tap_create()
 *
 * Context: any thread, after lkl_init().
 * Return: a back end or NULL.
 * Since: 1.0
 */
LKL_HOST_API struct lkl_netdev *lkl_netdev_macvtap_create(const char *path,
							  int offload);

/**
 * lkl_netdev_raw_create - make a back end of a packet socket on an interface of
 *	the host
 * @ifname: name of the interface
 *
 * The back end receives long segments even if the device offers no offloads, as
 * the senders on the interface do not know its features.
 *
 * Context: any thread, after lkl_init().
 * Return: a back end or NULL.
 * Since: 1.0
 */
LKL_HOST_API struct lkl_netdev *lkl_netdev_raw_create(const char *ifname);

/**
 * lkl_netdev_pipe_create - make a back end of two named pipes to another
 * process
 * @names: "rx|tx"; pipes that do not exist are created.  The other process
 *	gives the names in the opposite order
 * @offload: as for lkl_netdev_tap_create(); the same in both processes
 *
 * Context: any thread, after lkl_init().
 * Return: a back end or NULL.
 * Since: 1.0
 */
LKL_HOST_API struct lkl_netdev *lkl_netdev_pipe_create(const char *names,
						       int offload);

/**
 * lkl_netdev_vde_create - make a back end of a port of a VDE switch
 * @switch_path: path of the switch's socket
 *
 * Context: any thread, after lkl_init().
 * Return: a back end; NULL on failure, also when VDE is not installed.
 * Since: 1.0
 */
LKL_HOST_API struct lkl_netdev *lkl_netdev_vde_create(const char *switch_path);

/**
 * lkl_netdev_slirp_create - make a back end that reaches the host's network
 *	without privileges
 *
 * The back end is a network of its own, 10.0.2.0/24 and fec0::/64, with a DHCP
 * server, a DNS relay (10.0.2.3) and a gateway (10.0.2.2, which is also the
 * host).  The gateway makes connections in the name of the program.
 *
 * Context: any thread, after lkl_init().
 * Return: a back end; NULL on failure, also when libslirp is not installed.
 * Since: 1.0
 */
LKL_HOST_API struct lkl_netdev *lkl_netdev_slirp_create(void);

/**
 * lkl_netdev_dpdk_create - make a back end of a DPDK port, which is not
 * supported
 * @ifname: name of the port
 * @offload: as for lkl_netdev_tap_create()
 * @mac: receives the hardware address of the port, six bytes
 *
 * Context: any thread, after lkl_init().
 * Return: NULL.
 * Since: 1.0
 */
LKL_HOST_API struct lkl_netdev *lkl_netdev_dpdk_create(const char *ifname,
						       int offload,
						       unsigned char *mac);

#ifdef __cplusplus
}
#endif

#endif /* LKL_NETDEV_H */
