// SPDX-License-Identifier: GPL-2.0
/*
 * getifaddrs() with the interfaces of the LKL instance.  libc's function asks the
 * host by calls that cannot be interposed.
 *
 * The list is one allocation that begins with its first entry, as in libc, so that
 * libc's freeifaddrs() frees it, also in a child of fork(), where getifaddrs() is
 * libc's again.  So freeifaddrs() is not interposed.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netpacket/packet.h>
#include <stdlib.h>
#include <string.h>
#include <linux/if_link.h>

#include "host/export.h"
#include "host/host-libc.h"
#include "interfaces/ifaddrs-dump.h"
#include "shared/macros.h"
#include "shared/netlink.h"
#include "state/kernel-call.h"
#include "state/thread-state.h"

/* Hardware addresses are longer than sockaddr_ll has room for. */
#define HW_ADDR_MAX	32
/* Attempts to get two dumps that fit: links come and go between the dumps. */
#define TRIES		32

union any_address {
	struct sockaddr sa;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
	struct sockaddr_ll ll;
	char room[offsetof(struct sockaddr_ll, sll_addr) + HW_ADDR_MAX];
};

struct entry {
	struct ifaddrs ifa;
	union any_address addr;
	union any_address netmask;
	union any_address broad;
	char name[IFNAMSIZ];
};

struct ifaddrs_list {
	struct ifaddrs_dump links;
	struct ifaddrs_dump addrs;
	struct entry *entries;
	size_t n_links;
	size_t n;
	char *data;	/* room for statistics, behind the entries */
};

#define STATS_SPACE(len)	ALIGN_UP(len, 8)

static const struct netlink_attribute *link_attr(const struct netlink_message *nh, int type)
{
	return netlink_find_in_message(nh, sizeof(struct ifinfomsg), type);
}

static int ifaddrs_list_allocate(struct ifaddrs_list *list)
{
	const struct netlink_message *nh = NULL;
	size_t n = 0, data = 0;

	while ((nh = ifaddrs_next(&list->links, nh, RTM_NEWLINK))) {
		const struct netlink_attribute *stats = link_attr(nh, IFLA_STATS);

		n++;
		if (stats)
			data += STATS_SPACE(netlink_data_len(stats));
	}
	while ((nh = ifaddrs_next(&list->addrs, nh, RTM_NEWADDR)))
		n++;
	list->entries = calloc(1, n * sizeof(*list->entries) + data + 1);
	if (!list->entries)
		return -ENOMEM;
	list->data = (char *)(list->entries + n);
	return 0;
}

static struct entry *ifaddrs_list_add_entry(struct ifaddrs_list *list)
{
	struct entry *e = &list->entries[list->n];

	if (list->n++)
		e[-1].ifa.ifa_next = &e->ifa;
	e->ifa.ifa_name = e->name;
	return e;
}

static struct sockaddr *fill_link(union any_address *to,
				  const struct ifinfomsg *info,
				  const struct netlink_attribute *rta)
{
	size_t len;

	if (!rta)
		return NULL;
	len = netlink_data_len(rta) < HW_ADDR_MAX ? netlink_data_len(rta) : HW_ADDR_MAX;
	to->ll.sll_family = AF_PACKET;
	to->ll.sll_ifindex = info->ifi_index;
	to->ll.sll_hatype = info->ifi_type;
	to->ll.sll_halen = len;
	memcpy(to->room + offsetof(struct sockaddr_ll, sll_addr), netlink_data(rta), len);
	return &to->sa;
}

static void ifaddrs_list_add_link(struct ifaddrs_list *list, const struct netlink_message *nh)
{
	const struct ifinfomsg *info = netlink_body(nh);
	const struct netlink_attribute *name = link_attr(nh, IFLA_IFNAME);
	const struct netlink_attribute *stats = link_attr(nh, IFLA_STATS);
	struct entry *e = ifaddrs_list_add_entry(list);

	if (name)
		memcpy(e->name, netlink_data(name),
		       strnlen(netlink_data(name), netlink_data_len(name) < IFNAMSIZ ?
			       netlink_data_len(name) : IFNAMSIZ - 1));
	e->ifa.ifa_flags = info->ifi_flags;
	e->ifa.ifa_addr = fill_link(&e->addr, info, link_attr(nh, IFLA_ADDRESS));
	e->ifa.ifa_broadaddr = fill_link(&e->broad, info, link_attr(nh, IFLA_BROADCAST));
	if (stats) {
		e->ifa.ifa_data = list->data;
		memcpy(list->data, netlink_data(stats), netlink_data_len(stats));
		list->data += STATS_SPACE(netlink_data_len(stats));
	}
}

static struct sockaddr *fill_inet(union any_address *to, int family,
				  unsigned int index, const void *value)
{
	if (!value)
		return NULL;
	to->sa.sa_family = family;
	if (family == AF_INET) {
		memcpy(&to->in.sin_addr, value, sizeof(to->in.sin_addr));
		return &to->sa;
	}
	memcpy(&to->in6.sin6_addr, value, sizeof(to->in6.sin6_addr));
	if (IN6_IS_ADDR_LINKLOCAL(&to->in6.sin6_addr) ||
	    IN6_IS_ADDR_MC_LINKLOCAL(&to->in6.sin6_addr))
		to->in6.sin6_scope_id = index;
	return &to->sa;
}

static struct sockaddr *fill_netmask(union any_address *to, int family,
				     unsigned int prefix_len)
{
	unsigned char *bytes = (void *)&to->in6.sin6_addr;
	unsigned int i, max = 128;

	to->sa.sa_family = family;
	if (family == AF_INET) {
		bytes = (void *)&to->in.sin_addr;
		max = 32;
	}
	for (i = 0; i < prefix_len && i < max; i++)
		bytes[i / 8] |= 0x80 >> (i % 8);
	return &to->sa;
}

static const struct ifinfomsg *find_link(const struct ifaddrs_list *list,
					 unsigned int index, struct entry **ret_entry)
{
	const struct netlink_message *nh = NULL;
	size_t i = 0;

	while ((nh = ifaddrs_next(&list->links, nh, RTM_NEWLINK))) {
		const struct ifinfomsg *info = netlink_body(nh);

		if ((unsigned int)info->ifi_index == index) {
			*ret_entry = &list->entries[i];
			return info;
		}
		i++;
	}
	return NULL;
}

/* Add an address.  Return false when its link came after the dump of links. */
static bool ifaddrs_list_add_address(struct ifaddrs_list *list, const struct netlink_message *nh)
{
	struct ifaddrs_address a;
	const struct ifinfomsg *link;
	struct entry *e, *link_entry;

	if (!ifaddrs_parse_address(nh, &a))
		return true;
	link = find_link(list, a.index, &link_entry);
	if (!link)
		return false;
	e = ifaddrs_list_add_entry(list);
	if (a.label && a.label_len < IFNAMSIZ)
		memcpy(e->name, a.label, a.label_len);
	else
		memcpy(e->name, link_entry->name, IFNAMSIZ);
	e->ifa.ifa_flags = link->ifi_flags;
	e->ifa.ifa_addr = fill_inet(&e->addr, a.family, a.index, a.local ?: a.address);
	e->ifa.ifa_netmask = fill_netmask(&e->netmask, a.family, a.prefix_len);
	/* Beside a local address, IFA_ADDRESS is the address of the peer. */
	e->ifa.ifa_broadaddr = fill_inet(&e->broad, a.family, a.index,
					 a.broadcast ?: (a.local ? a.address : NULL));
	return true;
}

static bool ifaddrs_list_fill(struct ifaddrs_list *list)
{
	const struct netlink_message *nh = NULL;

	while ((nh = ifaddrs_next(&list->links, nh, RTM_NEWLINK)))
		ifaddrs_list_add_link(list, nh);
	while ((nh = ifaddrs_next(&list->addrs, nh, RTM_NEWADDR)))
		if (!ifaddrs_list_add_address(list, nh))
			return false;
	return true;
}

/* Return 1 when the links changed meanwhile, or -errno. */
static int make_list(struct ifaddrs **ret_list)
{
	struct ifaddrs_list list = { };
	int ret;

	ret = ifaddrs_dump(RTM_GETLINK, &list.links);
	if (ret < 0)
		return ret;
	ret = ifaddrs_dump(RTM_GETADDR, &list.addrs);
	if (ret < 0)
		goto out_free_links;
	ret = ifaddrs_list_allocate(&list);
	if (ret < 0)
		goto out_free_addrs;
	if (ifaddrs_list_fill(&list)) {
		*ret_list = list.n ? &list.entries->ifa : NULL;
		if (!list.n)
			free(list.entries);
	} else {
		free(list.entries);
		ret = 1;
	}
out_free_addrs:
	ifaddrs_dump_free(&list.addrs);
out_free_links:
	ifaddrs_dump_free(&list.links);
	return ret;
}

EXPORT int getifaddrs(struct ifaddrs **ifap)
{
	int ret, tries = TRIES;

	if (!thread_uses_lkl())
		return HOST(getifaddrs)(ifap);
	*ifap = NULL;
	do {
		ret = make_list(ifap);
	} while (ret > 0 && --tries);
	return to_errno(ret > 0 ? -EAGAIN : ret);
}
