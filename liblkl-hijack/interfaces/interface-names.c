// SPDX-License-Identifier: GPL-2.0
/*
 * Names and indexes of the LKL instance's interfaces.  if_nameindex() allocates
 * memory as libc's does, so that libc's if_freenameindex() can free it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "host/export.h"
#include "host/host-libc.h"
#include "interfaces/ifaddrs-dump.h"
#include "shared/netlink.h"
#include "state/kernel-call.h"
#include "state/thread-state.h"

static long interface_ioctl(unsigned long request, struct ifreq *ifr)
{
	long k, ret;

	/* An instance may lack some families: any socket will do. */
	k = KCALL(socket, AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (k < 0)
		k = KCALL(socket, AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (k < 0)
		return to_errno(k);
	ret = KCALL(ioctl, k, request, ifr);
	KCALL(close, k);
	return to_errno(ret);
}

EXPORT unsigned int if_nametoindex(const char *ifname)
{
	struct ifreq ifr = { };
	size_t len = strlen(ifname);

	if (!thread_uses_lkl())
		return HOST(if_nametoindex)(ifname);
	if (len >= IFNAMSIZ) {
		errno = ENODEV;
		return 0;
	}
	memcpy(ifr.ifr_name, ifname, len);
	return interface_ioctl(SIOCGIFINDEX, &ifr) < 0 ? 0 : ifr.ifr_ifindex;
}

EXPORT char *if_indextoname(unsigned int ifindex, char ifname[IF_NAMESIZE])
{
	struct ifreq ifr = { .ifr_ifindex = (int)ifindex };

	if (!thread_uses_lkl())
		return HOST(if_indextoname)(ifindex, ifname);
	if (interface_ioctl(SIOCGIFNAME, &ifr) < 0) {
		/* POSIX wants another error. */
		if (errno == ENODEV)
			errno = ENXIO;
		return NULL;
	}
	return strncpy(ifname, ifr.ifr_name, IFNAMSIZ);
}

static int fill_names(const struct ifaddrs_dump *links, struct if_nameindex *to)
{
	const struct netlink_message *nh = NULL;

	while ((nh = ifaddrs_next(links, nh, RTM_NEWLINK))) {
		const struct ifinfomsg *info = netlink_body(nh);
		const struct netlink_attribute *name;

		name = netlink_find_in_message(nh, sizeof(*info), IFLA_IFNAME);
		if (!name)
			continue;
		to->if_name = strndup(netlink_data(name), netlink_data_len(name));
		if (!to->if_name)
			return -1;
		to->if_index = info->ifi_index;
		to++;
	}
	return 0;
}

EXPORT struct if_nameindex *if_nameindex(void)
{
	const struct netlink_message *nh = NULL;
	struct if_nameindex *list;
	struct ifaddrs_dump links;
	size_t n = 1;

	if (!thread_uses_lkl())
		return HOST(if_nameindex)();
	if (to_errno(ifaddrs_dump(RTM_GETLINK, &links)) < 0)
		return NULL;
	while ((nh = ifaddrs_next(&links, nh, RTM_NEWLINK)))
		n++;
	list = calloc(n, sizeof(*list));
	if (list && fill_names(&links, list) < 0) {
		if_freenameindex(list);
		list = NULL;
		errno = ENOMEM;
	}
	ifaddrs_dump_free(&links);
	return list;
}
