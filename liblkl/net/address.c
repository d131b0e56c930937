// SPDX-License-Identifier: GPL-2.0
/*
 * Addresses of network interfaces, and of neighbours, by rtnetlink, as
 * "ip address" and "ip neighbour" do it.
 */
#include <stdbool.h>
#include <string.h>

#include <lkl/linux/if.h>
#include <lkl/linux/if_addr.h>
#include <lkl/linux/neighbour.h>

#include "net/interface.h"
#include "net/rtnetlink.h"

/* Add the broadcast address that belongs to an IPv4 address. */
static void address_put_broadcast(struct lkl_nl *nl, const void *addr,
				  unsigned int len)
{
	unsigned char brd[4];
	unsigned int i;

	memcpy(brd, addr, sizeof(brd));
	for (i = len; i < 32; i++)
		brd[i / 8] |= 0x80 >> i % 8;
	lkl_nl_put(nl, LKL_IFA_BROADCAST, brd, sizeof(brd));
}

static int address_change(int ifindex, int af, const void *addr,
			  unsigned int len, uint16_t type, uint16_t how)
{
	struct lkl_ifaddrmsg head = {
		.ifa_family = af,
		.ifa_prefixlen = len,
		.ifa_index = ifindex,
	};
	size_t size = lkl_af_size(af);
	unsigned int flags;
	struct lkl_nl nl;
	int ret;

	if (!size)
		return -LKL_EAFNOSUPPORT;
	if (!addr || len > 8 * size)
		return -LKL_EINVAL;
	ret = lkl_if_get_flags(ifindex, &flags);
	if (ret)
		return ret;
	/* A sysctl decides whether it can be used before duplicates are ruled out. */
	if (af == LKL_AF_INET6 && type == LKL_RTM_NEWADDR)
		head.ifa_flags = LKL_IFA_F_OPTIMISTIC;
	lkl_nl_begin(&nl, type, how, &head, sizeof(head));
	lkl_nl_put(&nl, LKL_IFA_LOCAL, addr, size);
	if (af == LKL_AF_INET6 || type == LKL_RTM_NEWADDR)
		lkl_nl_put(&nl, LKL_IFA_ADDRESS, addr, size);
	if (af == LKL_AF_INET && type == LKL_RTM_NEWADDR &&
	    (flags & LKL_IFF_BROADCAST) && len < 31)
		address_put_broadcast(&nl, addr, len);
	return lkl_nl_send(&nl);
}

int lkl_if_add_ip(int ifindex, int af, void *addr, unsigned int netprefix_len)
{
	return address_change(ifindex, af, addr, netprefix_len, LKL_RTM_NEWADDR,
			      LKL_NLM_F_CREATE | LKL_NLM_F_EXCL);
}

int lkl_if_del_ip(int ifindex, int af, void *addr, unsigned int netprefix_len)
{
	return address_change(ifindex, af, addr, netprefix_len, LKL_RTM_DELADDR,
			      0);
}

/**
 * struct address_query - an address to look for, and the result
 * @ifindex:	interface of the address
 * @af:		family of the address
 * @addr:	the address
 * @len:	length of its prefix
 * @found:	the interface has the address
 * @flags:	LKL_IFA_F_* of the address
 */
struct address_query {
	int ifindex;
	int af;
	const void *addr;
	unsigned int len;
	bool found;
	uint32_t flags;
};

static int address_dump(int af,
			int (*each)(const struct lkl_nlmsghdr *msg, void *arg),
			void *arg)
{
	struct lkl_ifaddrmsg head = { .ifa_family = af };
	struct lkl_nl nl;

	lkl_nl_begin(&nl, LKL_RTM_GETADDR, LKL_NLM_F_DUMP, &head, sizeof(head));
	return lkl_nl_query(&nl, each, arg);
}

static const void *address_of_message(const struct lkl_nlmsghdr *msg,
				      size_t size)
{
	const size_t head = sizeof(struct lkl_ifaddrmsg);
	const void *local = lkl_nl_attr(msg, head, LKL_IFA_LOCAL, size);

	return local ? local : lkl_nl_attr(msg, head, LKL_IFA_ADDRESS, size);
}

/*
 * Remove an address that the program set before.  Addresses that the kernel
 * made itself stay: loopback, link-local, and from a router's advertisements.
 */
static int address_remove_other(const struct lkl_nlmsghdr *msg, void *arg)
{
	const struct lkl_ifaddrmsg *head = LKL_NLMSG_DATA(msg);
	const struct address_query *want = arg;
	const size_t size = lkl_af_size(want->af);
	const void *addr = address_of_message(msg, size);
	int ret;

	if (!addr || head->ifa_family != want->af ||
	    (int)head->ifa_index != want->ifindex ||
	    head->ifa_scope != LKL_RT_SCOPE_UNIVERSE ||
	    !(head->ifa_flags & LKL_IFA_F_PERMANENT))
		return 0;
	if (head->ifa_prefixlen == want->len && !memcmp(addr, want->addr, size))
		return 0;
	ret = address_change(want->ifindex, want->af, addr, head->ifa_prefixlen,
			     LKL_RTM_DELADDR, 0);
	/* Secondary addresses were removed with the primary one. */
	return ret == -LKL_EADDRNOTAVAIL ? 0 : ret;
}

static int address_set(int ifindex, int af, const void *addr, unsigned int len)
{
	struct address_query want = {
		.ifindex = ifindex,
		.af = af,
		.addr = addr,
		.len = len,
	};
	unsigned int flags;
	int ret;

	/* Remove no address for an invalid one. */
	if (!addr || len > 8 * lkl_af_size(af))
		return -LKL_EINVAL;
	ret = lkl_if_get_flags(ifindex, &flags);
	if (!ret)
		ret = address_dump(af, address_remove_other, &want);
	if (!ret)
		ret = address_change(ifindex, af, addr, len, LKL_RTM_NEWADDR,
				     LKL_NLM_F_CREATE | LKL_NLM_F_REPLACE);
	return ret;
}

int lkl_if_set_ipv4(int ifindex, unsigned int addr, unsigned int netmask_len)
{
	return address_set(ifindex, LKL_AF_INET, &addr, netmask_len);
}

int lkl_if_set_ipv6(int ifindex, void *addr, unsigned int netprefix_len)
{
	int ret = address_set(ifindex, LKL_AF_INET6, addr, netprefix_len);

	if (ret)
		return ret;
	ret = lkl_if_wait_ipv6_dad(ifindex, addr);
	/* The kernel looks for duplicates once there is a network. */
	return ret == -LKL_ENETDOWN ? 0 : ret;
}

static int address_find(const struct lkl_nlmsghdr *msg, void *arg)
{
	const struct lkl_ifaddrmsg *head = LKL_NLMSG_DATA(msg);
	struct address_query *want = arg;
	const size_t size = lkl_af_size(want->af);
	const void *addr = address_of_message(msg, size);

	if (!addr || (int)head->ifa_index != want->ifindex ||
	    memcmp(addr, want->addr, size))
		return 0;
	want->found = true;
	want->flags = head->ifa_flags;
	return 0;
}

/*
 * Return 0 when an address can be used, 1 while the kernel still looks for
 * duplicates, or an error.
 */
static int address_check_duplicate(struct address_query *want)
{
	const unsigned int network = LKL_IFF_UP | LKL_IFF_LOWER_UP;
	unsigned int flags;
	int ret;

	/* First, as a change of the flags is announced after the change. */
	ret = lkl_if_get_flags(want->ifindex, &flags);
	want->found = false;
	if (!ret)
		ret = address_dump(LKL_AF_INET6, address_find, want);
	if (ret)
		return ret;
	if (!want->found)
		return -LKL_EADDRNOTAVAIL;
	if (want->flags & LKL_IFA_F_DADFAILED)
		return -LKL_EADDRINUSE;
	if (!(want->flags & LKL_IFA_F_TENTATIVE) ||
	    (want->flags & LKL_IFA_F_OPTIMISTIC))
		return 0;
	return (flags & network) == network ? 1 : -LKL_ENETDOWN;
}

int lkl_if_wait_ipv6_dad(int ifindex, void *addr)
{
	struct address_query want = {
		.ifindex = ifindex,
		.af = LKL_AF_INET6,
		.addr = addr,
	};
	int fd, ret;

	if (!addr)
		return -LKL_EINVAL;
	/* Subscribe before the first check, to miss no change. */
	fd = lkl_nl_subscribe(LKL_RTMGRP_LINK | LKL_RTMGRP_IPV6_IFADDR);
	if (fd < 0)
		return fd;
	while ((ret = address_check_duplicate(&want)) == 1) {
		ret = lkl_nl_wait(fd);
		if (ret)
			break;
	}
	lkl_sys_close(fd);
	return ret;
}

int lkl_add_neighbor(int ifindex, int af, void *addr, void *mac)
{
	struct lkl_ndmsg head = {
		.ndm_family = af,
		.ndm_ifindex = ifindex,
		.ndm_state = LKL_NUD_PERMANENT,
	};
	size_t size = lkl_af_size(af);
	struct lkl_nl nl;

	if (!size)
		return -LKL_EAFNOSUPPORT;
	if (!addr || !mac)
		return -LKL_EINVAL;
	if (ifindex <= 0)
		return -LKL_ENODEV;
	lkl_nl_begin(&nl, LKL_RTM_NEWNEIGH,
		     LKL_NLM_F_CREATE | LKL_NLM_F_REPLACE, &head, sizeof(head));
	lkl_nl_put(&nl, LKL_NDA_DST, addr, size);
	lkl_nl_put(&nl, LKL_NDA_LLADDR, mac, LKL_MAC_SIZE);
	return lkl_nl_send(&nl);
}
