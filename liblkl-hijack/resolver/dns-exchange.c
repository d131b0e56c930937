// SPDX-License-Identifier: GPL-2.0
/*
 * Queries to the instance's name servers, by c-ares with sockets of LKL.
 *
 * Each exchange has a channel of its own.  A channel costs some microseconds, where
 * a query costs hundreds.  Threads share no state, a fork() copies none in the
 * middle of a change, and each exchange has a source port of its own, which makes
 * answers hard to forge.
 */
#define CARES_NO_DEPRECATED
#include <ares.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include "resolver/resolver.h"
#include "state/kernel-call.h"

/* The same as in glibc, so that answers are not fragmented. */
#define EDNS_SIZE	1200

struct exchange {
	const struct resolver_conf *conf;
	ares_channel channel;
	int err;		/* the kernel's error that ended the exchange */
};

static int ares_ready = ARES_ENOTINITIALIZED;
static pthread_once_t ares_once = PTHREAD_ONCE_INIT;

static void init_ares(void)
{
	ares_ready = ares_library_init(ARES_LIB_INIT_ALL);
}

static ares_socket_t open_socket(int family, int type, int protocol, void *data)
{
	return to_errno(KCALL(socket, family, type | SOCK_NONBLOCK | SOCK_CLOEXEC,
					      protocol));
}

static int close_socket(ares_socket_t fd, void *data)
{
	return to_errno(KCALL(close, fd));
}

/* Set the scope, which c-ares does not know. */
static void add_scope(const struct exchange *ex, struct sockaddr_in6 *sin6)
{
	int i;

	for (i = 0; i < ex->conf->n_servers; i++) {
		const struct resolver_server *s = &ex->conf->servers[i];

		if (s->family == AF_INET6 && IN6_ARE_ADDR_EQUAL(&s->addr, &sin6->sin6_addr))
			sin6->sin6_scope_id = s->scope;
	}
}

static int connect_socket(ares_socket_t fd, const struct sockaddr *addr,
			  ares_socklen_t len, void *data)
{
	struct sockaddr_storage ss = { };

	if (len > sizeof(ss)) {
		errno = EINVAL;
		return -1;
	}
	memcpy(&ss, addr, len);
	if (addr->sa_family == AF_INET6)
		add_scope(data, (struct sockaddr_in6 *)&ss);
	return to_errno(KCALL(connect, fd, &ss, len));
}

static ares_ssize_t receive_from_socket(ares_socket_t fd, void *buf, size_t len,
					int flags, struct sockaddr *from,
					ares_socklen_t *from_len, void *data)
{
	int size = from_len ? (int)*from_len : 0;
	long ret = KCALL(recvfrom, fd, buf, len, flags, from,
				    from ? &size : NULL);

	if (ret >= 0 && from && from_len)
		*from_len = size;
	return to_errno(ret);
}

static ares_ssize_t send_vector(ares_socket_t fd, const struct iovec *vec, int n,
				void *data)
{
	struct msghdr msg = { .msg_iov = (struct iovec *)vec, .msg_iovlen = n };

	return to_errno(KCALL(sendmsg, fd, &msg, MSG_NOSIGNAL));
}

static const struct ares_socket_functions socket_functions = {
	.asocket = open_socket,
	.aclose = close_socket,
	.aconnect = connect_socket,
	.arecvfrom = receive_from_socket,
	.asendv = send_vector,
};

static int set_servers(struct exchange *ex)
{
	struct ares_addr_node nodes[RESOLVER_SERVERS] = { };
	int i;

	for (i = 0; i < ex->conf->n_servers; i++) {
		nodes[i].next = i + 1 < ex->conf->n_servers ? &nodes[i + 1] : NULL;
		nodes[i].family = ex->conf->servers[i].family;
		memcpy(&nodes[i].addr, &ex->conf->servers[i].addr, sizeof(nodes[i].addr));
	}
	return ares_set_servers(ex->channel, nodes);
}

/* Set every option, so that c-ares does not read files of the host. */
static int open_channel(struct exchange *ex)
{
	const struct resolver_conf *conf = ex->conf;
	struct ares_options opts = {
		.flags = ARES_FLAG_NOSEARCH | (conf->use_vc ? ARES_FLAG_USEVC : 0) |
			 (conf->edns0 ? ARES_FLAG_EDNS : 0),
		.timeout = (conf->timeout_s ?: 1) * 1000,
		.tries = conf->attempts ?: 1,
		.ndots = 1,
		.ednspsz = EDNS_SIZE,
		.lookups = "b",
		.resolvconf_path = "/dev/null",
	};
	int mask = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_NDOTS |
		   ARES_OPT_EDNSPSZ | ARES_OPT_LOOKUPS | ARES_OPT_RESOLVCONF |
		   ARES_OPT_DOMAINS;
	int status;

	pthread_once(&ares_once, init_ares);
	if (ares_ready != ARES_SUCCESS)
		return ares_ready;
	mask |= conf->rotate ? ARES_OPT_ROTATE : ARES_OPT_NOROTATE;
	status = ares_init_options(&ex->channel, &opts, mask);
	if (status != ARES_SUCCESS)
		return status;
	ares_set_socket_functions(ex->channel, &socket_functions, ex);
	status = set_servers(ex);
	if (status != ARES_SUCCESS)
		ares_destroy(ex->channel);
	return status;
}

static void query_done(void *arg, int status, int timeouts,
		       unsigned char *answer, int len)
{
	struct resolver_query *q = arg;

	q->status = status;
	q->done = true;
	if (status != ARES_SUCCESS)
		return;
	q->answer = malloc(len);
	if (!q->answer) {
		q->status = ARES_ENOMEM;
		return;
	}
	memcpy(q->answer, answer, len);
	q->answer_len = len;
}

static int fill_fds(ares_channel channel, struct lkl_pollfd *fds)
{
	ares_socket_t socks[ARES_GETSOCK_MAXNUM];
	/* Unsigned, as ARES_GETSOCK_WRITABLE() shifts into the highest bit. */
	unsigned int bits = ares_getsock(channel, socks, ARES_GETSOCK_MAXNUM);
	int i, n = 0;

	for (i = 0; i < ARES_GETSOCK_MAXNUM; i++) {
		short events = 0;

		if (bits >> i & 1)
			events |= LKL_POLLIN;
		if (bits >> (i + ARES_GETSOCK_MAXNUM) & 1)
			events |= LKL_POLLOUT;
		if (events)
			fds[n++] = (struct lkl_pollfd){ .fd = socks[i], .events = events };
	}
	return n;
}

static void process_events(ares_channel channel, const struct lkl_pollfd *fds, int n)
{
	int i;

	for (i = 0; i < n; i++) {
		short events = fds[i].revents;

		if (!events)
			continue;
		if (events & (LKL_POLLERR | LKL_POLLHUP | LKL_POLLNVAL))
			events |= fds[i].events;
		ares_process_fd(channel,
				events & LKL_POLLIN ? fds[i].fd : ARES_SOCKET_BAD,
				events & LKL_POLLOUT ? fds[i].fd : ARES_SOCKET_BAD);
	}
	/* Time may have run out as well. */
	ares_process_fd(channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
}

/* Wait once.  Return false when the kernel takes no more calls. */
static bool wait_for_answers(struct exchange *ex)
{
	struct lkl_pollfd fds[ARES_GETSOCK_MAXNUM];
	struct __lkl__kernel_timespec ts;
	struct timeval tv, *timeout;
	int n = fill_fds(ex->channel, fds);
	long ret;

	timeout = ares_timeout(ex->channel, NULL, &tv);
	if (timeout) {
		ts.tv_sec = timeout->tv_sec;
		ts.tv_nsec = timeout->tv_usec * 1000;
	}
	ret = KCALL(ppoll, fds, n, timeout ? &ts : NULL, NULL, 0);
	/* The look-up goes on after a signal handler, as in libc. */
	if (ret == -LKL_EINTR)
		return true;
	if (to_errno(ret) < 0) {
		ex->err = errno;
		return false;
	}
	process_events(ex->channel, fds, n);
	return true;
}

static bool all_done(const struct resolver_query *queries, int n)
{
	while (n--)
		if (!queries[n].done)
			return false;
	return true;
}

static void exchange_queries(const struct resolver_conf *conf,
			     struct resolver_query *queries, int n)
{
	struct exchange ex = { .conf = conf };
	int i, status = open_channel(&ex);

	for (i = 0; i < n; i++) {
		queries[i].done = status != ARES_SUCCESS;
		queries[i].status = status;
		if (status == ARES_SUCCESS)
			ares_send(ex.channel, queries[i].msg, queries[i].msg_len, query_done,
				  &queries[i]);
	}
	if (status != ARES_SUCCESS)
		return;
	while (!all_done(queries, n))
		if (!wait_for_answers(&ex))
			ares_cancel(ex.channel);
	ares_destroy(ex.channel);
	if (ex.err)
		errno = ex.err;
}

void resolver_exchange(const struct resolver_conf *conf,
		       struct resolver_query *queries, int n)
{
	int i;

	if (!conf->single_request) {
		exchange_queries(conf, queries, n);
		return;
	}
	for (i = 0; i < n; i++)
		exchange_queries(conf, &queries[i], 1);
}
