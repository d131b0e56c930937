// SPDX-License-Identifier: GPL-2.0
/*
 * What the program has sent when it ends has to leave: the host's kernel would
 * go on by itself, this one ends with the process.  sock_diag tells which
 * connections are closed and not yet done, and when one of them ends.
 */
#define _GNU_SOURCE
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "drain.h"
#include "lkl-call.h"

/* States in which our data or our end may still be on its way. */
#define UNSENT	(1 << TCP_FIN_WAIT1 | 1 << TCP_LAST_ACK | 1 << TCP_CLOSING)

static int open_diag(int groups)
{
	struct sockaddr_nl addr = { .nl_family = AF_NETLINK };
	int k;

	addr.nl_groups = groups;
	k = LKL_CALL(socket, AF_NETLINK, SOCK_RAW, NETLINK_SOCK_DIAG);
	if (k >= 0 && LKL_CALL(bind, k, &addr, sizeof(addr)) < 0) {
		LKL_CALL(close, k);
		k = -1;
	}
	return k;
}

static int ask(int k, int family)
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

	return LKL_CALL(sendto, k, &msg, sizeof(msg), 0, NULL, 0) < 0 ? -1 : 0;
}

/* How many; @buf is for the answer. */
static int count_family(int k, int family, char *buf, size_t size)
{
	const struct nlmsghdr *h;
	int count = 0;
	long len;

	if (ask(k, family))
		return 0;
	for (;;) {
		len = LKL_CALL(recvfrom, k, buf, size, 0, NULL, NULL);
		if (len <= 0)
			return count;
		for (h = (void *)buf; NLMSG_OK(h, len); h = NLMSG_NEXT(h, len)) {
			if (h->nlmsg_type == NLMSG_DONE ||
			    h->nlmsg_type == NLMSG_ERROR)
				return count;
			count++;
		}
	}
}

static int count_unsent(int k)
{
	char buf[8192] __attribute__((aligned(8)));

	return count_family(k, AF_INET, buf, sizeof(buf)) +
	       count_family(k, AF_INET6, buf, sizeof(buf));
}

/* Sleep until a connection ends; false when the time is over. */
static bool wait_for_end(int k, struct __lkl__kernel_timespec *left)
{
	struct lkl_pollfd p = { .fd = k, .events = LKL_POLLIN };
	char buf[4096];

	if (LKL_CALL(ppoll, &p, 1, left) <= 0)
		return false;
	while (LKL_CALL(recvfrom, k, buf, sizeof(buf), MSG_DONTWAIT) > 0)
		;
	return true;
}

int drain(int ms)
{
	struct __lkl__kernel_timespec left = {
		.tv_sec = ms / 1000,
		.tv_nsec = ms % 1000 * 1000000L,
	};
	const int groups = 1 << (SKNLGRP_INET_TCP_DESTROY - 1) |
			   1 << (SKNLGRP_INET6_TCP_DESTROY - 1);
	int events = open_diag(groups), dump = open_diag(0), count = 0;

	/* The events first: nothing ends unnoticed between the two. */
	if (events >= 0 && dump >= 0) {
		do {
			count = count_unsent(dump);
		} while (count && wait_for_end(events, &left));
	}
	if (events >= 0)
		LKL_CALL(close, events);
	if (dump >= 0)
		LKL_CALL(close, dump);
	return count;
}
