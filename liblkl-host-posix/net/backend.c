// SPDX-License-Identifier: GPL-2.0
/*
 * Back ends that are one descriptor: watching it, sending, receiving.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/host-report.h"
#include "base/nocancel.h"
#include "net/backend.h"

struct lkl_net_fd *lkl_net_fd_of(struct lkl_netdev *nd)
{
	return (struct lkl_net_fd *)nd;
}

/*
 * Clear the error of a socket, which may work again afterwards: a packet socket
 * reports an interface that is down as an error.  Return false when @fd is no
 * socket.
 */
static bool net_fd_clear_error(int fd)
{
	socklen_t len = sizeof(int);
	int err;

	return !getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &len);
}

static void net_fd_ready(struct lkl_watch *w, int revents)
{
	struct lkl_net_fd *net = container_of(w, struct lkl_net_fd, watch);
	uint32_t events = 0;

	if (revents & POLLERR && net_fd_clear_error(net->fd))
		revents &= ~POLLERR;
	/* The device finds the failure when it tries to receive. */
	if (revents & (POLLIN | POLLERR | POLLHUP | POLLNVAL))
		events |= LKL_NET_RX;
	if (revents & POLLOUT)
		events |= LKL_NET_TX;
	/* poll(2) would report the failure again and again. */
	if (revents & (POLLERR | POLLNVAL) ||
	    (revents & POLLHUP && !(revents & POLLIN))) {
		net->dead = true;
		lkl_posix_report("lkl: the %s %s has failed or was removed: the device sends and receives no more packets; start the program again\n",
				 net->type, net->name);
		lkl_poller_set_events(net->poller, w, 0);
	}
	net->ready(net->data, events);
}

void lkl_net_fd_init(struct lkl_net_fd *net, int fd,
		     const struct lkl_host_net_ops *ops,
		     void (*free)(struct lkl_netdev *nd))
{
	net->ops.host = ops;
	net->ops.free = free;
	net->nd.ops = &net->ops;
	net->fd = fd;
}

void lkl_net_fd_set_name(struct lkl_net_fd *net, const char *type,
			 const char *name)
{
	net->type = type;
	snprintf(net->name, sizeof(net->name), "%s", name ? name : "");
}

int lkl_net_fd_open(struct lkl_netdev *nd, struct lkl_poller *poller,
		    uint64_t features,
		    void (*ready)(void *data, uint32_t events), void *data)
{
	struct lkl_net_fd *net = lkl_net_fd_of(nd);
	int ret;

	if (net->poller)
		return -LKL_EBUSY;
	net->poller = poller;
	net->ready = ready;
	net->data = data;
	net->dead = false;
	net->watch = (struct lkl_watch) {
		.fd = net->fd,
		.ready = net_fd_ready,
	};
	ret = lkl_poller_watch(poller, &net->watch);
	if (ret)
		net->poller = NULL;
	return ret;
}

void lkl_net_fd_close(struct lkl_netdev *nd)
{
	struct lkl_net_fd *net = lkl_net_fd_of(nd);

	lkl_poller_unwatch(net->poller, &net->watch);
	net->poller = NULL;
}

void lkl_net_fd_forked(struct lkl_netdev *nd)
{
	struct lkl_net_fd *net = lkl_net_fd_of(nd);

	close(net->fd);
	net->fd = -1;
}

void lkl_net_fd_free(struct lkl_netdev *nd)
{
	struct lkl_net_fd *net = lkl_net_fd_of(nd);

	if (net->fd >= 0)
		close(net->fd);
	free(net);
}

static void net_fd_want(struct lkl_net_fd *net, int event, bool on)
{
	int events = net->watch.events & ~event;

	if (!net->dead)
		lkl_poller_set_events(net->poller, &net->watch,
				      on ? events | event : events);
}

void lkl_net_fd_want_tx(struct lkl_net_fd *net, bool on)
{
	net_fd_want(net, POLLOUT, on);
}

void lkl_net_fd_want_rx(struct lkl_netdev *nd, int on)
{
	net_fd_want(lkl_net_fd_of(nd), POLLIN, on);
}

int lkl_net_fd_send(struct lkl_netdev *nd, struct lkl_packet *packets,
		    uint32_t n)
{
	struct lkl_net_fd *net = lkl_net_fd_of(nd);
	uint32_t i;
	long ret;

	for (i = 0; i < n; i++) {
		do {
			ret = nocancel_writev(net->fd, packets[i].iov,
					      packets[i].iov_count);
		} while (ret < 0 && errno == EINTR);
		if (ret < 0 && errno == EAGAIN)
			break;
	}
	lkl_net_fd_want_tx(net, i < n);
	return i;
}

int lkl_net_fd_recv(struct lkl_netdev *nd, struct lkl_packet *packets,
		    uint32_t n)
{
	struct lkl_net_fd *net = lkl_net_fd_of(nd);
	uint32_t i;
	long ret;

	for (i = 0; i < n; i++) {
		do {
			ret = nocancel_readv(net->fd, packets[i].iov,
					     packets[i].iov_count);
		} while (ret < 0 && errno == EINTR);
		if (ret <= 0)
			break;
		packets[i].len = ret;
	}
	return i;
}
