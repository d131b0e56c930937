// SPDX-License-Identifier: GPL-2.0
/*
 * A client of LKL's netlink.  Memory is the caller's, as the end of the process
 * must not allocate any.
 */
#include <errno.h>

#include "interfaces/netlink-client.h"
#include "shared/netlink.h"
#include "state/kernel-call.h"

int netlink_open(int protocol, unsigned int groups)
{
	struct sockaddr_nl addr = {
		.nl_family = AF_NETLINK,
		.nl_groups = groups,
	};
	int k, ret;

	k = KCALL(socket, AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
	if (k < 0)
		return k;
	ret = KCALL(bind, k, &addr, sizeof(addr));
	if (!ret)
		return k;
	KCALL(close, k);
	return ret;
}

int netlink_send(int k, const struct netlink_message *request)
{
	long ret;

	do {
		ret = KCALL(sendto, k, request, request->len, 0, NULL, 0);
	} while (ret == -EINTR);
	return ret < 0 ? ret : 0;
}

static long receive_with(int k, void *buf, size_t size, int flags)
{
	long ret;

	do {
		ret = KCALL(recvfrom, k, buf, size, flags, NULL, NULL);
	} while (ret == -EINTR);
	return ret;
}

long netlink_peek(int k)
{
	return receive_with(k, NULL, 0, MSG_PEEK | MSG_TRUNC);
}

long netlink_receive(int k, void *buf, size_t size)
{
	return receive_with(k, buf, size, 0);
}

/* Return the error in an NLMSG_ERROR, or the error of a message that is too short. */
static int error_of(const struct netlink_message *h)
{
	const struct nlmsgerr *err = netlink_body(h);

	if (!netlink_has_body(h, sizeof(*err)) || err->error >= 0)
		return -EIO;
	return err->error;
}

int netlink_visit(const void *data, size_t len, netlink_visitor *visit,
		  void *arg)
{
	const struct netlink_message *h;

	netlink_for_each_message(h, data, len) {
		visit(h, arg);
		if (h->type == NLMSG_DONE)
			return 1;
		if (h->type == NLMSG_ERROR)
			return error_of(h);
	}
	return 0;
}
