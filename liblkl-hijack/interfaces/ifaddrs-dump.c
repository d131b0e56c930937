// SPDX-License-Identifier: GPL-2.0
/*
 * Dumps of links and addresses from LKL's rtnetlink.  A dump that was interrupted
 * by a change is repeated: half of an old list and half of a new one would show an
 * address twice or not at all.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>

#include "interfaces/ifaddrs-dump.h"
#include "interfaces/netlink-client.h"
#include "state/kernel-call.h"

/* The kernel's datagrams are not larger, unless one entry needs more. */
#define ROOM		32768
/* Links that change all the time must not keep the caller for ever. */
#define TRIES		32

static int dump_make_room(struct ifaddrs_dump *dump, size_t room)
{
	size_t size = dump->len + room;
	char *data;

	if (size <= dump->size)
		return 0;
	size += size / 2;
	data = realloc(dump->data, size);
	if (!data)
		return -ENOMEM;
	dump->data = data;
	dump->size = size;
	return 0;
}

static int dump_request(int k, int type)
{
	struct {
		struct nlmsghdr nh;
		struct ifinfomsg info;
	} req = {
		.nh = {
			.nlmsg_len = sizeof(req),
			.nlmsg_type = type,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
			.nlmsg_seq = 1,
		},
		.info = { .ifi_family = AF_UNSPEC },
	};

	/* The headers begin alike, and the one of addresses is shorter. */
	if (type == RTM_GETADDR)
		req.nh.nlmsg_len = NLMSG_LENGTH(sizeof(struct ifaddrmsg));
	return netlink_send(k, &req.nh);
}

/* Append one datagram to the dump.  Return its length, or -errno. */
static long dump_receive(int k, struct ifaddrs_dump *dump)
{
	long ret = netlink_peek(k);

	if (ret >= 0 && dump_make_room(dump, ret < ROOM ? ROOM : ret) < 0)
		ret = -ENOMEM;
	if (ret < 0)
		return ret;
	return netlink_receive(k, dump->data + dump->len,
			       dump->size - dump->len);
}

static void note_interrupted(const struct nlmsghdr *nh, void *arg)
{
	bool *interrupted = arg;

	*interrupted |= !!(nh->nlmsg_flags & NLM_F_DUMP_INTR);
}

static int dump_once(int k, int type, struct ifaddrs_dump *dump,
		     bool *interrupted)
{
	int ret;

	dump->len = 0;
	*interrupted = false;
	ret = dump_request(k, type);
	while (!ret) {
		long len = dump_receive(k, dump);

		if (len < 0)
			return len;
		dump->len += len;
		ret = netlink_visit(dump->data + dump->len - len, len,
				    note_interrupted, interrupted);
	}
	return ret < 0 ? ret : 0;
}

int ifaddrs_dump(int type, struct ifaddrs_dump *dump)
{
	int k, ret, tries = TRIES;
	bool interrupted;

	*dump = (struct ifaddrs_dump){ };
	k = netlink_open(NETLINK_ROUTE, 0);
	if (k < 0)
		return k;
	do {
		ret = dump_once(k, type, dump, &interrupted);
	} while (!ret && interrupted && --tries);
	KCALL(close, k);
	if (ret < 0)
		ifaddrs_dump_free(dump);
	return ret;
}

void ifaddrs_dump_free(struct ifaddrs_dump *dump)
{
	free(dump->data);
	*dump = (struct ifaddrs_dump){ };
}

const struct nlmsghdr *ifaddrs_next(const struct ifaddrs_dump *dump,
				    const struct nlmsghdr *prev, int type)
{
	const char *at = dump->data;
	const struct nlmsghdr *nh;
	size_t len;

	if (prev)
		at = (const char *)prev + NLMSG_ALIGN(prev->nlmsg_len);
	len = dump->data + dump->len - at;
	for (nh = (const void *)at; NLMSG_OK(nh, len); nh = NLMSG_NEXT(nh, len))
		if (nh->nlmsg_type == type)
			return nh;
	return NULL;
}

const struct rtattr *ifaddrs_attr(const struct nlmsghdr *nh, size_t header,
				  int type)
{
	size_t space = NLMSG_SPACE(header);
	const struct rtattr *rta = (const void *)((const char *)nh + space);
	long len = (long)nh->nlmsg_len - (long)space;

	for (; len > 0 && RTA_OK(rta, len); rta = RTA_NEXT(rta, len))
		if (rta->rta_type == type)
			return rta;
	return NULL;
}

/* Return the value of attribute @type if it has at least @size bytes. */
static const void *address_value(const struct nlmsghdr *nh, int type, size_t size)
{
	const struct rtattr *rta = ifaddrs_attr(nh, sizeof(struct ifaddrmsg), type);

	return rta && RTA_PAYLOAD(rta) >= size ? RTA_DATA(rta) : NULL;
}

bool ifaddrs_parse_address(const struct nlmsghdr *nh,
			   struct ifaddrs_address *addr)
{
	const struct ifaddrmsg *msg = NLMSG_DATA(nh);
	const struct rtattr *rta;
	const uint32_t *flags;
	size_t size = 4;

	if (msg->ifa_family == AF_INET6)
		size = 16;
	else if (msg->ifa_family != AF_INET)
		return false;
	flags = address_value(nh, IFA_FLAGS, sizeof(*flags));
	*addr = (struct ifaddrs_address) {
		.family = msg->ifa_family,
		.index = msg->ifa_index,
		.flags = flags ? *flags : msg->ifa_flags,
		.prefix_len = msg->ifa_prefixlen,
		.address = address_value(nh, IFA_ADDRESS, size),
		.local = address_value(nh, IFA_LOCAL, size),
		.broadcast = address_value(nh, IFA_BROADCAST, size),
	};
	rta = ifaddrs_attr(nh, sizeof(*msg), IFA_LABEL);
	if (rta) {
		addr->label = RTA_DATA(rta);
		addr->label_len = strnlen(addr->label, RTA_PAYLOAD(rta));
	}
	return addr->address || addr->local;
}
