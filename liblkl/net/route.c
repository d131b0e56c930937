// SPDX-License-Identifier: GPL-2.0
/*
 * Routes: the default route, and a routing table for each interface and family.
 * The table is used for packets that are sent from the address of the
 * interface, so that each of several interfaces can have a gateway (multipath
 * TCP).
 */
#include <string.h>

#include <lkl/linux/fib_rules.h>

#include "net/interface.h"
#include "net/rtnetlink.h"

/*
 * Priority of rules: before the rule of the main table, and the same for all,
 * as the kernel refuses a duplicate rule only if the priority is the same.
 */
#define PRIORITY	32765

/* Flags of a request, see netlink(7) */
#define ADD	(LKL_NLM_F_CREATE | LKL_NLM_F_EXCL)
#define SET	(LKL_NLM_F_CREATE | LKL_NLM_F_REPLACE)

/**
 * struct route - a route to be made
 * @af:		its family
 * @table:	its routing table
 * @ifindex:	its interface; 0: the one that reaches @gateway
 * @dst:	its destination; NULL: the default route
 * @len:	length of the prefix of @dst
 * @gateway:	next hop, NULL for a subnet of the interface
 */
struct route {
	int af;
	uint32_t table;
	int ifindex;
	const void *dst;
	unsigned int len;
	const void *gateway;
};

/* Return the routing table of an interface, or an error. */
static int route_if_table(int ifindex, int af)
{
	unsigned int flags;
	int64_t table = 2LL * ifindex + (af == LKL_AF_INET6);
	int ret;

	if (!lkl_af_size(af))
		return -LKL_EAFNOSUPPORT;
	/* Tables of the kernel: default, main and local, and "compat" */
	if (table >= LKL_RT_TABLE_COMPAT && table <= LKL_RT_TABLE_LOCAL)
		return -LKL_ERANGE;
	/* Without an interface, the kernel would choose one by the gateway. */
	ret = lkl_if_get_flags(ifindex, &flags);
	if (ret)
		return ret;
	return table <= INT32_MAX ? (int)table : -LKL_ERANGE;
}

static uint8_t route_short_table(uint32_t table)
{
	return table < 256 ? table : LKL_RT_TABLE_COMPAT;
}

static int route_make(const struct route *r, uint16_t how)
{
	struct lkl_rtmsg head = {
		.rtm_family = r->af,
		.rtm_dst_len = r->len,
		.rtm_table = route_short_table(r->table),
		.rtm_protocol = LKL_RTPROT_BOOT,
		.rtm_scope =
			r->gateway ? LKL_RT_SCOPE_UNIVERSE : LKL_RT_SCOPE_LINK,
		.rtm_type = LKL_RTN_UNICAST,
	};
	size_t size = lkl_af_size(r->af);
	struct lkl_nl nl;

	lkl_nl_begin(&nl, LKL_RTM_NEWROUTE, how, &head, sizeof(head));
	lkl_nl_put_u32(&nl, LKL_RTA_TABLE, r->table);
	if (r->dst)
		lkl_nl_put(&nl, LKL_RTA_DST, r->dst, size);
	if (r->gateway)
		lkl_nl_put(&nl, LKL_RTA_GATEWAY, r->gateway, size);
	if (r->ifindex)
		lkl_nl_put_u32(&nl, LKL_RTA_OIF, r->ifindex);
	return lkl_nl_send(&nl);
}

static int route_default(int af, const void *gateway, uint16_t how)
{
	struct route r = {
		.af = af,
		.table = LKL_RT_TABLE_MAIN,
		.gateway = gateway,
	};

	if (!lkl_af_size(af))
		return -LKL_EAFNOSUPPORT;
	return gateway ? route_make(&r, how) : -LKL_EINVAL;
}

int lkl_add_gateway(int af, void *gwaddr)
{
	return route_default(af, gwaddr, ADD);
}

int lkl_set_ipv4_gateway(unsigned int addr)
{
	return route_default(LKL_AF_INET, &addr, SET);
}

int lkl_set_ipv6_gateway(void *addr)
{
	return route_default(LKL_AF_INET6, addr, SET);
}

static int route_if_gateway(int ifindex, int af, const void *gateway,
			    uint16_t how)
{
	int table = route_if_table(ifindex, af);
	struct route r = {
		.af = af,
		.table = table,
		.ifindex = ifindex,
		.gateway = gateway,
	};

	if (table < 0)
		return table;
	return gateway ? route_make(&r, how) : -LKL_EINVAL;
}

int lkl_if_add_gateway(int ifindex, int af, void *gwaddr)
{
	return route_if_gateway(ifindex, af, gwaddr, ADD);
}

/* Clear the bits behind the prefix, which the kernel refuses. */
static void route_mask(unsigned char *addr, unsigned int size, unsigned int len)
{
	unsigned int i;

	for (i = len; i < 8 * size; i++)
		addr[i / 8] &= ~(0x80 >> i % 8);
}

static int route_if_subnet(int ifindex, int af, const void *addr,
			   unsigned int len, uint16_t how)
{
	const unsigned int size = lkl_af_size(af);
	int table = route_if_table(ifindex, af);
	unsigned char net[16];
	struct route r = {
		.af = af,
		.table = table,
		.ifindex = ifindex,
		.dst = net,
		.len = len,
	};

	if (table < 0)
		return table;
	if (!addr || len > 8 * size)
		return -LKL_EINVAL;
	memcpy(net, addr, size);
	route_mask(net, size, len);
	return route_make(&r, how);
}

int lkl_if_add_linklocal(int ifindex, int af, void *addr, int netprefix_len)
{
	return route_if_subnet(ifindex, af, addr, netprefix_len, ADD);
}

int lkl_if_add_rule_from_saddr(int ifindex, int af, void *saddr)
{
	const size_t size = lkl_af_size(af);
	int table = route_if_table(ifindex, af);
	struct lkl_fib_rule_hdr head = {
		.family = af,
		.src_len = 8 * size,
		.table = route_short_table(table),
		.action = LKL_FR_ACT_TO_TBL,
	};
	struct lkl_nl nl;

	if (table < 0)
		return table;
	if (!saddr)
		return -LKL_EINVAL;
	lkl_nl_begin(&nl, LKL_RTM_NEWRULE, ADD, &head, sizeof(head));
	lkl_nl_put_u32(&nl, LKL_FRA_TABLE, table);
	lkl_nl_put_u32(&nl, LKL_FRA_PRIORITY, PRIORITY);
	lkl_nl_put(&nl, LKL_FRA_SRC, saddr, size);
	return lkl_nl_send(&nl);
}

static int route_set_if_gateway(int ifindex, int af, void *addr,
				unsigned int len, void *gateway)
{
	int ret;

	if (!gateway)
		return -LKL_EINVAL;
	/* The rule comes last: no packet must use an incomplete table. */
	ret = route_if_subnet(ifindex, af, addr, len, SET);
	if (!ret)
		ret = route_if_gateway(ifindex, af, gateway, SET);
	if (!ret)
		ret = lkl_if_add_rule_from_saddr(ifindex, af, addr);
	return ret == -LKL_EEXIST ? 0 : ret;
}

int lkl_if_set_ipv4_gateway(int ifindex, unsigned int addr,
			    unsigned int netmask_len, unsigned int gw_addr)
{
	return route_set_if_gateway(ifindex, LKL_AF_INET, &addr, netmask_len,
				    &gw_addr);
}

int lkl_if_set_ipv6_gateway(int ifindex, void *addr,
			    unsigned int netprefix_len, void *gw_addr)
{
	return route_set_if_gateway(ifindex, LKL_AF_INET6, addr, netprefix_len,
				    gw_addr);
}
