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
#include "shared/netlink.h"
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
		struct netlink_message nh;
		char body[sizeof(struct ifinfomsg)];
	} req;
	/* Both headers begin with the family: any. */
	const struct ifinfomsg any = { .ifi_family = AF_UNSPEC };

	netlink_begin(&req.nh, type, NLM_F_REQUEST | NLM_F_DUMP, &any,
		      type == RTM_GETADDR ? sizeof(struct ifaddrmsg) :
		      sizeof(any));
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

static void note_interrupted(const struct netlink_message *nh, void *arg)
{
	bool *interrupted = arg;

	*interrupted |= !!(nh->flags & NLM_F_DUMP_INTR);
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

const struct netlink_message *ifaddrs_next(const struct ifaddrs_dump *dump,
					   const struct netlink_message *prev,
					   int type)
{
	const struct netlink_message *nh;

	if (prev)
		nh = netlink_next_message(dump->data, dump->len, prev);
	else
		nh = netlink_message_at(dump->data, dump->len);
	while (nh && nh->type != type)
		nh = netlink_next_message(dump->data, dump->len, nh);
	return nh;
}

/* Return the value of attribute @type if it has at least @size bytes. */
static const void *address_value(const struct netlink_message *nh, int type, size_t size)
{
	const struct netlink_attribute *rta;

	rta = netlink_find_in_message(nh, sizeof(struct ifaddrmsg), type);
	return rta && netlink_data_len(rta) >= size ? netlink_data(rta) : NULL;
}

bool ifaddrs_parse_address(const struct netlink_message *nh,
			   struct ifaddrs_address *addr)
{
	const struct ifaddrmsg *msg = netlink_body(nh);
	const struct netlink_attribute *rta;
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
	rta = netlink_find_in_message(nh, sizeof(*msg), IFA_LABEL);
	if (rta) {
		addr->label = netlink_data(rta);
		addr->label_len = strnlen(addr->label, netlink_data_len(rta));
	}
	return addr->address || addr->local;
}
