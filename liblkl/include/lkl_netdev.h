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
 * struct lkl_netdev - a back end: where the packets of a device go
 * @ops: what it does
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
 * struct lkl_netdev_args - how a device shows itself
 * @mac: six bytes of hardware address, NULL: a random one, or that which the
 *	back end has to have (macvtap)
 * @offload: features that the device may offer, as bit mask of the virtio
 *	feature bits (1 << LKL_VIRTIO_NET_F_CSUM ...); what the back end cannot
 *	do is left out
 */
struct lkl_netdev_args {
	void *mac;
	unsigned int offload;
};

/* Results of lkl_dev_net_ops.poll: */
#define LKL_DEV_NET_POLL_RX	1	/* rx has a packet */
#define LKL_DEV_NET_POLL_TX	2	/* tx takes packets again */
#define LKL_DEV_NET_POLL_HUP	4	/* poll_hup was called, or the end */

struct lkl_host_net_ops;

/**
 * struct lkl_dev_net_ops - a custom back end
 * @tx: send the packet in @iov; its length, or negative: not now, then poll
 *	tells when
 * @rx: receive one packet into @iov; its length, or negative: there is none
 * @poll: wait until something of LKL_DEV_NET_POLL_* is the case, and return it;
 *	called by a thread of its own.  Without it (NULL) nothing is received
 * @poll_hup: make @poll return LKL_DEV_NET_POLL_HUP, now and from now on
 * @free: the device is gone: release @nd; may be NULL
 * @host: for back ends of a host library; NULL
 *
 * Context: @tx and @rx are called by whichever thread runs the kernel, one at a
 * time; they must not block and must not call LKL.
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
 * @nd: its back end; used until lkl_netdev_remove(), then to be freed by
 *	lkl_netdev_free()
 * @args: how it shows itself; copied; NULL: defaults
 *
 * A device that was added before lkl_start_kernel() is there when the kernel
 * looks for one to configure ("ip=dhcp"); one that is added while it boots comes
 * when it has, one that is added while it halts when it boots again.
 *
 * Context: any thread.
 * Return: id of the device, from 0; -LKL_EINVAL, -LKL_ENOSPC, -LKL_ENOMEM;
 * -LKL_EBUSY when @nd was added already; -LKL_EIO when the kernel has died: then
 * @nd is in use until lkl_sys_halt(); or what the back end says.
 * Since: 1.0
 */
LKL_API int lkl_netdev_add(struct lkl_netdev *nd,
			   struct lkl_netdev_args *args);

/**
 * lkl_netdev_remove - take a device away
 * @id: from lkl_netdev_add()
 *
 * Context: any thread.
 * Return: 0, -LKL_ENOENT; -LKL_EBUSY while the kernel boots or halts; -LKL_EIO
 * when it has died: then the back end is in use until lkl_sys_halt().
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
 * lkl_netdev_get_ifindex - the interface of a device
 * @id: from lkl_netdev_add()
 *
 * Context: any thread, kernel running.
 * Return: its index in the kernel; -LKL_ENOENT for no such device, -LKL_ENODEV
 * when it has no interface.
 * Since: 1.0
 */
LKL_API int lkl_netdev_get_ifindex(int id);

/*
 * Back ends of this platform's host library.  They return NULL on failure, and
 * say why through the host's log; lkl_netdev_free() releases them.
 */
#define LKL_HOST_API	LKL_API

/**
 * lkl_netdev_tap_create - a tap interface of the host
 * @ifname: its name; made when it is not there and the caller may
 * @offload: what the caller is going to offer, see struct lkl_netdev_args
 *
 * Context: any thread, after lkl_init().
 * Return: a back end or NULL.
 * Since: 1.0
 */
LKL_HOST_API struct lkl_netdev *lkl_netdev_tap_create(const char *ifname,
						      int offload);

/**
 * lkl_netdev_macvtap_create - a macvtap interface of the host
 * @path: its character device, /dev/tapN
 * @offload: as for lkl_netdev_tap_create()
 *
 * Context: any thread, after lkl_init().
 * Return: a back end or NULL.
 * Since: 1.0
 */
LKL_HOST_API struct lkl_netdev *lkl_netdev_macvtap_create(const char *path,
							  int offload);

/**
 * lkl_netdev_raw_create - a packet socket on an interface of the host
 * @ifname: its name
 *
 * It receives long segments whatever the device is to offer, as those who send to
 * an interface do not ask.
 *
 * Context: any thread, after lkl_init().
 * Return: a back end or NULL.
 * Since: 1.0
 */
LKL_HOST_API struct lkl_netdev *lkl_netdev_raw_create(const char *ifname);

/**
 * lkl_netdev_pipe_create - a pair of named pipes, to another process
 * @names: "rx|tx"; made when they are not there.  The other side names them
 *	the other way round
 * @offload: as for lkl_netdev_tap_create(); the same on both sides
 *
 * Context: any thread, after lkl_init().
 * Return: a back end or NULL.
 * Since: 1.0
 */
LKL_HOST_API struct lkl_netdev *lkl_netdev_pipe_create(const char *names,
						       int offload);

/**
 * lkl_netdev_vde_create - a port of a VDE switch
 * @switch_path: of its socket
 *
 * Context: any thread, after lkl_init().
 * Return: a back end; NULL, also where it is not installed.
 * Since: 1.0
 */
LKL_HOST_API struct lkl_netdev *lkl_netdev_vde_create(const char *switch_path);

/**
 * lkl_netdev_slirp_create - the host's network without privileges
 *
 * A network of its own, 10.0.2.0/24 and fec0::/64, with a DHCP server, a DNS
 * relay (10.0.2.3) and a gateway (10.0.2.2, also the host itself) that makes
 * the host's connections.
 *
 * Context: any thread, after lkl_init().
 * Return: a back end; NULL, also where it is not installed.
 * Since: 1.0
 */
LKL_HOST_API struct lkl_netdev *lkl_netdev_slirp_create(void);

/**
 * lkl_netdev_dpdk_create - DPDK, which is not built in
 * @ifname: of its port
 * @offload: as for lkl_netdev_tap_create()
 * @mac: receives its hardware address, six bytes
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
