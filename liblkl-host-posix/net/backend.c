// SPDX-License-Identifier: GPL-2.0
/*
 * What the back ends that are one descriptor share.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "net/backend.h"

struct net_fd *net_fd_of(struct lkl_netdev *nd)
{
	return (struct net_fd *)nd;
}

/*
 * Take the error from a socket, which may work again afterwards: that of a
 * packet socket tells that its interface is down.
 */
static bool take_error(int fd)
{
	socklen_t len = sizeof(int);
	int err;

	return !getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &len);
}

static void fd_ready(struct lkl_watch *w, int revents)
{
	struct net_fd *net = (struct net_fd *)
		((char *)w - offsetof(struct net_fd, watch));
	uint32_t events = 0;

	if (revents & POLLERR && take_error(net->fd))
		revents &= ~POLLERR;
	/* The device finds out by itself what is wrong with it. */
	if (revents & (POLLIN | POLLERR | POLLHUP | POLLNVAL))
		events |= LKL_NET_RX;
	if (revents & POLLOUT)
		events |= LKL_NET_TX;
	/* It would be found again and again, and nothing can be done. */
	if (revents & (POLLERR | POLLNVAL) ||
	    (revents & POLLHUP && !(revents & POLLIN))) {
		net->dead = true;
		net_complain(net->what, net->which, ENODEV);
		lkl_poller_rewatch(net->poller, w, 0);
	}
	net->ready(net->data, events);
}

void net_fd_init(struct net_fd *net, int fd, const struct lkl_host_net_ops *ops,
		 void (*free)(struct lkl_netdev *nd))
{
	net->ops.host = ops;
	net->ops.free = free;
	net->nd.ops = &net->ops;
	net->fd = fd;
}

void net_fd_name(struct net_fd *net, const char *what, const char *which)
{
	net->what = what;
	snprintf(net->which, sizeof(net->which), "%s", which ? which : "");
}

int net_fd_open(struct lkl_netdev *nd, struct lkl_poller *poller,
		uint64_t features, void (*ready)(void *data, uint32_t events),
		void *data)
{
	struct net_fd *net = net_fd_of(nd);
	int ret;

	(void)features;
	if (net->poller)
		return -LKL_EBUSY;
	net->poller = poller;
	net->ready = ready;
	net->data = data;
	net->dead = false;
	net->watch = (struct lkl_watch) {
		.fd = net->fd,
		.ready = fd_ready,
	};
	ret = lkl_poller_watch(poller, &net->watch);
	if (ret)
		net->poller = NULL;
	return ret;
}

void net_fd_close(struct lkl_netdev *nd)
{
	struct net_fd *net = net_fd_of(nd);

	lkl_poller_unwatch(net->poller, &net->watch);
	net->poller = NULL;
}

void net_fd_forked(struct lkl_netdev *nd)
{
	struct net_fd *net = net_fd_of(nd);

	close(net->fd);
	net->fd = -1;
}

void net_fd_free(struct lkl_netdev *nd)
{
	struct net_fd *net = net_fd_of(nd);

	if (net->fd >= 0)
		close(net->fd);
	free(net);
}

static void want(struct net_fd *net, int event, bool on)
{
	int events = net->watch.events & ~event;

	if (!net->dead)
		lkl_poller_rewatch(net->poller, &net->watch,
				   on ? events | event : events);
}

void net_fd_want_tx(struct net_fd *net, bool on)
{
	want(net, POLLOUT, on);
}

void net_fd_want_rx(struct lkl_netdev *nd, int on)
{
	want(net_fd_of(nd), POLLIN, on);
}

/* The system calls themselves: those of libc are cancellation points. */

int net_fd_send(struct lkl_netdev *nd, struct lkl_packet *packets, uint32_t n)
{
	struct net_fd *net = net_fd_of(nd);
	uint32_t i;
	long ret;

	for (i = 0; i < n; i++) {
		do {
			ret = syscall(SYS_writev, net->fd, packets[i].iov,
				      packets[i].iov_count);
		} while (ret < 0 && errno == EINTR);
		if (ret < 0 && errno == EAGAIN)
			break;
	}
	net_fd_want_tx(net, i < n);
	return i;
}

int net_fd_recv(struct lkl_netdev *nd, struct lkl_packet *packets, uint32_t n)
{
	struct net_fd *net = net_fd_of(nd);
	uint32_t i;
	long ret;

	for (i = 0; i < n; i++) {
		do {
			ret = syscall(SYS_readv, net->fd, packets[i].iov,
				      packets[i].iov_count);
		} while (ret < 0 && errno == EINTR);
		if (ret <= 0)
			break;
		packets[i].len = ret;
	}
	return i;
}
