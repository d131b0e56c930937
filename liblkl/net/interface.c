// SPDX-License-Identifier: GPL-2.0
/*
 * Network interfaces, by rtnetlink, as "ip link" does it.
 */
#include <string.h>

#include <lkl/linux/if.h>
#include <lkl/linux/if_link.h>
#include <lkl/linux/sockios.h>

#include "net/interface.h"
#include "net/rtnetlink.h"

static int if_read_flags(const struct lkl_nlmsghdr *msg, void *arg)
{
	const struct lkl_ifinfomsg *info = LKL_NLMSG_DATA(msg);

	*(unsigned int *)arg = info->ifi_flags;
	return 0;
}

int lkl_if_get_flags(int ifindex, unsigned int *flags)
{
	struct lkl_ifinfomsg info = { .ifi_index = ifindex };
	struct lkl_nl nl;

	if (ifindex <= 0)
		return -LKL_ENODEV;
	lkl_nl_begin(&nl, LKL_RTM_GETLINK, LKL_NLM_F_ACK, &info, sizeof(info));
	return lkl_nl_query(&nl, if_read_flags, flags);
}

int lkl_ifname_to_ifindex(const char *name)
{
	struct lkl_ifreq ifr = { };
	long fd, ret;

	if (!name)
		return -LKL_EINVAL;
	if (strlen(name) >= sizeof(ifr.lkl_ifr_name))
		return -LKL_ENODEV;
	strcpy(ifr.lkl_ifr_name, name);
	fd = lkl_sys_socket(LKL_AF_UNIX, LKL_SOCK_DGRAM | LKL_SOCK_CLOEXEC, 0);
	if (fd < 0)
		return fd;
	ret = lkl_sys_ioctl(fd, LKL_SIOCGIFINDEX, (uintptr_t)&ifr);
	lkl_sys_close(fd);
	return ret ? ret : ifr.lkl_ifr_ifindex;
}

static int if_change_link(int ifindex, unsigned int flags, unsigned int mtu)
{
	struct lkl_ifinfomsg info = {
		.ifi_index = ifindex,
		.ifi_flags = flags,
		.ifi_change = mtu ? 0 : LKL_IFF_UP,
	};
	struct lkl_nl nl;

	if (ifindex <= 0)
		return -LKL_ENODEV;
	lkl_nl_begin(&nl, LKL_RTM_NEWLINK, 0, &info, sizeof(info));
	if (mtu)
		lkl_nl_put_u32(&nl, LKL_IFLA_MTU, mtu);
	return lkl_nl_send(&nl);
}

int lkl_if_up(int ifindex)
{
	return if_change_link(ifindex, LKL_IFF_UP, 0);
}

int lkl_if_down(int ifindex)
{
	return if_change_link(ifindex, 0, 0);
}

int lkl_if_set_mtu(int ifindex, int mtu)
{
	return mtu > 0 ? if_change_link(ifindex, 0, mtu) : -LKL_EINVAL;
}
