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

#include "net/plugin.h"

/* The functions of the library */
static const struct lkl_net_services *lkl;

/**
 * struct net_vde - a back end
 * @net:	descriptor of the connection; first
 * @conn:	connection to the switch
 * @path:	path of the switch
 * @lost_reported: the message that the switch has gone was printed
 * @buf:	a packet in one piece
 */
struct net_vde {
	struct lkl_net_fd net;
	VDECONN *conn;
	char *path;
	bool lost_reported;
	char buf[NET_PACKET_MAX];
};

static uint64_t vde_net_features(struct lkl_netdev *nd, uint64_t wanted)
{
	return wanted & NET_F(MRG_RXBUF);
}

static VDECONN *vde_connect(const char *path)
{
	/* vde_open() does not change its arguments, which are not const. */
	char descr[] = "lkl";
	VDECONN *conn = vde_open((char *)path, descr, NULL);

	/* vde_send() and vde_recv() ignore their flags. */
	if (conn)
		fcntl(vde_datafd(conn), F_SETFL, O_NONBLOCK);
	return conn;
}

/*
 * Connect again to a switch that has ended and may have been started again.
 * @host_errno is the error that showed the end.  Return true on success.
 */
static bool vde_reconnect(struct net_vde *vde, int host_errno)
{
	VDECONN *conn = vde_connect(vde->path);
	struct lkl_net_fd *net = &vde->net;
	int events = net->watch.events;

	if (!conn) {
		if (!vde->lost_reported)
			lkl->report("lkl: lost the vde switch %s: %s; start the switch again to go on\n",
				    vde->path, strerror(host_errno));
		vde->lost_reported = true;
		return false;
	}
	lkl->unwatch(net->poller, &net->watch);
	vde_close(vde->conn);
	vde->conn = conn;
	vde->lost_reported = false;
	net->fd = vde_datafd(conn);
	net->watch.fd = net->fd;
	net->dead = lkl->watch(net->poller, &net->watch);
	lkl->set_events(net->poller, &net->watch, events);
	return !net->dead;
}

/*
 * Send the packet in @vde->buf.  A packet that the switch refuses is lost, as
 * on a wire.  Return false when the switch takes nothing for now.
 */
static bool vde_send_packet(struct net_vde *vde, size_t len)
{
	ssize_t ret = vde_send(vde->conn, vde->buf, len, MSG_DONTWAIT);

	if (ret >= 0)
		return true;
	if (errno == EAGAIN || errno == ENOBUFS)
		return false;
	if ((errno == ECONNREFUSED || errno == ENOTCONN || errno == EPIPE ||
	     errno == ENOENT) && vde_reconnect(vde, errno))
		vde_send(vde->conn, vde->buf, len, MSG_DONTWAIT);
	return true;
}

static int vde_net_send(struct lkl_netdev *nd, struct lkl_packet *packets,
			uint32_t n)
{
	struct net_vde *vde = (struct net_vde *)nd;
	uint32_t i;

	for (i = 0; i < n; i++) {
		size_t len = lkl->packet_read(&packets[i], 0, vde->buf,
					      sizeof(vde->buf));

		if (!vde_send_packet(vde, len))
			break;
	}
	lkl->fd_want_tx(&vde->net, i < n);
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
		lkl->packet_set(&packets[i], vde->buf, len);
	}
	return i;
}

static void vde_net_forked(struct lkl_netdev *nd)
{
	struct net_vde *vde = (struct net_vde *)nd;

	/* Only close: vde_close() might leave the switch for the parent. */
	close(vde_datafd(vde->conn));
	close(vde_ctlfd(vde->conn));
	vde->conn = NULL;
}

static void vde_net_free(struct lkl_netdev *nd)
{
	struct net_vde *vde = (struct net_vde *)nd;

	if (vde->conn)
		vde_close(vde->conn);
	free(vde->path);
	free(vde);
}

static int vde_net_open(struct lkl_netdev *nd, struct lkl_poller *poller,
			uint64_t features,
			void (*ready)(void *data, uint32_t events), void *data)
{
	return lkl->fd_open(nd, poller, features, ready, data);
}

static void vde_net_want_rx(struct lkl_netdev *nd, int on)
{
	lkl->fd_want_rx(nd, on);
}

static void vde_net_close(struct lkl_netdev *nd)
{
	lkl->fd_close(nd);
}

static const struct lkl_host_net_ops vde_ops = {
	.size = sizeof(vde_ops),
	.features = vde_net_features,
	.open = vde_net_open,
	.want_rx = vde_net_want_rx,
	.send = vde_net_send,
	.recv = vde_net_recv,
	.close = vde_net_close,
	.forked = vde_net_forked,
};

static struct lkl_netdev *vde_create(const struct lkl_net_services *services,
				     const char *param)
{
	struct net_vde *vde = calloc(1, sizeof(*vde));
	char *path = strdup(param ? param : "");

	lkl = services;
	errno = ENOMEM;
	if (vde && path)
		vde->conn = vde_connect(path);
	if (!vde || !path || !vde->conn) {
		lkl->report_open_error("vde switch", param, errno);
		free(path);
		free(vde);
		return NULL;
	}
	vde->path = path;
	lkl->fd_init(&vde->net, vde_datafd(vde->conn), &vde_ops, vde_net_free);
	lkl->fd_set_name(&vde->net, "vde switch", path);
	return &vde->net.nd;
}

static const struct lkl_net_plugin vde_plugin = {
	.version = LKL_NET_PLUGIN_VERSION,
	.services_size = sizeof(struct lkl_net_services),
	.fd_size = sizeof(struct lkl_net_fd),
	.create = vde_create,
};

__attribute__((visibility("default")))
const struct lkl_net_plugin *lkl_net_plugin(void)
{
	return &vde_plugin;
}
