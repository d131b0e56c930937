// SPDX-License-Identifier: GPL-2.0
/*
 * A port of a VDE switch.
 */
#include <errno.h>
#include <fcntl.h>
#include <libvdeplug.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "glue.h"

/**
 * struct net_vde - a back end
 * @net:	what it shares with others; first
 * @conn:	the connection to the switch
 * @buf:	a packet in one piece
 */
struct net_vde {
	struct net_fd net;
	VDECONN *conn;
	char buf[NET_PACKET_MAX];
};

static uint64_t vde_features(struct lkl_netdev *nd, uint64_t wanted)
{
	(void)nd;
	return wanted & NET_F(MRG_RXBUF);
}

static int vde_net_send(struct lkl_netdev *nd, struct lkl_packet *packets,
			uint32_t n)
{
	struct net_vde *vde = (struct net_vde *)nd;
	uint32_t i;

	for (i = 0; i < n; i++) {
		size_t len = net_gather(&packets[i], vde->buf,
					sizeof(vde->buf));

		/* What the switch refuses is lost, as on a wire. */
		if (vde_send(vde->conn, vde->buf, len, MSG_DONTWAIT) < 0 &&
		    (errno == EAGAIN || errno == ENOBUFS))
			break;
	}
	net_fd_want_tx(&vde->net, i < n);
	return i;
}

static int vde_net_recv(struct lkl_netdev *nd, struct lkl_packet *packets,
			uint32_t n)
{
	struct net_vde *vde = (struct net_vde *)nd;
	uint32_t i;

	for (i = 0; i < n; i++) {
		ssize_t len = vde_recv(vde->conn, vde->buf, sizeof(vde->buf),
				       MSG_DONTWAIT);

		if (len <= 0)
			break;
		net_scatter(&packets[i], vde->buf, len);
	}
	return i;
}

static void vde_free(struct lkl_netdev *nd)
{
	struct net_vde *vde = (struct net_vde *)nd;

	vde_close(vde->conn);
	free(vde);
}

static const struct lkl_host_net_ops vde_ops = {
	.size = sizeof(vde_ops),
	.features = vde_features,
	.open = net_fd_open,
	.want_rx = net_fd_want_rx,
	.send = vde_net_send,
	.recv = vde_net_recv,
	.close = net_fd_close,
};

__attribute__((visibility("default")))
struct lkl_netdev *lkl_net_plugin_1(const struct net_plugin_host *host,
				    const char *param)
{
	struct net_vde *vde = calloc(1, sizeof(*vde));
	/* The library changes its argument's contents in no version. */
	char descr[] = "lkl";

	net_host = host;
	if (!vde) {
		net_complain("vde", param, ENOMEM);
		return NULL;
	}
	vde->conn = vde_open((char *)param, descr, NULL);
	if (!vde->conn) {
		net_complain("vde", param, errno);
		free(vde);
		return NULL;
	}
	/* It does not pass flags on to the switch. */
	fcntl(vde_datafd(vde->conn), F_SETFL, O_NONBLOCK);
	net_fd_init(&vde->net, vde_datafd(vde->conn), &vde_ops, vde_free);
	return &vde->net.nd;
}
