// SPDX-License-Identifier: GPL-2.0
/*
 * What the program has sent when it ends has to leave: the host's kernel would
 * go on by itself, this one ends with the process.  sock_diag tells which
 * connections are closed and not yet done, and when one of them ends;
 * rtnetlink which neighbours are looked for, with datagrams that wait for their
 * addresses.
 */
#define _GNU_SOURCE
#include <linux/inet_diag.h>
#include <linux/neighbour.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "process/drain.h"
#include "state/kernel-call.h"
#include "state/signal-handlers.h"

/* States in which our data or our end may still be on its way. */
#define UNSENT	(1 << TCP_FIN_WAIT1 | 1 << TCP_LAST_ACK | 1 << TCP_CLOSING)

/**
 * struct source - something that has to be done before the end
 * @protocol:	of netlink, which tells about it
 * @groups:	where it tells of changes
 * @count:	how much is not yet done; the buffer is for the answer
 */
struct source {
	int protocol;
	int groups;
	int (*count)(int k, char *buf, size_t size);
};

static int open_netlink(int protocol, int groups)
{
	struct sockaddr_nl addr = { .nl_family = AF_NETLINK };
	int k;

	addr.nl_groups = groups;
	k = LKL_CALL(socket, AF_NETLINK, SOCK_RAW, protocol);
	if (k >= 0 && LKL_CALL(bind, k, &addr, sizeof(addr)) < 0) {
		LKL_CALL(close, k);
		k = -1;
	}
	return k;
}

/* How many of the messages that answer @request are @wanted. */
static int count_answers(int k, const struct nlmsghdr *request, char *buf,
			 size_t size, bool (*wanted)(const struct nlmsghdr *h))
{
	const struct nlmsghdr *h;
	int count = 0;
	long len;

	if (LKL_CALL(sendto, k, request, request->nlmsg_len, 0, NULL, 0) < 0)
		return 0;
	for (;;) {
		len = LKL_CALL(recvfrom, k, buf, size, 0, NULL, NULL);
		if (len <= 0)
			return count;
		for (h = (void *)buf; NLMSG_OK(h, len); h = NLMSG_NEXT(h, len)) {
			if (h->nlmsg_type == NLMSG_DONE ||
			    h->nlmsg_type == NLMSG_ERROR)
				return count;
			count += wanted(h);
		}
	}
}

/* Connections */

/* The kernel has looked already. */
static bool is_unsent(const struct nlmsghdr *h)
{
	return h->nlmsg_type == SOCK_DIAG_BY_FAMILY;
}

static int count_family(int k, int family, char *buf, size_t size)
{
	struct {
		struct nlmsghdr h;
		struct inet_diag_req_v2 r;
	} msg = {
		.h.nlmsg_len = sizeof(msg),
		.h.nlmsg_type = SOCK_DIAG_BY_FAMILY,
		.h.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
		.r.sdiag_family = family,
		.r.sdiag_protocol = IPPROTO_TCP,
		.r.idiag_states = UNSENT,
	};

	return count_answers(k, &msg.h, buf, size, is_unsent);
}

static int count_unsent(int k, char *buf, size_t size)
{
	return count_family(k, AF_INET, buf, size) +
	       count_family(k, AF_INET6, buf, size);
}

static const struct source connections = {
	.protocol = NETLINK_SOCK_DIAG,
	.groups = 1 << (SKNLGRP_INET_TCP_DESTROY - 1) |
		  1 << (SKNLGRP_INET6_TCP_DESTROY - 1),
	.count = count_unsent,
};

/* Neighbours */

static bool is_looked_for(const struct nlmsghdr *h)
{
	const struct ndmsg *n = NLMSG_DATA(h);

	return h->nlmsg_type == RTM_NEWNEIGH &&
	       h->nlmsg_len >= NLMSG_LENGTH(sizeof(*n)) &&
	       (n->ndm_state & NUD_INCOMPLETE);
}

/* Only for a packet is one looked for; what is found or given up is told. */
static int count_looked_for(int k, char *buf, size_t size)
{
	struct {
		struct nlmsghdr h;
		struct ndmsg n;
	} msg = {
		.h.nlmsg_len = sizeof(msg),
		.h.nlmsg_type = RTM_GETNEIGH,
		.h.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
		.n.ndm_family = AF_UNSPEC,
	};

	return count_answers(k, &msg.h, buf, size, is_looked_for);
}

static const struct source neighbours = {
	.protocol = NETLINK_ROUTE,
	.groups = RTMGRP_NEIGH,
	.count = count_looked_for,
};

/* Waiting */

/* Sleep until something changes; false when the time is over. */
static bool wait_for_change(int k, struct __lkl__kernel_timespec *left)
{
	struct lkl_pollfd p = { .fd = k, .events = LKL_POLLIN };
	char buf[4096];

	signals_at_exit();
	if (LKL_CALL(ppoll, &p, 1, left) <= 0)
		return false;
	while (LKL_CALL(recvfrom, k, buf, sizeof(buf), MSG_DONTWAIT) > 0)
		;
	return true;
}

/* How much is left when the time is over. */
static int drain_source(const struct source *s,
			struct __lkl__kernel_timespec *left)
{
	int events = open_netlink(s->protocol, s->groups);
	int dump = open_netlink(s->protocol, 0), count = 0;
	char buf[8192] __attribute__((aligned(8)));

	/* The events first: nothing ends unnoticed between the two. */
	if (events >= 0 && dump >= 0) {
		do {
			count = s->count(dump, buf, sizeof(buf));
		} while (count && wait_for_change(events, left));
	}
	if (events >= 0)
		LKL_CALL(close, events);
	if (dump >= 0)
		LKL_CALL(close, dump);
	return count;
}

int drain(int ms, bool datagrams)
{
	struct __lkl__kernel_timespec left = {
		.tv_sec = ms / 1000,
		.tv_nsec = ms % 1000 * 1000000L,
	};

	/* First, as they take three seconds at most. */
	if (datagrams)
		drain_source(&neighbours, &left);
	return drain_source(&connections, &left);
}
