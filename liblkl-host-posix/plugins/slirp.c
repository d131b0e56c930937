// SPDX-License-Identifier: GPL-2.0
/*
 * The network of the host without privileges: libslirp turns the packets that a
 * guest sends into connections of ordinary sockets.
 *
 * libslirp has a socket for each connection, and timers.  All sockets and a
 * timerfd are in one epoll set, which the poller watches.  All functions run
 * with the CPU lock held.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <libslirp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/nocancel.h"
#include "net/plugin.h"
#include "shared/clock.h"
#include "shared/list.h"
#include "shared/macros.h"

#define SLIRP_EVENTS	64
/* Packets that wait for the guest to take them; further ones are lost. */
#define SLIRP_QUEUE_MAX	1024

/* The functions of the library */
static const struct lkl_net_services *lkl;

/**
 * struct slirp_packet - a packet for the guest
 * @link:	link of struct net_slirp.packets
 * @len:	bytes of @data
 * @data:	the packet
 */
struct slirp_packet {
	struct list link;
	size_t len;
	char data[];
};

/**
 * struct slirp_timer - a timer of libslirp
 * @link:	link of struct net_slirp.timers
 * @id:		purpose of the timer
 * @opaque:	argument for libslirp
 * @expire_ms:	time when the timer is due, INT64_MAX: not set
 */
struct slirp_timer {
	struct list link;
	SlirpTimerId id;
	void *opaque;
	int64_t expire_ms;
};

/**
 * struct slirp_fd - a socket of libslirp, by its number
 * @wanted:	events that libslirp waits for
 * @watched:	events that the epoll set watches for
 * @found:	events that have happened
 * @round:	round in which libslirp has set @wanted
 * @open:	libslirp has the socket
 */
struct slirp_fd {
	uint32_t wanted;
	uint32_t watched;
	uint32_t found;
	uint32_t round;
	bool open;
};

/**
 * struct net_slirp - a back end
 * @net:	descriptor of the epoll set; first
 * @slirp:	instance of libslirp
 * @timer_fd:	timerfd for the timer that is due next
 * @timers:	all timers
 * @fds:	sockets, by number
 * @nr_fds:	size of @fds
 * @round:	number of the last update of the epoll set
 * @packets:	queue of packets for the guest
 * @queued:	length of the queue
 * @wants_rx:	the device receives packets
 * @buf:	a packet in one piece
 */
struct net_slirp {
	struct lkl_net_fd net;
	Slirp *slirp;
	int timer_fd;
	struct list timers;
	struct slirp_fd *fds;
	int nr_fds;
	uint32_t round;
	struct list packets;
	unsigned int queued;
	bool wants_rx;
	char buf[NET_PACKET_MAX];
};

static int64_t net_slirp_now(void *opaque)
{
	return now_ns();
}

/* Sockets */

/* Return the socket with number @fd; NULL: there is no memory for it. */
static struct slirp_fd *net_slirp_fd_of(struct net_slirp *s, int fd)
{
	struct slirp_fd *fds;
	int n = s->nr_fds;

	if (fd < n)
		return &s->fds[fd];
	n = fd + 64;
	fds = realloc(s->fds, n * sizeof(*fds));
	if (!fds)
		return NULL;
	memset(fds + s->nr_fds, 0, (n - s->nr_fds) * sizeof(*fds));
	s->fds = fds;
	s->nr_fds = n;
	return &fds[fd];
}

static void net_slirp_register_fd(int fd, void *opaque)
{
	struct slirp_fd *f = fd < 0 ? NULL : net_slirp_fd_of(opaque, fd);

	if (f)
		f->open = true;
}

/*
 * Forget socket @fd, which is about to be closed.  Closing does not take the
 * socket out of the epoll set if a child of the process has it as well.
 */
static void net_slirp_unregister_fd(int fd, void *opaque)
{
	struct net_slirp *s = opaque;

	if (fd < 0 || fd >= s->nr_fds)
		return;
	if (s->fds[fd].watched)
		epoll_ctl(s->net.fd, EPOLL_CTL_DEL, fd, NULL);
	s->fds[fd] = (struct slirp_fd) { };
}

static uint32_t net_slirp_to_epoll(int events)
{
	uint32_t e = 0;

	if (events & SLIRP_POLL_IN)
		e |= EPOLLIN;
	if (events & SLIRP_POLL_OUT)
		e |= EPOLLOUT;
	if (events & SLIRP_POLL_PRI)
		e |= EPOLLPRI;
	return e;
}

static int net_slirp_from_epoll(uint32_t e)
{
	int events = 0;

	if (e & EPOLLIN)
		events |= SLIRP_POLL_IN;
	if (e & EPOLLOUT)
		events |= SLIRP_POLL_OUT;
	if (e & EPOLLPRI)
		events |= SLIRP_POLL_PRI;
	if (e & EPOLLERR)
		events |= SLIRP_POLL_ERR;
	if (e & EPOLLHUP)
		events |= SLIRP_POLL_HUP;
	return events;
}

/* Note what libslirp waits for; the index that it wants back is the number. */
static int net_slirp_add_fd(int fd, int events, void *opaque)
{
	struct net_slirp *s = opaque;
	struct slirp_fd *f = net_slirp_fd_of(s, fd);

	if (!f)
		return -1;
	f->wanted = net_slirp_to_epoll(events);
	f->round = s->round;
	return fd;
}

static int net_slirp_revents(int fd, void *opaque)
{
	struct net_slirp *s = opaque;

	return fd < 0 || fd >= s->nr_fds ? 0 :
	       net_slirp_from_epoll(s->fds[fd].found);
}

static void net_slirp_watch_fd(struct net_slirp *s, int fd)
{
	struct slirp_fd *f = &s->fds[fd];
	uint32_t wanted = f->round == s->round ? f->wanted : 0;
	struct epoll_event ev = { .events = wanted, .data.fd = fd };

	f->found = 0;
	if (wanted == f->watched)
		return;
	if (!wanted)
		epoll_ctl(s->net.fd, EPOLL_CTL_DEL, fd, NULL);
	else if (epoll_ctl(s->net.fd, EPOLL_CTL_MOD, fd, &ev) &&
		 errno == ENOENT)
		epoll_ctl(s->net.fd, EPOLL_CTL_ADD, fd, &ev);
	f->watched = wanted;
}

/* Timers */

static void *net_slirp_timer_new(SlirpTimerId id, void *cb_opaque,
				 void *opaque)
{
	struct net_slirp *s = opaque;
	struct slirp_timer *t = malloc(sizeof(*t));

	if (!t)
		abort();	/* as libslirp itself does */
	*t = (struct slirp_timer) {
		.id = id,
		.opaque = cb_opaque,
		.expire_ms = INT64_MAX,
	};
	list_add_head(&s->timers, &t->link);
	return t;
}

static void net_slirp_timer_free(void *timer, void *opaque)
{
	struct slirp_timer *t = timer;

	list_remove(&t->link);
	free(t);
}

static void net_slirp_timer_mod(void *timer, int64_t expire_ms,
				void *opaque)
{
	struct slirp_timer *t = timer;

	t->expire_ms = expire_ms;
}

static void net_slirp_run_timers(struct net_slirp *s)
{
	int64_t now_ms = now_ns() / NSEC_PER_MSEC;
	struct slirp_timer *t;

	list_for_each(t, &s->timers, link) {
		if (t->expire_ms > now_ms)
			continue;
		t->expire_ms = INT64_MAX;
		slirp_handle_timer(s->slirp, t->id, t->opaque);
	}
}

/* Set the timerfd for @timeout_ms from now or the timer that is due first. */
static void net_slirp_set_timer(struct net_slirp *s, uint32_t timeout_ms)
{
	int64_t now_ms = now_ns() / NSEC_PER_MSEC;
	int64_t due = timeout_ms == UINT32_MAX ? INT64_MAX :
		      now_ms + timeout_ms;
	struct itimerspec its = { };
	struct slirp_timer *t;

	list_for_each(t, &s->timers, link)
		if (t->expire_ms < due)
			due = t->expire_ms;
	if (due != INT64_MAX) {
		its.it_value.tv_sec = due / 1000;
		/* Time 0 would stop the timer. */
		its.it_value.tv_nsec = due % 1000 * 1000000 + 1;
	}
	timerfd_settime(s->timer_fd, TFD_TIMER_ABSTIME, &its, NULL);
}

/* Ask libslirp what it waits for now, and watch for that. */
static void net_slirp_update_set(struct net_slirp *s)
{
	uint32_t timeout_ms = UINT32_MAX;
	int fd;

	s->round++;
	slirp_pollfds_fill(s->slirp, &timeout_ms, net_slirp_add_fd, s);
	for (fd = 0; fd < s->nr_fds; fd++)
		net_slirp_watch_fd(s, fd);
	net_slirp_set_timer(s, timeout_ms);
}

/* Packets */

static ssize_t net_slirp_to_guest(const void *buf, size_t len, void *opaque)
{
	struct net_slirp *s = opaque;
	struct slirp_packet *p;

	if (s->queued == SLIRP_QUEUE_MAX)
		return len;
	p = malloc(sizeof(*p) + len);
	if (!p)
		return len;
	p->len = len;
	memcpy(p->data, buf, len);
	list_add_tail(&s->packets, &p->link);
	s->queued++;
	return len;
}

static int net_slirp_recv(struct lkl_netdev *nd, struct lkl_packet *packets,
			  uint32_t n)
{
	struct net_slirp *s = (struct net_slirp *)nd;
	struct slirp_packet *p;
	uint32_t i;

	for (i = 0; i < n && !list_is_empty(&s->packets); i++) {
		p = list_entry(s->packets.next, struct slirp_packet, link);
		lkl->packet_set(&packets[i], p->data, p->len);
		list_remove(&p->link);
		s->queued--;
		free(p);
	}
	return i;
}

/* Let the device receive the packets in the queue. */
static void net_slirp_notify_device(struct net_slirp *s)
{
	while (!list_is_empty(&s->packets) && s->wants_rx)
		s->net.ready(s->net.data, LKL_NET_RX);
}

static int net_slirp_send(struct lkl_netdev *nd, struct lkl_packet *packets,
			  uint32_t n)
{
	struct net_slirp *s = (struct net_slirp *)nd;
	uint32_t i;

	for (i = 0; i < n; i++)
		slirp_input(s->slirp, (uint8_t *)s->buf,
			    lkl->packet_read(&packets[i], 0, s->buf,
					     sizeof(s->buf)));
	net_slirp_update_set(s);
	net_slirp_notify_device(s);
	return n;
}

static void net_slirp_ready(struct lkl_watch *w, int events)
{
	struct net_slirp *s = container_of(w, struct net_slirp, net.watch);
	struct epoll_event ev[SLIRP_EVENTS];
	int i, n;

	n = nocancel_epoll_peek(s->net.fd, ev, SLIRP_EVENTS);
	for (i = 0; i < n; i++)
		if (ev[i].data.fd != s->timer_fd)
			s->fds[ev[i].data.fd].found = ev[i].events;
	net_slirp_run_timers(s);
	slirp_pollfds_poll(s->slirp, n < 0, net_slirp_revents, s);
	net_slirp_update_set(s);
	net_slirp_notify_device(s);
}

static void net_slirp_want_rx(struct lkl_netdev *nd, int on)
{
	struct net_slirp *s = (struct net_slirp *)nd;

	s->wants_rx = on;
	/* More packets are queued than the device takes at once. */
	if (on && !list_is_empty(&s->packets))
		lkl->raise(s->net.poller, &s->net.watch, POLLIN);
}

static uint64_t net_slirp_features(struct lkl_netdev *nd, uint64_t wanted)
{
	return wanted & NET_F(MRG_RXBUF);
}

static int net_slirp_open(struct lkl_netdev *nd, struct lkl_poller *poller,
			  uint64_t features,
			  void (*ready)(void *data, uint32_t events),
			  void *data)
{
	struct net_slirp *s = (struct net_slirp *)nd;
	int ret = lkl->fd_open(nd, poller, features, ready, data);

	if (ret)
		return ret;
	s->wants_rx = false;
	s->net.watch.ready = net_slirp_ready;
	lkl->set_events(poller, &s->net.watch, POLLIN);
	net_slirp_update_set(s);
	return 0;
}

static void net_slirp_guest_error(const char *msg, void *opaque)
{
}

static void net_slirp_wake(void *opaque)
{
}

static void net_slirp_close(struct lkl_netdev *nd)
{
	lkl->fd_close(nd);
}

/*
 * Only close: the sockets' connections belong to the parent, which would not
 * end them while a child has them.
 */
static void net_slirp_forked(struct lkl_netdev *nd)
{
	struct net_slirp *s = (struct net_slirp *)nd;
	int fd;

	for (fd = 0; fd < s->nr_fds; fd++)
		if (s->fds[fd].open)
			close(fd);
	close(s->timer_fd);
	close(s->net.fd);
	s->timer_fd = -1;
	s->net.fd = -1;
	s->slirp = NULL;
}

static void net_slirp_free(struct lkl_netdev *nd)
{
	struct net_slirp *s = (struct net_slirp *)nd;
	struct slirp_packet *p, *tmp;

	if (s->slirp)
		slirp_cleanup(s->slirp);
	list_for_each_safe(p, tmp, &s->packets, link)
		free(p);
	free(s->fds);
	if (s->timer_fd >= 0)
		close(s->timer_fd);
	lkl->fd_free(nd);
}

static const struct lkl_host_net_ops net_slirp_ops = {
	.size = sizeof(net_slirp_ops),
	.features = net_slirp_features,
	.open = net_slirp_open,
	.want_rx = net_slirp_want_rx,
	.send = net_slirp_send,
	.recv = net_slirp_recv,
	.close = net_slirp_close,
	.forked = net_slirp_forked,
};

static const SlirpCb net_slirp_callbacks = {
	.send_packet = net_slirp_to_guest,
	.guest_error = net_slirp_guest_error,
	.clock_get_ns = net_slirp_now,
	.timer_new_opaque = net_slirp_timer_new,
	.timer_free = net_slirp_timer_free,
	.timer_mod = net_slirp_timer_mod,
	.register_poll_fd = net_slirp_register_fd,
	.unregister_poll_fd = net_slirp_unregister_fd,
	.notify = net_slirp_wake,
};

static Slirp *net_slirp_new_instance(struct net_slirp *s)
{
	SlirpConfig cfg = {
		.version = 4,
		.in_enabled = true,
		.in6_enabled = true,
		.vprefix_len = 64,
	};

	inet_pton(AF_INET, "10.0.2.0", &cfg.vnetwork);
	inet_pton(AF_INET, "255.255.255.0", &cfg.vnetmask);
	inet_pton(AF_INET, "10.0.2.2", &cfg.vhost);
	inet_pton(AF_INET, "10.0.2.15", &cfg.vdhcp_start);
	inet_pton(AF_INET, "10.0.2.3", &cfg.vnameserver);
	inet_pton(AF_INET6, "fec0::", &cfg.vprefix_addr6);
	inet_pton(AF_INET6, "fec0::2", &cfg.vhost6);
	inet_pton(AF_INET6, "fec0::3", &cfg.vnameserver6);
	return slirp_new(&cfg, &net_slirp_callbacks, s);
}

/* Create the epoll set with the timerfd in it.  Return 0 or a host errno. */
static int net_slirp_create_set(struct net_slirp *s, int *fd)
{
	struct epoll_event ev = { .events = EPOLLIN };
	int err;

	*fd = epoll_create1(EPOLL_CLOEXEC);
	if (*fd < 0)
		return errno;
	s->timer_fd = timerfd_create(CLOCK_MONOTONIC,
				     TFD_CLOEXEC | TFD_NONBLOCK);
	ev.data.fd = s->timer_fd;
	if (s->timer_fd >= 0 &&
	    !epoll_ctl(*fd, EPOLL_CTL_ADD, s->timer_fd, &ev))
		return 0;
	err = errno;
	if (s->timer_fd >= 0)
		close(s->timer_fd);
	close(*fd);
	return err;
}

static struct lkl_netdev *
net_slirp_create(const struct lkl_net_services *services, const char *param)
{
	struct net_slirp *s = calloc(1, sizeof(*s));
	int err, fd;

	lkl = services;
	if (!s) {
		lkl->report_open_error("slirp network", "10.0.2.0", ENOMEM);
		return NULL;
	}
	list_init(&s->timers);
	list_init(&s->packets);
	err = net_slirp_create_set(s, &fd);
	if (err) {
		lkl->report_open_error("slirp network", "10.0.2.0", err);
		free(s);
		return NULL;
	}
	lkl->fd_init(&s->net, fd, &net_slirp_ops, net_slirp_free);
	lkl->fd_set_name(&s->net, "slirp network", "10.0.2.0");
	s->slirp = net_slirp_new_instance(s);
	if (!s->slirp) {
		lkl->report_open_error("slirp network", "10.0.2.0", EINVAL);
		close(s->timer_fd);
		lkl->fd_free(&s->net.nd);
		return NULL;
	}
	return &s->net.nd;
}

static const struct lkl_net_plugin net_slirp_plugin = {
	.version = LKL_NET_PLUGIN_VERSION,
	.services_size = sizeof(struct lkl_net_services),
	.fd_size = sizeof(struct lkl_net_fd),
	.create = net_slirp_create,
};

__attribute__((visibility("default")))
const struct lkl_net_plugin *lkl_net_plugin(void)
{
	return &net_slirp_plugin;
}
