/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Network back ends: what those of this library have in common.  Most are one
 * descriptor of the host, a struct lkl_net_fd.
 */
#ifndef LKL_POSIX_BACKEND_H
#define LKL_POSIX_BACKEND_H

#include <stdbool.h>

#include <lkl_host.h>
#include <lkl/linux/virtio_net.h>

#include "io/poller.h"

#define NET_F(name)	(1ULL << LKL_VIRTIO_NET_F_##name)
#define NET_HDR_SIZE	sizeof(struct lkl_virtio_net_hdr_v1)
/* The longest packet, with its header */
#define NET_PACKET_MAX	(65536 + 32 + NET_HDR_SIZE)

/**
 * struct lkl_net_fd - a back end that is one descriptor
 * @nd:		what the program has; first
 * @ops:	what @nd.ops points to
 * @fd:		descriptor
 * @watch:	watch of @fd
 * @poller:	poller with @watch while a device uses the back end, NULL
 *		otherwise
 * @ready:	tells the device that packets can be received or sent
 * @data:	argument of @ready
 * @dead:	the descriptor has failed
 * @type:	type of the back end, for messages
 * @name:	name of the back end, for messages, cut when it is long
 */
struct lkl_net_fd {
	struct lkl_netdev nd;
	struct lkl_dev_net_ops ops;
	int fd;
	struct lkl_watch watch;
	struct lkl_poller *poller;
	void (*ready)(void *data, uint32_t events);
	void *data;
	bool dead;
	const char *type;
	char name[64];
};

/* Prepare @net, which is zeroed, for descriptor @fd. */
void lkl_net_fd_init(struct lkl_net_fd *net, int fd,
		     const struct lkl_host_net_ops *ops,
		     void (*free)(struct lkl_netdev *nd));
/* Set the type and the name that messages use; @name may be NULL. */
void lkl_net_fd_set_name(struct lkl_net_fd *net, const char *type,
			 const char *name);
struct lkl_net_fd *lkl_net_fd_of(struct lkl_netdev *nd);

/* Functions for struct lkl_host_net_ops and struct lkl_dev_net_ops */
int lkl_net_fd_open(struct lkl_netdev *nd, struct lkl_poller *poller,
		    uint64_t features,
		    void (*ready)(void *data, uint32_t events), void *data);
void lkl_net_fd_close(struct lkl_netdev *nd);
void lkl_net_fd_free(struct lkl_netdev *nd);
void lkl_net_fd_forked(struct lkl_netdev *nd);
void lkl_net_fd_want_rx(struct lkl_netdev *nd, int on);

/*
 * Send or receive each packet by one system call.  A packet that the host
 * refuses is lost, as on a wire; when the host takes no packet for now, the
 * rest waits.
 */
int lkl_net_fd_send(struct lkl_netdev *nd, struct lkl_packet *packets,
		    uint32_t n);
int lkl_net_fd_recv(struct lkl_netdev *nd, struct lkl_packet *packets,
		    uint32_t n);

/* Tell the device, or not, when @net->fd takes packets again. */
void lkl_net_fd_want_tx(struct lkl_net_fd *net, bool on);

#endif /* LKL_POSIX_BACKEND_H */
