// SPDX-License-Identifier: GPL-2.0
/*
 * How long a TCP segment the host's own stack takes from an interface.  Since
 * Linux 6.3 that is more than the length field of IPv4 can say ("BIG TCP");
 * only what it tells of its interfaces tells whether it does so.
 */
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net.h"

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

static bool has_attribute(const struct nlmsghdr *nlh, unsigned short type)
{
	const struct rtattr *a = IFLA_RTA(NLMSG_DATA(nlh));
	int left = IFLA_PAYLOAD(nlh);

	for (; RTA_OK(a, left); a = RTA_NEXT(a, left))
		if (a->rta_type == type)
			return true;
	return false;
}

uint32_t net_tso_max(const char *ifname)
{
	unsigned int ifindex = if_nametoindex(ifname);
	/* The answer is one of these, whole. */
	union {
		struct nlmsghdr nlh;
		char room[16384];
	} answer;
	ssize_t len;

	if (!ifindex)
		return 0;
	len = ask_link(ifindex, &answer, sizeof(answer));
	if (len < 0 || !NLMSG_OK(&answer.nlh, (size_t)len) ||
	    answer.nlh.nlmsg_type != RTM_NEWLINK)
		return 0;
	return has_attribute(&answer.nlh, LINK_GSO_IPV4_MAX_SIZE) ? TSO_MAX : 0;
}
