// SPDX-License-Identifier: GPL-2.0
/*
 * The order of addresses, by RFC 6724 with the tables of libc (which are RFC
 * 3484's) and by the routes and addresses of the LKL instance.  gai.conf is about
 * the host and is not read.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <linux/if_addr.h>

#include "interfaces/ifaddrs-dump.h"
#include "resolver/resolver.h"
#include "shared/netlink.h"
#include "state/kernel-call.h"

struct candidate {
	struct addrinfo *ai;
	struct in6_addr dst;		/* IPv4 as mapped address */
	struct in6_addr src;
	bool usable;
	bool deprecated;
	unsigned int prefix_len;
};

struct policy {
	struct in6_addr prefix;
	unsigned int len;
	int value;
};

#define V6(...)		{ .s6_addr = { __VA_ARGS__ } }

static const struct policy labels[] = {
	{ V6([15] = 1), 128, 0 },
	{ V6(0x20, 0x02), 16, 2 },
	{ V6([10] = 0xff, 0xff), 96, 4 },
	{ V6(0), 96, 3 },
	{ V6(0xfe, 0xc0), 10, 5 },
	{ V6(0xfc), 7, 6 },
	{ V6(0x20, 0x01), 32, 7 },
	{ V6(0), 0, 1 },
};

static const struct policy precedences[] = {
	{ V6([15] = 1), 128, 50 },
	{ V6(0x20, 0x02), 16, 30 },
	{ V6([10] = 0xff, 0xff), 96, 10 },
	{ V6(0), 96, 20 },
	{ V6(0), 0, 40 },
};

static unsigned int common_prefix(const void *a, const void *b, unsigned int max)
{
	const unsigned char *x = a, *y = b;
	unsigned int n = 0;

	while (n < max && !((x[n / 8] ^ y[n / 8]) & (0x80 >> (n % 8))))
		n++;
	return n;
}

/* The last entry of a table matches everything. */
static int policy_of(const struct policy *table, const struct in6_addr *addr)
{
	while (common_prefix(&table->prefix, addr, table->len) < table->len)
		table++;
	return table->value;
}

static int scope_of(const struct in6_addr *addr)
{
	const unsigned char *v4 = &addr->s6_addr[12];

	if (IN6_IS_ADDR_V4MAPPED(addr))
		return v4[0] == 127 || (v4[0] == 169 && v4[1] == 254) ? 2 : 14;
	if (IN6_IS_ADDR_MULTICAST(addr))
		return addr->s6_addr[1] & 0xf;
	if (IN6_IS_ADDR_LINKLOCAL(addr) || IN6_IS_ADDR_LOOPBACK(addr))
		return 2;
	return IN6_IS_ADDR_SITELOCAL(addr) ? 5 : 14;
}

static struct in6_addr to_in6(const struct sockaddr *sa)
{
	struct in6_addr addr = V6([10] = 0xff, 0xff);

	if (sa->sa_family == AF_INET6)
		return ((const struct sockaddr_in6 *)sa)->sin6_addr;
	memcpy(&addr.s6_addr[12], &((const struct sockaddr_in *)sa)->sin_addr, 4);
	return addr;
}

static struct in6_addr to_mapped(const struct ifaddrs_address *a)
{
	struct in6_addr addr = V6([10] = 0xff, 0xff);
	const void *value = a->local ?: a->address;

	if (a->family == AF_INET6)
		memcpy(&addr, value, 16);
	else
		memcpy(&addr.s6_addr[12], value, 4);
	return addr;
}

/* Find the source address that the kernel would use; nothing is sent. */
static bool find_source(struct candidate *c)
{
	struct sockaddr_storage ss = { };
	int len = sizeof(ss);
	long fd, ret;

	fd = KCALL(socket, c->ai->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, IPPROTO_UDP);
	if (fd < 0)
		return false;
	ret = KCALL(connect, fd, c->ai->ai_addr, c->ai->ai_addrlen);
	if (!ret)
		ret = KCALL(getsockname, fd, &ss, &len);
	KCALL(close, fd);
	if (ret)
		return false;
	c->src = to_in6((struct sockaddr *)&ss);
	return true;
}

static void find_details(struct candidate *c, const struct ifaddrs_dump *addrs)
{
	const struct netlink_message *nh = NULL;
	struct ifaddrs_address a;

	while ((nh = ifaddrs_next(addrs, nh, RTM_NEWADDR))) {
		struct in6_addr addr;

		if (!ifaddrs_parse_address(nh, &a))
			continue;
		addr = to_mapped(&a);
		if (!IN6_ARE_ADDR_EQUAL(&addr, &c->src))
			continue;
		c->deprecated = a.family == AF_INET6 && (a.flags & IFA_F_DEPRECATED);
		c->prefix_len = a.prefix_len;
		return;
	}
}

/* Compare by a rule that is true or false: negative when @a comes first. */
static int compare_flags(bool a, bool b)
{
	return b - a;
}

/* Outside of a subnet, a common prefix of IPv4 addresses means nothing. */
static int matching_bits(const struct candidate *c)
{
	unsigned int bits = common_prefix(&c->src, &c->dst, 128);

	if (c->ai->ai_family == AF_INET && bits < 96 + (c->prefix_len ?: 32))
		return 0;
	return bits;
}

static int compare_candidates(const struct candidate *a, const struct candidate *b)
{
	int ret = compare_flags(a->usable, b->usable);

	if (ret || !a->usable)
		return ret ?: policy_of(precedences, &b->dst) - policy_of(precedences, &a->dst) ?:
			scope_of(&a->dst) - scope_of(&b->dst);
	ret = compare_flags(scope_of(&a->dst) == scope_of(&a->src),
			    scope_of(&b->dst) == scope_of(&b->src)) ?:
	      compare_flags(!a->deprecated, !b->deprecated) ?:
	      compare_flags(policy_of(labels, &a->src) == policy_of(labels, &a->dst),
			    policy_of(labels, &b->src) == policy_of(labels, &b->dst)) ?:
	      policy_of(precedences, &b->dst) - policy_of(precedences, &a->dst) ?:
	      scope_of(&a->dst) - scope_of(&b->dst);
	if (ret || a->ai->ai_family != b->ai->ai_family)
		return ret;
	return matching_bits(b) - matching_bits(a);
}

static void candidate_fill(struct candidate *c, struct addrinfo *ai,
			   const struct candidate *prev,
			   const struct ifaddrs_dump *addrs)
{
	struct in6_addr dst = to_in6(ai->ai_addr);

	/* An address comes once for each type of socket. */
	if (prev && prev->ai->ai_family == ai->ai_family &&
	    IN6_ARE_ADDR_EQUAL(&prev->dst, &dst)) {
		*c = *prev;
		c->ai = ai;
		return;
	}
	*c = (struct candidate){ .ai = ai, .dst = dst };
	c->usable = find_source(c);
	if (c->usable)
		find_details(c, addrs);
}

/* Insert @c after equal candidates.  Candidates are few and mostly in order. */
static void insert_sorted(struct candidate *sorted, size_t n, struct candidate c)
{
	while (n && compare_candidates(&c, &sorted[n - 1]) < 0) {
		sorted[n] = sorted[n - 1];
		n--;
	}
	sorted[n] = c;
}

static void relink_list(struct addrinfo **list, struct candidate *sorted, size_t n)
{
	char *canonname = (*list)->ai_canonname;
	size_t i;

	(*list)->ai_canonname = NULL;
	for (i = 0; i < n; i++)
		sorted[i].ai->ai_next = i + 1 < n ? sorted[i + 1].ai : NULL;
	*list = sorted[0].ai;
	(*list)->ai_canonname = canonname;
}

static bool has_ipv6(const struct ifaddrs_dump *addrs)
{
	const struct netlink_message *nh = NULL;
	struct ifaddrs_address a;

	while ((nh = ifaddrs_next(addrs, nh, RTM_NEWADDR)))
		if (ifaddrs_parse_address(nh, &a) && a.family == AF_INET6 &&
		    !IN6_IS_ADDR_LOOPBACK((const struct in6_addr *)(a.local ?: a.address)))
			return true;
	return false;
}

/*
 * libc looks at details of addresses only where there is IPv6.  With IPv4 alone
 * the servers' order stays, which names with several addresses rely on.
 */
static void get_addresses(struct ifaddrs_dump *addrs)
{
	/* Any order is better than none. */
	if (ifaddrs_dump(RTM_GETADDR, addrs) < 0)
		*addrs = (struct ifaddrs_dump){ };
	else if (!has_ipv6(addrs))
		ifaddrs_dump_free(addrs);
}

void resolver_sort(struct addrinfo **list)
{
	struct candidate *all, *sorted;
	struct ifaddrs_dump addrs;
	struct addrinfo *ai;
	size_t i, n = 0;

	for (ai = *list; ai; ai = ai->ai_next)
		n++;
	if (n < 2)
		return;
	all = calloc(n, 2 * sizeof(*all));
	if (!all)
		return;
	sorted = all + n;
	get_addresses(&addrs);
	for (i = 0, ai = *list; ai; i++, ai = ai->ai_next) {
		candidate_fill(&all[i], ai, i ? &all[i - 1] : NULL, &addrs);
		insert_sorted(sorted, i, all[i]);
	}
	relink_list(list, sorted, n);
	ifaddrs_dump_free(&addrs);
	free(all);
}
