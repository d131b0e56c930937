// SPDX-License-Identifier: GPL-2.0
/*
 * How long a TCP segment the host's own stack takes from an interface.  Since
 * Linux 6.3 that is more than the length field of IPv4 can say ("BIG TCP");
 * what it tells of an interface tells whether it does so, and whether packets
 * end there.
 */
#include <linux/if_link.h>
#include <linux/ip.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/backend.h"

/* Of newer hosts than the headers of Debian 12. */
#define LINK_GSO_IPV4_MAX_SIZE	63
/* What Linux allows itself at most. */
#define TSO_MAX			(8 * 65535)

struct link_request {
	struct nlmsghdr nlh;
	struct ifinfomsg ifi;
};

/* What the host says of an interface; its length or negative */
static ssize_t ask_link(int ifindex, void *answer, size_t size)
{
	struct link_request req = {
		.nlh.nlmsg_len = sizeof(req),
		.nlh.nlmsg_type = RTM_GETLINK,
		.nlh.nlmsg_flags = NLM_F_REQUEST,
		.ifi.ifi_index = ifindex,
	};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	ssize_t len = -1;

	if (fd < 0)
		return -1;
	if (send(fd, &req, sizeof(req), 0) == sizeof(req))
		len = recv(fd, answer, size, 0);
	close(fd);
	return len;
}

/* Attribute @type among @len bytes of them; NULL: it is not there */
static const struct rtattr *find(const struct rtattr *a, int len,
				 unsigned short type)
{
	for (; RTA_OK(a, len); a = RTA_NEXT(a, len))
		if ((a->rta_type & NLA_TYPE_MASK) == type)
			return a;
	return NULL;
}

static const struct rtattr *find_in(const struct rtattr *a,
				    unsigned short type)
{
	return a ? find(RTA_DATA(a), RTA_PAYLOAD(a), type) : NULL;
}

/*
 * The host may send on what it receives: then it has to cut a long segment,
 * which costs more than is won, as most devices take 64 KiB.
 */
static bool is_passed_on(const struct rtattr *a, int len)
{
	const struct rtattr *conf = find_in(find_in(find(a, len, IFLA_AF_SPEC),
						    AF_INET), IFLA_INET_CONF);
	const uint32_t *value = conf ? RTA_DATA(conf) : NULL;

	/* Numbered from 1. */
	return find(a, len, IFLA_MASTER) || !conf ||
	       RTA_PAYLOAD(conf) < IPV4_DEVCONF_FORWARDING * sizeof(*value) ||
	       value[IPV4_DEVCONF_FORWARDING - 1];
}

uint32_t net_tso_max(const char *ifname)
{
	unsigned int ifindex = if_nametoindex(ifname);
	/* The answer is one of these, whole. */
	union {
		struct nlmsghdr nlh;
		char room[16384];
	} answer;
	const struct rtattr *a;
	ssize_t len;
	int left;

	if (!ifindex)
		return 0;
	len = ask_link(ifindex, &answer, sizeof(answer));
	if (len < 0 || !NLMSG_OK(&answer.nlh, (size_t)len) ||
	    answer.nlh.nlmsg_type != RTM_NEWLINK)
		return 0;
	a = IFLA_RTA(NLMSG_DATA(&answer.nlh));
	left = IFLA_PAYLOAD(&answer.nlh);
	return find(a, left, LINK_GSO_IPV4_MAX_SIZE) && !is_passed_on(a, left) ?
	       TSO_MAX : 0;
}
