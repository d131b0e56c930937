// SPDX-License-Identifier: GPL-2.0
/*
 * Dumps of links and addresses from the LKL instance's rtnetlink.  A dump that
 * changed meanwhile is done again: half of an old list and half of a new one
 * would show an address twice or not at all.
 */
#include <stdlib.h>
#include <string.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>

#include "interfaces/ifaddrs-dump.h"
#include "interfaces/resolver-sys.h"

/* The kernel makes messages of at most this size unless one entry needs more. */
#define ROOM		32768
/* An instance whose links never rest must not keep the caller for ever. */
#define TRIES		32

static int make_room(struct ifaddrs_dump *dump, size_t room)
{
	size_t size = dump->len + room;
	char *data;

	if (size <= dump->size)
		return 0;
	size += size / 2;
	data = realloc(dump->data, size);
	if (!data)
		return -1;
	dump->data = data;
	dump->size = size;
	return 0;
}

static int send_request(int fd, int type)
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
	long ret;

	/* Both requests may have the longer header; this is libc's way too. */
	if (type == RTM_GETADDR)
		req.nh.nlmsg_len = NLMSG_LENGTH(sizeof(struct ifaddrmsg));
	do {
		ret = lkl_sys_sendto(fd, &req, req.nh.nlmsg_len, 0, NULL, 0);
	} while (ret == -LKL_EINTR);
	return resolver_result(ret) < 0 ? -1 : 0;
}

/* Appends one datagram; its length, or -1. */
static long receive(int fd, struct ifaddrs_dump *dump)
{
	long ret;

	do {
		ret = lkl_sys_recvfrom(fd, NULL, 0, MSG_PEEK | MSG_TRUNC, NULL, NULL);
	} while (ret == -LKL_EINTR);
	if (resolver_result(ret) < 0 || make_room(dump, ret < ROOM ? ROOM : ret) < 0)
		return -1;
	do {
		ret = lkl_sys_recvfrom(fd, dump->data + dump->len, dump->size - dump->len, 0,
				       NULL, NULL);
	} while (ret == -LKL_EINTR);
	return resolver_result(ret);
}

/* 1 at the end of the dump, 0 to go on, -1 for an error. */
static int look_through(const struct ifaddrs_dump *dump, size_t from,
			bool *interrupted)
{
	const struct nlmsghdr *nh = (const void *)(dump->data + from);
	size_t len = dump->len - from;

	for (; NLMSG_OK(nh, len); nh = NLMSG_NEXT(nh, len)) {
		const struct nlmsgerr *err = NLMSG_DATA(nh);

		*interrupted |= !!(nh->nlmsg_flags & NLM_F_DUMP_INTR);
		if (nh->nlmsg_type == NLMSG_DONE)
			return 1;
		if (nh->nlmsg_type != NLMSG_ERROR)
			continue;
		errno = nh->nlmsg_len < NLMSG_LENGTH(sizeof(*err)) ? EIO : -err->error;
		return -1;
	}
	return 0;
}

static int dump_once(int fd, int type, struct ifaddrs_dump *dump,
		     bool *interrupted)
{
	int ret = 0;

	dump->len = 0;
	*interrupted = false;
	if (send_request(fd, type) < 0)
		return -1;
	while (!ret) {
		long len = receive(fd, dump);

		if (len < 0)
			return -1;
		dump->len += len;
		ret = look_through(dump, dump->len - len, interrupted);
	}
	return ret < 0 ? -1 : 0;
}

int ifaddrs_dump(int type, struct ifaddrs_dump *dump)
{
	int fd, ret, err, tries = TRIES;
	bool interrupted;

	*dump = (struct ifaddrs_dump){ };
	fd = resolver_result(lkl_sys_socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
	if (fd < 0)
		return -1;
	do {
		ret = dump_once(fd, type, dump, &interrupted);
	} while (!ret && interrupted && --tries);
	err = errno;
	lkl_sys_close(fd);
	if (ret < 0)
		ifaddrs_dump_free(dump);
	errno = err;
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

/* The value of attribute @type when it has at least @size bytes. */
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
