/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Network back ends: what those of this library share.
 */
#ifndef LKL_NET_H
#define LKL_NET_H

#include <lkl/linux/virtio_net.h>

#include "base/host-posix.h"
#include "io/poller.h"
#include "io/watch.h"

#define NET_F(name)	(1ULL << LKL_VIRTIO_NET_F_##name)
#define NET_HDR_SIZE	sizeof(struct lkl_virtio_net_hdr_v1)
/* The longest packet, with its header, and most of its parts. */
#define NET_PACKET_MAX	(65536 + 32 + NET_HDR_SIZE)

/**
 * struct net_fd - a back end that is one descriptor
 * @nd:		what the program has; first
 * @ops:	what @nd.ops points to
 * @fd:		the descriptor
 * @watch:	of it
 * @poller:	that watches it, while a device uses the back end
 * @ready:	tells the device
 * @data:	for it
 * @dead:	the descriptor has failed
 * @what:	its kind, for messages
 * @which:	its name, as much as fits
 */
struct net_fd {
	struct lkl_netdev nd;
	struct lkl_dev_net_ops ops;
	int fd;
	struct lkl_watch watch;
	struct lkl_poller *poller;
	void (*ready)(void *data, uint32_t events);
	void *data;
	bool dead;
	const char *what;
	char which[64];
};

/* Fill in all but @fd; @ops does the rest. */
void net_fd_init(struct net_fd *net, int fd, const struct lkl_host_net_ops *ops,
		 void (*free)(struct lkl_netdev *nd));
/* How messages call it. */
void net_fd_name(struct net_fd *net, const char *what, const char *which);
struct net_fd *net_fd_of(struct lkl_netdev *nd);

/* The parts that many have in common. */
int net_fd_open(struct lkl_netdev *nd, struct lkl_poller *poller,
		uint64_t features, void (*ready)(void *data, uint32_t events),
		void *data);
void net_fd_close(struct lkl_netdev *nd);
void net_fd_free(struct lkl_netdev *nd);
void net_fd_forked(struct lkl_netdev *nd);
/* Be told, or not, when @fd takes packets again. */
void net_fd_want_tx(struct net_fd *net, bool on);
void net_fd_want_rx(struct lkl_netdev *nd, int on);

/*
 * One packet for each system call.  A packet that the host refuses is lost,
 * as on a wire; when it takes none for now, the rest waits.
 */
int net_fd_send(struct lkl_netdev *nd, struct lkl_packet *packets, uint32_t n);
int net_fd_recv(struct lkl_netdev *nd, struct lkl_packet *packets, uint32_t n);

/*
 * The longest TCP segment over IPv4 that the host takes whole from its
 * interface @ifname; 0: no more than the protocol can say
 */
uint32_t net_tso_max(const char *ifname);

/* Say why there is no back end: "lkl: <what> <which>: <error>". */
void net_complain(const char *what, const char *which, int host_errno);

#endif /* LKL_NET_H */
