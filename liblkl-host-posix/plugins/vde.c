// SPDX-License-Identifier: GPL-2.0
/*
 * A port of a VDE switch.
 */
#include <errno.h>
#include <fcntl.h>
#include <libvdeplug.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "plugins/glue.h"

/**
 * struct net_vde - a back end
 * @net:	what it shares with others; first
 * @conn:	the connection to the switch
 * @path:	of the switch
 * @told:	that it is away
 * @buf:	a packet in one piece
 */
struct net_vde {
	struct net_fd net;
	VDECONN *conn;
	char *path;
	bool told;
	char buf[NET_PACKET_MAX];
};

static uint64_t vde_features(struct lkl_netdev *nd, uint64_t wanted)
{
	(void)nd;
	return wanted & NET_F(MRG_RXBUF);
}

static VDECONN *connect_to(const char *path)
{
	/* The library changes its argument's contents in no version. */
	char descr[] = "lkl";
	VDECONN *conn = vde_open((char *)path, descr, NULL);

	/* It does not pass flags on to the switch. */
	if (conn)
		fcntl(vde_datafd(conn), F_SETFL, O_NONBLOCK);
	return conn;
}

/* The switch was ended, and perhaps started again. */
static bool reconnect(struct net_vde *vde, int host_errno)
{
	VDECONN *conn = connect_to(vde->path);
	struct net_fd *net = &vde->net;
	int events = net->watch.events;

	if (!conn) {
		if (!vde->told)
			net_complain("vde", vde->path, host_errno);
		vde->told = true;
		return false;
	}
	lkl_poller_unwatch(net->poller, &net->watch);
	vde_close(vde->conn);
	vde->conn = conn;
	vde->told = false;
	net->fd = vde_datafd(conn);
	net->watch.fd = net->fd;
	net->dead = lkl_poller_watch(net->poller, &net->watch);
	lkl_poller_rewatch(net->poller, &net->watch, events);
	return !net->dead;
}

/* False: it takes nothing for now.  What it refuses is lost, as on a wire. */
static bool send_one(struct net_vde *vde, size_t len)
{
	ssize_t ret = vde_send(vde->conn, vde->buf, len, MSG_DONTWAIT);

	if (ret >= 0)
		return true;
	if (errno == EAGAIN || errno == ENOBUFS)
		return false;
	if ((errno == ECONNREFUSED || errno == ENOTCONN || errno == EPIPE ||
	     errno == ENOENT) && reconnect(vde, errno))
		vde_send(vde->conn, vde->buf, len, MSG_DONTWAIT);
	return true;
}

static int vde_net_send(struct lkl_netdev *nd, struct lkl_packet *packets,
			uint32_t n)
{
	struct net_vde *vde = (struct net_vde *)nd;
	uint32_t i;

	for (i = 0; i < n; i++) {
		size_t len = net_gather(&packets[i], vde->buf,
					sizeof(vde->buf));

		if (!send_one(vde, len))
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

static void vde_forked(struct lkl_netdev *nd)
{
	struct net_vde *vde = (struct net_vde *)nd;

	/* Only these: to leave the switch, as vde_close() may, is the parent's. */
	close(vde_datafd(vde->conn));
	close(vde_ctlfd(vde->conn));
	vde->conn = NULL;
}

static void vde_free(struct lkl_netdev *nd)
{
	struct net_vde *vde = (struct net_vde *)nd;

	if (vde->conn)
		vde_close(vde->conn);
	free(vde->path);
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
	.forked = vde_forked,
};

__attribute__((visibility("default")))
struct lkl_netdev *lkl_net_plugin_1(const struct net_plugin_host *host,
				    const char *param)
{
	struct net_vde *vde = calloc(1, sizeof(*vde));
	char *path = strdup(param ? param : "");

	net_host = host;
	errno = ENOMEM;
	if (vde && path)
		vde->conn = connect_to(path);
	if (!vde || !path || !vde->conn) {
		net_complain("vde", param, errno);
		free(path);
		free(vde);
		return NULL;
	}
	vde->path = path;
	net_fd_init(&vde->net, vde_datafd(vde->conn), &vde_ops, vde_free);
	net_fd_name(&vde->net, "vde", path);
	return &vde->net.nd;
}
