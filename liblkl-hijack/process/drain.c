// SPDX-License-Identifier: GPL-2.0
/*
 * Data that the program has sent must leave before the process ends, because LKL's
 * kernel ends with the process.  sock_diag lists closed connections that have not
 * sent everything, and reports the end of each.  rtnetlink lists the neighbours
 * whose hardware address is still unknown: datagrams wait for these addresses.
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

#include "interfaces/netlink-client.h"
#include "process/drain.h"
#include "shared/netlink.h"
#include "state/kernel-call.h"
#include "state/signal-handlers.h"

/* States in which our data or our FIN may still be on its way. */
#define UNSENT	(1 << TCP_FIN_WAIT1 | 1 << TCP_LAST_ACK | 1 << TCP_CLOSING)

/**
 * struct source - data that has to leave before the end
 * @protocol:	the protocol of netlink that reports this data
 * @groups:	the multicast groups that report changes
 * @count:	return how much has not left; @buf is for the answer
 */
struct source {
	int protocol;
	int groups;
	int (*count)(int k, char *buf, size_t size);
};

struct counter {
	bool (*is_wanted)(const struct netlink_message *h);
	int count;
};

static void count_message(const struct netlink_message *h, void *arg)
{
	struct counter *c = arg;

	c->count += c->is_wanted(h);
}

/* Count the messages in the answer to @request that @is_wanted accepts. */
static int count_answers(int k, const struct netlink_message *request, char *buf,
			 size_t size, bool (*is_wanted)(const struct netlink_message *h))
{
	struct counter c = { .is_wanted = is_wanted };
	long len;

	if (netlink_send(k, request))
		return 0;
	do {
		len = netlink_receive(k, buf, size);
	} while (len > 0 && !netlink_visit(buf, len, count_message, &c));
	return c.count;
}

/* Connections */

/* The kernel has chosen the connections by their state. */
static bool is_connection(const struct netlink_message *h)
{
	return h->type == SOCK_DIAG_BY_FAMILY;
}

static int count_family(int k, int family, char *buf, size_t size)
{
	const struct inet_diag_req_v2 r = {
		.sdiag_family = family,
		.sdiag_protocol = IPPROTO_TCP,
		.idiag_states = UNSENT,
	};
	struct {
		struct netlink_message h;
		char body[sizeof(r)];
	} msg;

	netlink_begin(&msg.h, SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST | NLM_F_DUMP,
		      &r, sizeof(r));
	return count_answers(k, &msg.h, buf, size, is_connection);
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

static bool is_looked_for(const struct netlink_message *h)
{
	const struct ndmsg *n = netlink_body(h);

	return h->type == RTM_NEWNEIGH &&
	       netlink_has_body(h, sizeof(*n)) &&
	       (n->ndm_state & NUD_INCOMPLETE);
}

/* The kernel looks for a neighbour only when a packet waits. */
static int count_looked_for(int k, char *buf, size_t size)
{
	const struct ndmsg n = { .ndm_family = AF_UNSPEC };
	struct {
		struct netlink_message h;
		char body[sizeof(n)];
	} msg;

	netlink_begin(&msg.h, RTM_GETNEIGH, NLM_F_REQUEST | NLM_F_DUMP, &n,
		      sizeof(n));
	return count_answers(k, &msg.h, buf, size, is_looked_for);
}

static const struct source neighbours = {
	.protocol = NETLINK_ROUTE,
	.groups = RTMGRP_NEIGH,
	.count = count_looked_for,
};

/* Waiting */

/* Wait until something changes; return false when the time is over. */
static bool wait_for_change(int k, struct __lkl__kernel_timespec *left)
{
	struct lkl_pollfd p = { .fd = k, .events = LKL_POLLIN };
	char buf[4096];

	signals_at_exit();
	if (KCALL(ppoll, &p, 1, left) <= 0)
		return false;
	while (KCALL(recvfrom, k, buf, sizeof(buf), MSG_DONTWAIT) > 0)
		;
	return true;
}

/* Return the number that is left when the time is over. */
static int drain_source(const struct source *s,
			struct __lkl__kernel_timespec *left)
{
	int events = netlink_open(s->protocol, s->groups);
	int dump = netlink_open(s->protocol, 0), count = 0;
	char buf[8192] __attribute__((aligned(8)));

	/* Subscribe to events before the first dump, to miss no change. */
	if (events >= 0 && dump >= 0) {
		do {
			count = s->count(dump, buf, sizeof(buf));
		} while (count && wait_for_change(events, left));
	}
	if (events >= 0)
		KCALL(close, events);
	if (dump >= 0)
		KCALL(close, dump);
	return count;
}

int drain(int ms, bool datagrams)
{
	struct __lkl__kernel_timespec left = {
		.tv_sec = ms / 1000,
		.tv_nsec = ms % 1000 * 1000000L,
	};

	/* Neighbours come first, as they take three seconds at most. */
	if (datagrams)
		drain_source(&neighbours, &left);
	return drain_source(&connections, &left);
}
