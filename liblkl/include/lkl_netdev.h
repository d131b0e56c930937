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
 * struct lkl_netdev - a network back end
 * @ops: functions of the back end
 * @id: id of the network device; lkl_netdev_add() sets it
 * @has_vnet_hdr: packets begin with a struct lkl_virtio_net_hdr_v1.  Without
 *	this header, the device has no offloads
 *
 * A back end sends and receives the packets of one network device.
 */
struct lkl_netdev {
	struct lkl_dev_net_ops *ops;
	int id;
	uint8_t has_vnet_hdr : 1;
};

/**
 * struct lkl_netdev_args - properties of a network device
 * @mac: hardware address, six bytes; NULL: the address that the back end
 *	requires (macvtap), or a random address
 * @offload: features that the device may offer, a mask of the feature bits in
 *	<lkl/linux/virtio_net.h> (1 << LKL_VIRTIO_NET_F_CSUM ...).  The device
 *	ignores features that the back end does not support
 */
struct lkl_netdev_args {
	void *mac;
	unsigned int offload;
};

/* Results of lkl_dev_net_ops.poll, a mask */
#define LKL_DEV_NET_POLL_RX	1	/* a packet can be received */
#define LKL_DEV_NET_POLL_TX	2	/* packets can be sent again */
#define LKL_DEV_NET_POLL_HUP	4	/* poll_hup was called: poll no more */

struct lkl_host_net_ops;

/**
 * struct lkl_dev_net_ops - a custom back end
 * @tx: send the packet in the @cnt buffers at @iov.  Return the length of the
 *	packet, or a negative number when the back end takes no packet now: then
 *	@poll must return LKL_DEV_NET_POLL_TX when the back end takes packets
 *	again, and LKL sends the packet again
 * @rx: receive one packet into the @cnt buffers at @iov.  Return the length of
 *	the packet, or a negative number when there is no packet
 * @poll: wait for an event, and return a mask of LKL_DEV_NET_POLL_RX (a packet
 *	can be received), LKL_DEV_NET_POLL_TX (packets can be sent again) and
 *	LKL_DEV_NET_POLL_HUP (@poll is not called again).  After a negative
 *	number, @poll is not called again either.  NULL: the device receives no
 *	packets
 * @poll_hup: make the current and each later call of @poll return
 *	LKL_DEV_NET_POLL_HUP; may be NULL only if @poll is NULL
 * @free: release @nd; lkl_netdev_free() calls this function; may be NULL
 * @host: NULL in a back end of a program; host libraries use this member
 *
 * Context: calls of @tx and @rx do not overlap, and come from any thread.  @tx
 * and @rx must not block.  A thread of liblkl for each device calls @poll,
 * which may block.  Another thread calls @poll_hup.  No function may call LKL.
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
 * @nd: back end of the device.  The device uses @nd until lkl_netdev_remove()
 *	or lkl_cleanup(); after that, the caller releases @nd by
 *	lkl_netdev_free()
 * @args: properties of the device, which are copied; NULL: the default hardware
 *	address, and all features of the back end
 *
 * If the kernel runs, the interface exists when the function returns.  If the
 * function is called before lkl_start_kernel(), the device is present when the
 * kernel looks for devices to configure ("ip=dhcp" on the command line).  A device
 * that is added during boot appears at the end of boot.  A device that is added
 * during a halt appears at the next boot.
 *
 * Context: any thread, after lkl_init().
 * Return: id of the device, from 0; -LKL_EINVAL when @nd is incomplete, or
 * before lkl_init(); -LKL_ENOSPC when there are too many devices: the limit is
 * 60; -LKL_ENOMEM; -LKL_EBUSY when @nd was added already; -LKL_EIO when the
 * kernel has died: then @nd is in use until lkl_sys_halt(); or an error of the
 * back end.
 * Since: 1.0
 */
LKL_API int lkl_netdev_add(struct lkl_netdev *nd,
			   struct lkl_netdev_args *args);

/**
 * lkl_netdev_remove - remove a network device
 * @id: id of the device, from lkl_netdev_add()
 *
 * The back end still belongs to the caller; see lkl_netdev_free().
 *
 * Context: any thread, after lkl_init().
 * Return: 0; -LKL_EINVAL before lkl_init(); -LKL_ENOENT when there is no such
 * device; -LKL_EBUSY while the kernel boots or halts; -LKL_EIO when the kernel
 * has died: then the back end is in use until lkl_sys_halt().
 * Since: 1.0
 */
LKL_API int lkl_netdev_remove(int id);

/**
 * lkl_netdev_free - release a back end
 * @nd: back end that no device uses any more, or NULL
 *
 * Context: any thread.
 * Since: 1.0
 */
LKL_API void lkl_netdev_free(struct lkl_netdev *nd);

/**
 * lkl_netdev_get_ifindex - get the index of the interface of a network device
 * @id: id of the device, from lkl_netdev_add()
 *
 * The function mounts sysfs at /sysfs if necessary.
 *
 * Context: any thread, kernel running.
 * Return: index of the interface; -LKL_ENOENT when there is no such device, or
 * no kernel runs; -LKL_ENODEV when the device has no interface.
 * Since: 1.0
 */
LKL_API int lkl_netdev_get_ifindex(int id);

/*
 * Back ends of this platform's host library.  On failure, these functions print
 * the reason by the host's log or print function and return NULL.  The caller
 * owns the result, and releases it by lkl_netdev_free().  The functions copy the
 * names.
 */
#define LKL_HOST_API	LKL_API

/**
 * lkl_netdev_tap_create - make a back end that uses a tap interface of the host
 * @ifname: name of the interface.  If the interface does not exist, the function
 *	creates the interface, which needs CAP_NET_ADMIN
 * @offload: features that the device will offer, see struct lkl_netdev_args
 *
 * Context: any thread, after lkl_init().
 * Return: a back end or NULL.
 * Since: 1.0
 */
LKL_HOST_API struct lkl_netdev *lkl_netdev_tap_create(const char *ifname,
						      int offload);

/**
 * lkl_netdev_macvtap_create - make a back end that uses a macvtap interface of
 *	the host
 * @path: character device of the interface, such as "/dev/tap7"
 * @offload: as for lkl_netdev_tap_create()
 *
 * Context: any thread, after lkl_init().
 * Return: a back end or NULL.
 * Since: 1.0
 */
LKL_HOST_API struct lkl_netdev *lkl_netdev_macvtap_create(const char *path,
							  int offload);

/**
 * lkl_netdev_raw_create - make a back end that uses a packet socket on an
 *	interface of the host
 * @ifname: name of the interface
 *
 * The packet socket needs CAP_NET_RAW.  The back end receives TCP segments that
 * are longer than the MTU even if the device offers no offloads: programs that
 * send to the interface do not know the features of the device.
 *
 * Context: any thread, after lkl_init().
 * Return: a back end or NULL.
 * Since: 1.0
 */
LKL_HOST_API struct lkl_netdev *lkl_netdev_raw_create(const char *ifname);

/**
 * lkl_netdev_pipe_create - make a back end that uses two named pipes to another
 *	process
 * @names: paths of the pipe to read from and of the pipe to write to, "rx|tx".
 *	If a pipe does not exist, the function creates the pipe.  The other
 *	process gives the paths in the opposite order.  On Windows, names of
 *	pipes of the system
 * @offload: as for lkl_netdev_tap_create(); must be the same in both processes
 *
 * Context: any thread, after lkl_init().
 * Return: a back end or NULL.
 * Since: 1.0
 */
LKL_HOST_API struct lkl_netdev *lkl_netdev_pipe_create(const char *names,
						       int offload);

/**
 * lkl_netdev_vde_create - make a back end that uses a port of a VDE switch
 * @switch_path: directory of the sockets of the switch, the argument of option
 *	-s of vde_switch(1)
 *
 * Context: any thread, after lkl_init().
 * Return: a back end; NULL on failure, for instance when the library of VDE is
 * not installed.
 * Since: 1.0
 */
LKL_HOST_API struct lkl_netdev *lkl_netdev_vde_create(const char *switch_path);

/**
 * lkl_netdev_slirp_create - make a back end that uses sockets of the host
 *
 * The back end needs no privileges.  It is a virtual network, 10.0.2.0/24 and
 * fec0::/64, with a DHCP server, a DNS relay (10.0.2.3) and a gateway
 * (10.0.2.2).  For each connection to the outside, the gateway opens an ordinary
 * socket of the process on the host.  A connection to the address of the gateway
 * reaches the host itself.
 *
 * Context: any thread, after lkl_init().
 * Return: a back end; NULL on failure, for instance when libslirp is not
 * installed.
 * Since: 1.0
 */
LKL_HOST_API struct lkl_netdev *lkl_netdev_slirp_create(void);

/**
 * lkl_netdev_dpdk_create - fail, because DPDK is not supported
 * @ifname: name of a port, for the message
 * @offload: ignored
 * @mac: ignored
 *
 * Context: any thread, after lkl_init().
 * Return: NULL, after a message.
 * Since: 1.0
 */
LKL_HOST_API struct lkl_netdev *lkl_netdev_dpdk_create(const char *ifname,
						       int offload,
						       unsigned char *mac);

#ifdef __cplusplus
}
#endif

#endif /* LKL_NETDEV_H */
