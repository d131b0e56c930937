/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A client of LKL's netlink.  Functions return -errno on failure.
 */
#ifndef LKL_HIJACK_NETLINK_CLIENT_H
#define LKL_HIJACK_NETLINK_CLIENT_H

#include <stddef.h>

#include <sys/socket.h>
#include <linux/netlink.h>

#include "shared/netlink.h"

/* Return a socket that listens to multicast groups @groups, or to none. */
int netlink_open(int protocol, unsigned int groups);

int netlink_send(int k, const struct netlink_message *request);

/* Return the length of the next datagram, which stays in the socket. */
long netlink_peek(int k);
/* Return the length of the datagram that is put into @buf. */
long netlink_receive(int k, void *buf, size_t size);

typedef void netlink_visitor(const struct netlink_message *h, void *arg);

/*
 * Call @visit for each message of a datagram.  Return 0 when more datagrams
 * follow, 1 at the end of the answer, or the error in the answer.
 */
int netlink_visit(const void *data, size_t len, netlink_visitor *visit,
		  void *arg);

#endif /* LKL_HIJACK_NETLINK_CLIENT_H */
