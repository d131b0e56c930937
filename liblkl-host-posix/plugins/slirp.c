// SPDX-License-Identifier: GPL-2.0
/*
 * The host's network by its own sockets: libslirp makes connections of what a
 * guest sends.
 *
 * libslirp has a socket for each connection, and timers.  All of them are in
 * one epoll set, which is the descriptor that the poller watches.  Everything
 * here runs with the CPU lock held.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <libslirp.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "plugins/glue.h"

#define EVENTS		64
/* Packets for a guest that does not take them; what comes then is lost. */
#define QUEUE_MAX	1024

/**
 * struct slirp_packet - a packet for the guest
 * @next:	link of the queue
 * @len:	its length
 * @data:	itself
 */
struct slirp_packet {
	struct slirp_packet *next;
	size_t len;
	char data[];
};

/**
 * struct slirp_timer - a timer of libslirp's
 * @next:	link of all
 * @id:		what it is for
 * @opaque:	for libslirp
 * @expire_ms:	when, INT64_MAX: not set
 */
struct slirp_timer {
	struct slirp_timer *next;
	SlirpTimerId id;
	void *opaque;
	int64_t expire_ms;
};

/**
 * struct slirp_fd - a socket of libslirp's, by its number
 * @wanted:	events that the last look asked for
 * @watched:	those that the epoll set has
 * @found:	those that have happened
 * @seen:	@wanted is of the look of this number
 */
struct slirp_fd {
	uint32_t wanted;
	uint32_t watched;
	uint32_t found;
	uint32_t seen;
};

/**
 * struct net_slirp - a back end
 * @net:	what it shares with others, for the epoll set; first
 * @slirp:	libslirp's side
 * @timer_fd:	the next timer
 * @timers:	all timers
 * @fds:	sockets, by number
 * @nr_fds:	size of @fds
 * @look:	number of the last look
 * @first:	queue of packets for the guest
 * @last:	its end
 * @queued:	its length
 * @listening:	the device wants to be told
 * @buf:	a packet in one piece
 */
struct net_slirp {
	struct net_fd net;
	Slirp *slirp;
	int timer_fd;
	struct slirp_timer *timers;
	struct slirp_fd *fds;
	int nr_fds;
	uint32_t look;
	struct slirp_packet *first;
	struct slirp_packet **last;
	unsigned int queued;
	bool listening;
	char buf[NET_PACKET_MAX];
};

static int64_t now_ns(void *opaque)
{
	struct timespec ts;

	(void)opaque;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

/* Sockets */

/* NULL: there is no memory for it. */
static struct slirp_fd *fd_of(struct net_slirp *s, int fd)
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

static void register_fd(int fd, void *opaque)
{
	(void)fd;
	(void)opaque;
}

/*
 * It is about to be closed.  That alone does not take it out of the set if a
 * child of the process has it too.
 */
static void unregister_fd(int fd, void *opaque)
{
	struct net_slirp *s = opaque;

	if (fd < 0 || fd >= s->nr_fds)
		return;
	if (s->fds[fd].watched)
		epoll_ctl(s->net.fd, EPOLL_CTL_DEL, fd, NULL);
	s->fds[fd] = (struct slirp_fd) { };
}

static uint32_t to_epoll(int events)
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

static int from_epoll(uint32_t e)
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

/* libslirp names what it waits for; its index for that is the number. */
static int add_fd(int fd, int events, void *opaque)
{
	struct net_slirp *s = opaque;
	struct slirp_fd *f = fd_of(s, fd);

	if (!f)
		return -1;
	f->wanted = to_epoll(events);
	f->seen = s->look;
	return fd;
}

static int revents(int fd, void *opaque)
{
	struct net_slirp *s = opaque;

	return fd < 0 || fd >= s->nr_fds ? 0 : from_epoll(s->fds[fd].found);
}

static void watch_fd(struct net_slirp *s, int fd)
{
	struct slirp_fd *f = &s->fds[fd];
	uint32_t wanted = f->seen == s->look ? f->wanted : 0;
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

static void *timer_new(SlirpTimerId id, void *cb_opaque, void *opaque)
{
	struct net_slirp *s = opaque;
	struct slirp_timer *t = malloc(sizeof(*t));

	if (!t)
		abort();	/* as libslirp does */
	*t = (struct slirp_timer) {
		.next = s->timers,
		.id = id,
		.opaque = cb_opaque,
		.expire_ms = INT64_MAX,
	};
	s->timers = t;
	return t;
}

static void timer_free(void *timer, void *opaque)
{
	struct net_slirp *s = opaque;
	struct slirp_timer **link = &s->timers;

	while (*link != timer)
		link = &(*link)->next;
	*link = (*link)->next;
	free(timer);
}

static void timer_mod(void *timer, int64_t expire_ms, void *opaque)
{
	struct slirp_timer *t = timer;

	(void)opaque;
	t->expire_ms = expire_ms;
}

static void run_timers(struct net_slirp *s)
{
	int64_t now_ms = now_ns(NULL) / 1000000;
	struct slirp_timer *t;

	for (t = s->timers; t; t = t->next) {
		if (t->expire_ms > now_ms)
			continue;
		t->expire_ms = INT64_MAX;
		slirp_handle_timer(s->slirp, t->id, t->opaque);
	}
}

/* Wake up in @timeout_ms, or when a timer is due. */
static void set_timer(struct net_slirp *s, uint32_t timeout_ms)
{
	int64_t now_ms = now_ns(NULL) / 1000000;
	int64_t due = timeout_ms == UINT32_MAX ? INT64_MAX :
		      now_ms + timeout_ms;
	struct itimerspec its = { };
	struct slirp_timer *t;

	for (t = s->timers; t; t = t->next)
		if (t->expire_ms < due)
			due = t->expire_ms;
	if (due != INT64_MAX) {
		its.it_value.tv_sec = due / 1000;
		/* Not 0, which would stop it. */
		its.it_value.tv_nsec = due % 1000 * 1000000 + 1;
	}
	timerfd_settime(s->timer_fd, TFD_TIMER_ABSTIME, &its, NULL);
}

/* Ask libslirp what it waits for now. */
static void look(struct net_slirp *s)
{
	uint32_t timeout_ms = UINT32_MAX;
	int fd;

	s->look++;
	slirp_pollfds_fill(s->slirp, &timeout_ms, add_fd, s);
	for (fd = 0; fd < s->nr_fds; fd++)
		watch_fd(s, fd);
	set_timer(s, timeout_ms);
}

/* Packets */

static ssize_t to_guest(const void *buf, size_t len, void *opaque)
{
	struct net_slirp *s = opaque;
	struct slirp_packet *p;

	if (s->queued == QUEUE_MAX)
		return len;
	p = malloc(sizeof(*p) + len);
	if (!p)
		return len;
	p->next = NULL;
	p->len = len;
	memcpy(p->data, buf, len);
	*s->last = p;
	s->last = &p->next;
	s->queued++;
	return len;
}

static int slirp_recv_packets(struct lkl_netdev *nd,
			      struct lkl_packet *packets, uint32_t n)
{
	struct net_slirp *s = (struct net_slirp *)nd;
	uint32_t i;

	for (i = 0; i < n && s->first; i++) {
		struct slirp_packet *p = s->first;

		net_scatter(&packets[i], p->data, p->len);
		s->first = p->next;
		if (!s->first)
			s->last = &s->first;
		s->queued--;
		free(p);
	}
	return i;
}

/* Nobody else tells the device of what is in the queue. */
static void tell(struct net_slirp *s)
{
	while (s->first && s->listening)
		s->net.ready(s->net.data, LKL_NET_RX);
}

static int slirp_send_packets(struct lkl_netdev *nd,
			      struct lkl_packet *packets, uint32_t n)
{
	struct net_slirp *s = (struct net_slirp *)nd;
	uint32_t i;

	for (i = 0; i < n; i++)
		slirp_input(s->slirp, (uint8_t *)s->buf,
			    net_gather(&packets[i], s->buf, sizeof(s->buf)));
	look(s);
	tell(s);
	return n;
}

static void set_ready(struct lkl_watch *w, int events)
{
	struct net_slirp *s = (struct net_slirp *)
		((char *)w - offsetof(struct net_slirp, net.watch));
	struct epoll_event ev[EVENTS];
	int i, n;

	(void)events;
	/* That of libc is a cancellation point. */
	n = syscall(SYS_epoll_pwait, s->net.fd, ev, EVENTS, 0, NULL, 0);
	for (i = 0; i < n; i++)
		if (ev[i].data.fd != s->timer_fd)
			s->fds[ev[i].data.fd].found = ev[i].events;
	run_timers(s);
	slirp_pollfds_poll(s->slirp, n < 0, revents, s);
	look(s);
	tell(s);
}

static void slirp_want_rx(struct lkl_netdev *nd, int on)
{
	struct net_slirp *s = (struct net_slirp *)nd;

	s->listening = on;
	/* What came meanwhile is more than the device takes at once. */
	if (on && s->first)
		net_host->again(s->net.poller, &s->net.watch, POLLIN);
}

static uint64_t slirp_features(struct lkl_netdev *nd, uint64_t wanted)
{
	(void)nd;
	return wanted & NET_F(MRG_RXBUF);
}

static int slirp_open(struct lkl_netdev *nd, struct lkl_poller *poller,
		      uint64_t features,
		      void (*ready)(void *data, uint32_t events), void *data)
{
	struct net_slirp *s = (struct net_slirp *)nd;
	int ret = net_fd_open(nd, poller, features, ready, data);

	if (ret)
		return ret;
	s->listening = false;
	s->net.watch.ready = set_ready;
	net_host->rewatch(poller, &s->net.watch, POLLIN);
	look(s);
	return 0;
}

static void guest_error(const char *msg, void *opaque)
{
	(void)msg;
	(void)opaque;
}

static void notify(void *opaque)
{
	(void)opaque;
}

static void slirp_free(struct lkl_netdev *nd)
{
	struct net_slirp *s = (struct net_slirp *)nd;
	struct slirp_packet *p;

	slirp_cleanup(s->slirp);
	while ((p = s->first)) {
		s->first = p->next;
		free(p);
	}
	free(s->fds);
	close(s->timer_fd);
	net_fd_free(nd);
}

static const struct lkl_host_net_ops slirp_ops = {
	.size = sizeof(slirp_ops),
	.features = slirp_features,
	.open = slirp_open,
	.want_rx = slirp_want_rx,
	.send = slirp_send_packets,
	.recv = slirp_recv_packets,
	.close = net_fd_close,
};

static const SlirpCb callbacks = {
	.send_packet = to_guest,
	.guest_error = guest_error,
	.clock_get_ns = now_ns,
	.timer_new_opaque = timer_new,
	.timer_free = timer_free,
	.timer_mod = timer_mod,
	.register_poll_fd = register_fd,
	.unregister_poll_fd = unregister_fd,
	.notify = notify,
};

static Slirp *new_slirp(struct net_slirp *s)
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
	return slirp_new(&cfg, &callbacks, s);
}

/* The set, with the timer in it; 0 or a host errno. */
static int make_set(struct net_slirp *s, int *fd)
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

__attribute__((visibility("default")))
struct lkl_netdev *lkl_net_plugin_1(const struct net_plugin_host *host,
				    const char *param)
{
	struct net_slirp *s = calloc(1, sizeof(*s));
	int err, fd;

	net_host = host;
	if (!s) {
		net_complain("slirp", param, ENOMEM);
		return NULL;
	}
	s->last = &s->first;
	err = make_set(s, &fd);
	if (err) {
		net_complain("slirp", param, err);
		free(s);
		return NULL;
	}
	net_fd_init(&s->net, fd, &slirp_ops, slirp_free);
	net_fd_name(&s->net, "slirp", param);
	s->slirp = new_slirp(s);
	if (!s->slirp) {
		net_complain("slirp", param, EINVAL);
		close(s->timer_fd);
		net_fd_free(&s->net.nd);
		return NULL;
	}
	return &s->net.nd;
}
