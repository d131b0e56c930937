// SPDX-License-Identifier: GPL-2.0
/*
 * How long a TCP segment the host's own stack takes from an interface.  Since
 * Linux 6.3 the limit is higher than the length field of IPv4 can express ("BIG
 * TCP").  The attributes of the interface show whether the host is new enough,
 * and whether packets from the interface end on the host.
 */
#include <linux/if_link.h>
#include <linux/ip.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/tso-limit.h"
#include "shared/netlink.h"

/* The kernel headers of Debian 12 lack this attribute. */
#define TSO_GSO_IPV4_MAX_SIZE	63
/* The limit that Linux sets itself. */
#define TSO_MAX			(8 * 65535)

/* A message about one interface is never longer. */
union tso_answer {
	struct netlink_message message;
	char room[16384];
};

/*
 * Ask the host for the attributes of interface @ifindex.  Return the number of
 * bytes of the answer, or -1.
 */
static ssize_t tso_query(int ifindex, union tso_answer *answer)
{
	const struct ifinfomsg ifi = { .ifi_index = ifindex };
	struct {
		struct netlink_message message;
		struct ifinfomsg ifi;
	} request;
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	ssize_t len = -1;

	if (fd < 0)
		return -1;
	netlink_begin(&request.message, RTM_GETLINK, NLM_F_REQUEST, &ifi,
		      sizeof(ifi));
	if (send(fd, &request, sizeof(request), 0) == sizeof(request))
		len = recv(fd, answer, sizeof(*answer), 0);
	close(fd);
	return len;
}

static const struct netlink_attribute *
tso_attribute(const struct netlink_message *link, uint16_t type)
{
	return netlink_find_in_message(link, sizeof(struct ifinfomsg), type);
}

/*
 * Return true when the host may forward packets that it receives from @link.
 * The host has to split a long segment then, which costs more than the long
 * segment saves, as most devices take 64 KiB.
 */
static bool tso_is_forwarded(const struct netlink_message *link)
{
	const struct netlink_attribute *conf = netlink_find_nested(
		netlink_find_nested(tso_attribute(link, IFLA_AF_SPEC), AF_INET),
		IFLA_INET_CONF);
	const uint32_t *values;

	/* Values are numbered from 1. */
	if (tso_attribute(link, IFLA_MASTER) || !conf ||
	    netlink_data_len(conf) < IPV4_DEVCONF_FORWARDING * sizeof(*values))
		return true;
	values = netlink_data(conf);
	return values[IPV4_DEVCONF_FORWARDING - 1];
}

uint32_t lkl_posix_tso_limit(const char *ifname)
{
	unsigned int ifindex = if_nametoindex(ifname);
	const struct netlink_message *link;
	union tso_answer answer;
	ssize_t len;

	if (!ifindex)
		return 0;
	len = tso_query(ifindex, &answer);
	link = len < 0 ? NULL : netlink_message_at(&answer, len);
	if (!link || link->type != RTM_NEWLINK)
		return 0;
	return tso_attribute(link, TSO_GSO_IPV4_MAX_SIZE) &&
	       !tso_is_forwarded(link) ? TSO_MAX : 0;
}
