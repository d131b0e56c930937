// SPDX-License-Identifier: GPL-2.0
/*
 * tap and macvtap interfaces of the host.
 *
 * Each packet is one read or one write.  Packets carry the header for offloads
 * that the host uses itself, so a segment of 64 KiB or more is one packet.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/error.h"
#include "base/host-report.h"
#include "net/backend.h"
#include "net/tso-limit.h"
#include "shared/macros.h"

/* The kernel headers of Debian 12 lack these. */
#define TAP_F_USO4	0x20
#define TAP_F_USO6	0x40

/**
 * struct net_tap - a back end
 * @net:	descriptor of the interface; first
 * @offloads:	TUN_F_* that the host supports
 * @tso_max:	longest TCP segment that the interface takes
 */
struct net_tap {
	struct lkl_net_fd net;
	unsigned int offloads;
	uint32_t tso_max;
};

static uint32_t tap_tso_max(struct lkl_netdev *nd)
{
	return ((struct net_tap *)nd)->tso_max;
}

static uint64_t tap_features(struct lkl_netdev *nd, uint64_t wanted)
{
	struct net_tap *tap = (struct net_tap *)nd;
	uint64_t can = NET_F(CSUM) | NET_F(HOST_TSO4) | NET_F(HOST_TSO6) |
		       NET_F(HOST_ECN) | NET_F(HOST_UFO) | NET_F(MRG_RXBUF);

	if (tap->offloads & TUN_F_CSUM)
		can |= NET_F(GUEST_CSUM);
	if (tap->offloads & TUN_F_TSO4)
		can |= NET_F(GUEST_TSO4);
	if (tap->offloads & TUN_F_TSO6)
		can |= NET_F(GUEST_TSO6);
	if (tap->offloads & TUN_F_TSO_ECN)
		can |= NET_F(GUEST_ECN);
	/* A host that can send such segments can receive them. */
	if (tap->offloads & TAP_F_USO4)
		can |= NET_F(GUEST_USO4) | NET_F(GUEST_USO6) | NET_F(HOST_USO);
	return wanted & can;
}

/* Return the TUN_F_* offloads that the host may leave to the guest. */
static unsigned int tap_offloads(uint64_t features)
{
	unsigned int flags = 0;

	if (features & NET_F(GUEST_CSUM))
		flags |= TUN_F_CSUM;
	if (features & NET_F(GUEST_TSO4))
		flags |= TUN_F_TSO4;
	if (features & NET_F(GUEST_TSO6))
		flags |= TUN_F_TSO6;
	if (features & NET_F(GUEST_ECN))
		flags |= TUN_F_TSO_ECN;
	if (features & NET_F(GUEST_USO4))
		flags |= TAP_F_USO4 | TAP_F_USO6;
	return flags;
}

static int tap_open(struct lkl_netdev *nd, struct lkl_poller *poller,
		    uint64_t features,
		    void (*ready)(void *data, uint32_t events), void *data)
{
	if (ioctl(lkl_net_fd_of(nd)->fd, TUNSETOFFLOAD, tap_offloads(features)))
		return lkl_posix_error(errno);
	return lkl_net_fd_open(nd, poller, features, ready, data);
}

static const struct lkl_host_net_ops tap_ops = {
	.size = sizeof(tap_ops),
	.features = tap_features,
	.open = tap_open,
	.want_rx = lkl_net_fd_want_rx,
	.send = lkl_net_fd_send,
	.recv = lkl_net_fd_recv,
	.close = lkl_net_fd_close,
	.tso_max = tap_tso_max,
	.forked = lkl_net_fd_forked,
};

/* A macvtap receives frames to its own address only, so the guest uses it. */
static int macvtap_mac(struct lkl_netdev *nd, uint8_t *mac)
{
	struct ifreq ifr = { };

	if (ioctl(lkl_net_fd_of(nd)->fd, SIOCGIFHWADDR, &ifr))
		return lkl_posix_error(errno);
	memcpy(mac, ifr.ifr_hwaddr.sa_data, 6);
	return 0;
}

static const struct lkl_host_net_ops macvtap_ops = {
	.size = sizeof(macvtap_ops),
	.features = tap_features,
	.open = tap_open,
	.want_rx = lkl_net_fd_want_rx,
	.send = lkl_net_fd_send,
	.recv = lkl_net_fd_recv,
	.close = lkl_net_fd_close,
	.tso_max = tap_tso_max,
	.forked = lkl_net_fd_forked,
	.mac = macvtap_mac,
};

/*
 * Return the offloads that the host supports.  The host refuses a set with an
 * unknown offload as a whole.
 */
static unsigned int tap_probe_offloads(int fd)
{
	static const unsigned int tries[] = {
		TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6 | TUN_F_TSO_ECN |
			TAP_F_USO4 | TAP_F_USO6,
		TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6 | TUN_F_TSO_ECN,
		TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6,
		TUN_F_CSUM,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(tries); i++)
		if (!ioctl(fd, TUNSETOFFLOAD, tries[i]))
			return tries[i];
	return 0;
}

/*
 * Create a back end for @fd, which is attached to its interface.  The back end
 * owns @fd; on failure @fd is closed.
 */
static struct lkl_netdev *tap_create(int fd, const struct lkl_host_net_ops *ops,
				     const char *type, const char *name)
{
	int size = NET_HDR_SIZE;
	struct net_tap *tap;
	int err;

	if (ioctl(fd, TUNSETVNETHDRSZ, &size)) {
		err = errno;
		goto out_fd;
	}
	tap = calloc(1, sizeof(*tap));
	if (!tap) {
		err = ENOMEM;
		goto out_fd;
	}
	lkl_net_fd_init(&tap->net, fd, ops, lkl_net_fd_free);
	lkl_net_fd_set_name(&tap->net, type, name);
	tap->net.nd.has_vnet_hdr = 1;
	tap->offloads = tap_probe_offloads(fd);
	return &tap->net.nd;

out_fd:
	lkl_posix_report_open_error(type, name, err);
	close(fd);
	return NULL;
}

/*
 * Attach @fd to interface @ifname.  An interface that was created with several
 * queues requires IFF_MULTI_QUEUE.
 */
static int tap_attach(int fd, const char *ifname)
{
	struct ifreq ifr = { };

	if (!ifname || strlen(ifname) >= IFNAMSIZ) {
		errno = ifname ? ENAMETOOLONG : EINVAL;
		return -1;
	}
	strcpy(ifr.ifr_name, ifname);
	ifr.ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR;
	if (!ioctl(fd, TUNSETIFF, &ifr))
		return 0;
	if (errno != EINVAL)
		return -1;
	ifr.ifr_flags |= IFF_MULTI_QUEUE;
	return ioctl(fd, TUNSETIFF, &ifr);
}

__attribute__((visibility("default")))
struct lkl_netdev *lkl_netdev_tap_create(const char *ifname, int offload)
{
	struct lkl_netdev *nd;
	int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0) {
		lkl_posix_report_open_error("device", "/dev/net/tun", errno);
		return NULL;
	}
	if (tap_attach(fd, ifname)) {
		lkl_posix_report_open_error("tap interface", ifname, errno);
		close(fd);
		return NULL;
	}
	nd = tap_create(fd, &tap_ops, "tap interface", ifname);
	if (nd)
		((struct net_tap *)nd)->tso_max = lkl_posix_tso_limit(ifname);
	return nd;
}

/* The device file belongs to its interface already; only the header is set. */
__attribute__((visibility("default")))
struct lkl_netdev *lkl_netdev_macvtap_create(const char *path, int offload)
{
	struct ifreq ifr = { .ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR };
	int fd = open(path ? path : "", O_RDWR | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0) {
		lkl_posix_report_open_error("macvtap device", path, errno);
		return NULL;
	}
	if (ioctl(fd, TUNSETIFF, &ifr)) {
		lkl_posix_report_open_error("macvtap device", path, errno);
		close(fd);
		return NULL;
	}
	return tap_create(fd, &macvtap_ops, "macvtap device", path);
}
