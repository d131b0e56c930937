// SPDX-License-Identifier: GPL-2.0
/*
 * Configuration of interfaces, addresses, routes and so on, compared with the
 * kernel's own lists.
 */
#define _GNU_SOURCE
#include <check.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lkl_host.h>
#include <lkl/linux/fib_rules.h>
#include <lkl/linux/if.h>
#include <lkl/linux/neighbour.h>
#include <lkl/linux/pkt_sched.h>
#include <lkl/linux/sockios.h>

#include "support/check-main.h"
#include "support/net/rtnl.h"

#define NOBODY	12345

/* An interface with a cable to another one. */
static int test0;
static int peer0;

static void iface_boot(void)
{
	lkl_host_ops.print = NULL;
	boot_net("quiet");
	rtnl_add_veth("test0", "peer0");
	test0 = lkl_ifname_to_ifindex("test0");
	peer0 = lkl_ifname_to_ifindex("peer0");
	ck_assert_int_gt(test0, 0);
	ck_assert_int_gt(peer0, 0);
}

static void boot_up(void)
{
	iface_boot();
	ck_assert_int_eq(lkl_if_up(test0), 0);
	ck_assert_int_eq(lkl_if_up(peer0), 0);
}

/* Return the answer to a request SIOCGIF... about an interface. */
static struct lkl_ifreq iface_ask(const char *name, unsigned int what)
{
	struct lkl_ifreq ifr = { 0 };
	int fd = lkl_sys_socket(LKL_AF_INET, LKL_SOCK_DGRAM, 0);

	strcpy(ifr.lkl_ifr_name, name);
	ck_assert_int_eq(lkl_sys_ioctl(fd, what, (uintptr_t)&ifr), 0);
	lkl_sys_close(fd);
	return ifr;
}

static uint32_t ask_address(const char *name, unsigned int what)
{
	struct lkl_ifreq ifr = iface_ask(name, what);

	return ((struct lkl_sockaddr_in *)&ifr.lkl_ifr_addr)->sin_addr.s_addr;
}

START_TEST(interfaces_are_found_by_name)
{
	char number[16];

	iface_boot();
	snprintf(number, sizeof(number), "%d\n", test0);
	ck_assert_str_eq(file_of("/sysfs/class/net/test0/ifindex"), number);
	ck_assert_int_eq(lkl_ifname_to_ifindex("lo"), 1);
	ck_assert_int_eq(lkl_ifname_to_ifindex("no"), -LKL_ENODEV);
	ck_assert_int_eq(lkl_ifname_to_ifindex("a-name-that-is-too-long"),
			 -LKL_ENODEV);
	halt_net();
}
END_TEST

START_TEST(up_and_down_change_the_flag)
{
	iface_boot();
	ck_assert(!(iface_ask("test0", LKL_SIOCGIFFLAGS).lkl_ifr_flags &
		    LKL_IFF_UP));
	ck_assert_int_eq(lkl_if_up(test0), 0);
	ck_assert(iface_ask("test0", LKL_SIOCGIFFLAGS).lkl_ifr_flags &
		  LKL_IFF_UP);
	ck_assert_int_eq(lkl_if_down(test0), 0);
	ck_assert(!(iface_ask("test0", LKL_SIOCGIFFLAGS).lkl_ifr_flags &
		    LKL_IFF_UP));
	halt_net();
}
END_TEST

START_TEST(mtu_is_set)
{
	iface_boot();
	ck_assert_int_eq(lkl_if_set_mtu(test0, 1280), 0);
	ck_assert_str_eq(file_of("/sysfs/class/net/test0/mtu"), "1280\n");
	ck_assert_int_eq(lkl_if_set_mtu(test0, 0), -LKL_EINVAL);
	ck_assert_int_eq(lkl_if_set_mtu(test0, -1), -LKL_EINVAL);
	ck_assert_int_eq(lkl_if_set_mtu(1, 0x7fffffff), 0);
	ck_assert_str_eq(file_of("/sysfs/class/net/test0/mtu"), "1280\n");
	halt_net();
}
END_TEST

START_TEST(a_new_ipv4_address_replaces_the_old_one)
{
	boot_up();
	ck_assert_int_eq(lkl_if_set_ipv4(test0, ip4("10.1.2.3"), 20), 0);
	ck_assert(ask_address("test0", LKL_SIOCGIFADDR) == ip4("10.1.2.3"));
	ck_assert(ask_address("test0", LKL_SIOCGIFNETMASK) == ip4("255.255.240.0"));
	ck_assert(ask_address("test0", LKL_SIOCGIFBRDADDR) == ip4("10.1.15.255"));
	ck_assert(HAS_LINE("/proc/net/route", "test0", "0000010A", "00F0FFFF"));
	/* The same again, then with another mask, then another one. */
	ck_assert_int_eq(lkl_if_set_ipv4(test0, ip4("10.1.2.3"), 20), 0);
	ck_assert_int_eq(lkl_if_set_ipv4(test0, ip4("10.1.2.3"), 24), 0);
	ck_assert(ask_address("test0", LKL_SIOCGIFNETMASK) == ip4("255.255.255.0"));
	ck_assert_int_eq(lkl_if_set_ipv4(test0, ip4("192.168.7.1"), 32), 0);
	ck_assert(ask_address("test0", LKL_SIOCGIFADDR) == ip4("192.168.7.1"));
	ck_assert(!strstr(file_of("/proc/net/fib_trie"), "10.1.2.3"));
	/* An invalid address does not remove the valid one. */
	ck_assert_int_eq(lkl_if_set_ipv4(test0, ip4("10.1.2.3"), 33), -LKL_EINVAL);
	ck_assert(ask_address("test0", LKL_SIOCGIFADDR) == ip4("192.168.7.1"));
	halt_net();
}
END_TEST

START_TEST(loopback_keeps_its_own_address)
{
	iface_boot();
	ck_assert_int_eq(lkl_if_up(1), 0);
	ck_assert_int_eq(lkl_if_set_ipv4(1, ip4("10.1.2.3"), 32), 0);
	ck_assert(strstr(file_of("/proc/net/fib_trie"), "10.1.2.3"));
	ck_assert(strstr(file_of("/proc/net/fib_trie"), "127.0.0.1"));
	halt_net();
}
END_TEST

START_TEST(ipv4_addresses_are_added_and_deleted)
{
	uint32_t a = ip4("10.1.0.1"), b = ip4("10.2.0.1");

	boot_up();
	ck_assert_int_eq(lkl_if_add_ip(test0, LKL_AF_INET, &a, 24), 0);
	ck_assert_int_eq(lkl_if_add_ip(test0, LKL_AF_INET, &a, 24), -LKL_EEXIST);
	ck_assert_int_eq(lkl_if_add_ip(test0, LKL_AF_INET, &b, 24), 0);
	ck_assert(strstr(file_of("/proc/net/fib_trie"), "10.1.0.1"));
	ck_assert(strstr(file_of("/proc/net/fib_trie"), "10.2.0.1"));
	ck_assert_int_eq(lkl_if_del_ip(test0, LKL_AF_INET, &a, 24), 0);
	ck_assert(!strstr(file_of("/proc/net/fib_trie"), "10.1.0.1"));
	ck_assert(strstr(file_of("/proc/net/fib_trie"), "10.2.0.1"));
	ck_assert_int_eq(lkl_if_del_ip(test0, LKL_AF_INET, &a, 24), -LKL_EADDRNOTAVAIL);
	ck_assert_int_eq(lkl_if_add_ip(test0, LKL_AF_INET, &a, 33), -LKL_EINVAL);
	halt_net();
}
END_TEST

#define IF_INET6	"/proc/net/if_inet6"
#define ADDR6		"20010db800000000000000000000000"

START_TEST(ipv6_addresses_are_added_and_deleted)
{
	boot_up();
	ck_assert_int_eq(lkl_if_add_ip(test0, LKL_AF_INET6, ip6("2001:db8::1"), 64), 0);
	ck_assert_int_eq(lkl_if_add_ip(test0, LKL_AF_INET6, ip6("2001:db8::1"), 64), -LKL_EEXIST);
	ck_assert(HAS_LINE(IF_INET6, ADDR6 "1", "40", "00", "test0"));
	ck_assert_int_eq(lkl_if_del_ip(test0, LKL_AF_INET6, ip6("2001:db8::1"), 64), 0);
	ck_assert(!HAS_LINE(IF_INET6, ADDR6 "1"));
	ck_assert_int_eq(lkl_if_del_ip(test0, LKL_AF_INET6, ip6("2001:db8::1"), 64), -LKL_EADDRNOTAVAIL);
	ck_assert_int_eq(lkl_if_add_ip(test0, LKL_AF_INET6, ip6("2001:db8::1"), 129), -LKL_EINVAL);
	halt_net();
}
END_TEST

START_TEST(a_new_ipv6_address_can_be_used_at_once)
{
	boot_up();
	ck_assert_int_eq(lkl_if_set_ipv6(test0, ip6("2001:db8::1"), 64), 0);
	/* No 40: not tentative. */
	ck_assert(HAS_LINE(IF_INET6, ADDR6 "1", "40", "00", "80", "test0"));
	ck_assert_int_eq(lkl_if_set_ipv6(test0, ip6("2001:db8::2"), 64), 0);
	ck_assert(HAS_LINE(IF_INET6, ADDR6 "2", "40", "00", "80", "test0"));
	ck_assert(!HAS_LINE(IF_INET6, ADDR6 "1"));
	/* The link-local one stays. */
	ck_assert(HAS_LINE(IF_INET6, "20", "test0"));
	ck_assert_int_eq(lkl_if_set_ipv6(test0, ip6("2001:db8::2"), 129), -LKL_EINVAL);
	halt_net();
}
END_TEST

START_TEST(an_ipv6_address_is_set_on_an_interface_that_is_down)
{
	iface_boot();
	ck_assert_int_eq(lkl_if_set_ipv6(test0, ip6("2001:db8::1"), 64), 0);
	ck_assert_int_eq(lkl_if_wait_ipv6_dad(test0, ip6("2001:db8::1")), -LKL_ENETDOWN);
	/* Up, but without a carrier. */
	ck_assert_int_eq(lkl_if_up(test0), 0);
	ck_assert_int_eq(lkl_if_wait_ipv6_dad(test0, ip6("2001:db8::1")), -LKL_ENETDOWN);
	ck_assert_int_eq(lkl_if_up(peer0), 0);
	ck_assert_int_eq(lkl_if_wait_ipv6_dad(test0, ip6("2001:db8::1")), 0);
	ck_assert(HAS_LINE(IF_INET6, ADDR6 "1", "40", "00", "80", "test0"));
	ck_assert_int_eq(lkl_if_wait_ipv6_dad(test0, ip6("2001:db8::2")), -LKL_EADDRNOTAVAIL);
	halt_net();
}
END_TEST

START_TEST(an_ipv6_address_of_another_host_is_told)
{
	boot_up();
	ck_assert_int_eq(lkl_if_set_ipv6(peer0, ip6("2001:db8::1"), 64), 0);
	ck_assert_int_eq(lkl_if_add_ip(test0, LKL_AF_INET6, ip6("2001:db8::1"), 64), 0);
	ck_assert_int_eq(lkl_if_wait_ipv6_dad(test0, ip6("2001:db8::1")), -LKL_EADDRINUSE);
	ck_assert_int_eq(lkl_if_set_ipv6(test0, ip6("2001:db8::1"), 64), -LKL_EADDRINUSE);
	halt_net();
}
END_TEST

/* A thread that waits for an address, and how that ends. */
struct waiter {
	pthread_t thread;
	struct lkl_thread *self;
	int tid;
	int ret;
	int done;
};

static void *wait_main(void *arg)
{
	struct waiter *w = arg;
	unsigned char addr[16];

	memcpy(addr, ip6("2001:db8::1"), 16);
	w->self = lkl_thread_self();
	__atomic_store_n(&w->tid, lkl_sys_gettid(), __ATOMIC_SEQ_CST);
	w->ret = lkl_if_wait_ipv6_dad(test0, addr);
	__atomic_store_n(&w->done, 1, __ATOMIC_SEQ_CST);
	return NULL;
}

/*
 * Return whether the thread sleeps in a call, as it does only to wait for news.
 */
static bool is_waiting(struct waiter *w)
{
	int tid = __atomic_load_n(&w->tid, __ATOMIC_SEQ_CST);
	char path[64];

	snprintf(path, sizeof(path), "/proc/1/task/%d/stat", tid);
	return tid && strstr(file_of(path), ") S ");
}

/* Duplicates are looked for so long that the test ends it. */
static void iface_start_waiter(struct waiter *w)
{
	memset(w, 0, sizeof(*w));
	ck_assert_int_eq(lkl_sysctl("net.ipv6.conf.test0.dad_transmits", "1000000"), 0);
	ck_assert_int_eq(lkl_sysctl("net.ipv6.conf.test0.keep_addr_on_down", "1"), 0);
	ck_assert_int_eq(lkl_if_add_ip(test0, LKL_AF_INET6, ip6("2001:db8::1"), 64), 0);
	ck_assert_int_eq(pthread_create(&w->thread, NULL, wait_main, w), 0);
	while (!is_waiting(w))
		sched_yield();
}

static void wait_ends_with(struct waiter *w, int err)
{
	pthread_join(w->thread, NULL);
	ck_assert_int_eq(w->ret, err);
}

START_TEST(what_ends_the_wait_for_an_address_is_noticed)
{
	struct waiter w;

	iface_boot();
	/* Neither has another address, of which there would be news, too. */
	ck_assert_int_eq(lkl_sysctl("net.ipv6.conf.test0.addr_gen_mode", "1"), 0);
	ck_assert_int_eq(lkl_sysctl("net.ipv6.conf.peer0.addr_gen_mode", "1"), 0);
	ck_assert_int_eq(lkl_if_up(test0), 0);
	ck_assert_int_eq(lkl_if_up(peer0), 0);
	iface_start_waiter(&w);
	ck_assert_int_eq(lkl_if_del_ip(test0, LKL_AF_INET6, ip6("2001:db8::1"), 64), 0);
	wait_ends_with(&w, -LKL_EADDRNOTAVAIL);

	iface_start_waiter(&w);
	/* No carrier any more. */
	ck_assert_int_eq(lkl_if_down(peer0), 0);
	wait_ends_with(&w, -LKL_ENETDOWN);
	halt_net();
}
END_TEST

START_TEST(an_interface_that_goes_down_ends_the_wait)
{
	struct waiter w;

	boot_up();
	iface_start_waiter(&w);
	ck_assert_int_eq(lkl_if_down(test0), 0);
	wait_ends_with(&w, -LKL_ENETDOWN);
	halt_net();
}
END_TEST

START_TEST(the_wait_for_an_address_can_be_interrupted)
{
	struct waiter w;

	boot_up();
	iface_start_waiter(&w);
	lkl_thread_interrupt(w.self);
	wait_ends_with(&w, -LKL_EINTR);
	halt_net();
}
END_TEST

#define ROUTE	"/proc/net/route"

START_TEST(the_ipv4_gateway_is_set)
{
	uint32_t a = ip4("10.1.0.1"), gw = ip4("10.1.0.254");

	boot_up();
	ck_assert_int_eq(lkl_set_ipv4_gateway(gw), -LKL_ENETUNREACH);
	ck_assert_int_eq(lkl_if_set_ipv4(test0, a, 24), 0);
	ck_assert_int_eq(lkl_set_ipv4_gateway(gw), 0);
	ck_assert(HAS_LINE(ROUTE, "test0", "00000000", "FE00010A"));
	ck_assert_int_eq(lkl_set_ipv4_gateway(gw), 0);
	ck_assert_int_eq(lkl_set_ipv4_gateway(ip4("10.1.0.253")), 0);
	ck_assert(HAS_LINE(ROUTE, "test0", "00000000", "FD00010A"));
	ck_assert(!HAS_LINE(ROUTE, "test0", "00000000", "FE00010A"));
	ck_assert_int_eq(lkl_add_gateway(LKL_AF_INET, &gw), -LKL_EEXIST);
	ck_assert_int_eq(lkl_set_ipv4_gateway(ip4("10.2.0.1")), -LKL_ENETUNREACH);
	/* Neither can all be one. */
	ck_assert_int_eq(lkl_set_ipv4_gateway(ip4("10.1.0.255")), -LKL_EINVAL);
	ck_assert(HAS_LINE(ROUTE, "test0", "00000000", "FD00010A"));
	halt_net();
}
END_TEST

START_TEST(an_ipv4_gateway_is_added)
{
	uint32_t gw = ip4("10.1.0.254");

	boot_up();
	ck_assert_int_eq(lkl_if_set_ipv4(test0, ip4("10.1.0.1"), 24), 0);
	ck_assert_int_eq(lkl_add_gateway(LKL_AF_INET, &gw), 0);
	ck_assert(HAS_LINE(ROUTE, "test0", "00000000", "FE00010A"));
	halt_net();
}
END_TEST

#define ROUTE6	"/proc/net/ipv6_route"
#define ZERO6	"00000000000000000000000000000000"

START_TEST(the_ipv6_gateway_is_set)
{
	boot_up();
	ck_assert_int_eq(lkl_set_ipv6_gateway(ip6("2001:db8::a")), -LKL_EHOSTUNREACH);
	ck_assert_int_eq(lkl_if_set_ipv6(test0, ip6("2001:db8::1"), 64), 0);
	ck_assert_int_eq(lkl_set_ipv6_gateway(ip6("2001:db8::a")), 0);
	ck_assert(HAS_LINE(ROUTE6, ZERO6, "00", ADDR6 "a", "test0"));
	ck_assert_int_eq(lkl_set_ipv6_gateway(ip6("2001:db8::b")), 0);
	ck_assert(HAS_LINE(ROUTE6, ZERO6, "00", ADDR6 "b", "test0"));
	ck_assert(!HAS_LINE(ROUTE6, ZERO6, "00", ADDR6 "a", "test0"));
	ck_assert_int_eq(lkl_add_gateway(LKL_AF_INET6, ip6("2001:db8::b")), -LKL_EEXIST);
	ck_assert_int_eq(lkl_set_ipv6_gateway(ip6("2001:db8:1::1")), -LKL_EHOSTUNREACH);
	halt_net();
}
END_TEST

static uint32_t u32_of(const struct rtnl_object *o, int type)
{
	uint32_t value = 0;

	if (o->len[type] == sizeof(value))
		memcpy(&value, o->attr[type], sizeof(value));
	return value;
}

static bool iface_has(const struct rtnl_object *o, int type, const void *data,
		      unsigned int len)
{
	if (!data)
		return !o->attr[type];
	return o->len[type] == len && !memcmp(o->attr[type], data, len);
}

/* The expected properties of a rule or a route. */
struct wanted {
	int af;
	uint32_t table;
	int ifindex;
	const void *dst;
	unsigned int len;
	const void *gateway;
};

static unsigned int iface_size_of(int af)
{
	return af == LKL_AF_INET ? 4 : 16;
}

static bool is_rule(const struct rtnl_object *o, const void *arg)
{
	const struct lkl_fib_rule_hdr *head = o->head;
	const struct wanted *w = arg;

	return head->family == w->af && head->src_len == w->len &&
	       u32_of(o, LKL_FRA_TABLE) == w->table &&
	       iface_has(o, LKL_FRA_SRC, w->dst, iface_size_of(w->af));
}

static bool is_route(const struct rtnl_object *o, const void *arg)
{
	const struct lkl_rtmsg *head = o->head;
	const struct wanted *w = arg;

	return head->rtm_family == w->af && head->rtm_dst_len == w->len &&
	       u32_of(o, LKL_RTA_TABLE) == w->table &&
	       (int)u32_of(o, LKL_RTA_OIF) == w->ifindex &&
	       iface_has(o, LKL_RTA_DST, w->dst, iface_size_of(w->af)) &&
	       iface_has(o, LKL_RTA_GATEWAY, w->gateway, iface_size_of(w->af));
}

static int iface_rules(const struct wanted *w)
{
	return rtnl_count(LKL_RTM_GETRULE, w->af, sizeof(struct lkl_fib_rule_hdr),
			  is_rule, w);
}

static int iface_routes(const struct wanted *w)
{
	return rtnl_count(LKL_RTM_GETROUTE, w->af, sizeof(struct lkl_rtmsg),
			  is_route, w);
}

static void check_policy(int af, uint32_t table, const void *addr,
			 const void *net, unsigned int len, const void *gw)
{
	struct wanted rule = {
		af, table, 0, addr, 8 * iface_size_of(af), NULL
	};
	struct wanted subnet = { af, table, test0, net, len, NULL };
	struct wanted gateway = { af, table, test0, NULL, 0, gw };

	ck_assert_int_eq(iface_rules(&rule), 1);
	ck_assert_int_eq(iface_routes(&subnet), 1);
	ck_assert_int_eq(iface_routes(&gateway), 1);
}

START_TEST(an_interface_has_a_gateway_of_its_own)
{
	uint32_t a = ip4("10.1.2.3"), net = ip4("10.1.2.0"), gw = ip4("10.1.2.254"), gw2 = ip4("10.1.2.253");

	boot_up();
	ck_assert_int_eq(lkl_if_set_ipv4(test0, a, 24), 0);
	ck_assert_int_eq(lkl_if_set_ipv4_gateway(test0, a, 24, gw), 0);
	check_policy(LKL_AF_INET, 2 * test0, &a, &net, 24, &gw);
	ck_assert_int_eq(lkl_if_set_ipv4_gateway(test0, a, 24, gw2), 0);
	check_policy(LKL_AF_INET, 2 * test0, &a, &net, 24, &gw2);

	ck_assert_int_eq(lkl_if_set_ipv6(test0, ip6("2001:db8::1"), 64), 0);
	ck_assert_int_eq(lkl_if_set_ipv6_gateway(test0, ip6("2001:db8::1"), 64, ip6("2001:db8::a")), 0);
	check_policy(LKL_AF_INET6, 2 * test0 + 1, ip6("2001:db8::1"), ip6("2001:db8::"), 64, ip6("2001:db8::a"));
	ck_assert_int_eq(lkl_if_set_ipv6_gateway(test0, ip6("2001:db8::1"), 64, ip6("2001:db8::b")), 0);
	check_policy(LKL_AF_INET6, 2 * test0 + 1, ip6("2001:db8::1"), ip6("2001:db8::"), 64, ip6("2001:db8::b"));
	halt_net();
}
END_TEST

START_TEST(the_parts_of_that_are_added_once)
{
	uint32_t a = ip4("10.1.2.3"), gw = ip4("10.1.2.254"), far = ip4("10.9.0.1");

	boot_up();
	ck_assert_int_eq(lkl_if_set_ipv4(test0, a, 24), 0);
	ck_assert_int_eq(lkl_if_add_linklocal(test0, LKL_AF_INET, &a, 24), 0);
	ck_assert_int_eq(lkl_if_add_linklocal(test0, LKL_AF_INET, &a, 24), -LKL_EEXIST);
	ck_assert_int_eq(lkl_if_add_linklocal(test0, LKL_AF_INET, &a, 33), -LKL_EINVAL);
	ck_assert_int_eq(lkl_if_add_gateway(test0, LKL_AF_INET, &far), -LKL_ENETUNREACH);
	ck_assert_int_eq(lkl_if_add_gateway(test0, LKL_AF_INET, &gw), 0);
	ck_assert_int_eq(lkl_if_add_gateway(test0, LKL_AF_INET, &gw), -LKL_EEXIST);
	ck_assert_int_eq(lkl_if_add_rule_from_saddr(test0, LKL_AF_INET, &a), 0);
	ck_assert_int_eq(lkl_if_add_rule_from_saddr(test0, LKL_AF_INET, &a), -LKL_EEXIST);
	/* Tables 253 to 255 are the kernel's. */
	ck_assert_int_eq(lkl_if_add_rule_from_saddr(127, LKL_AF_INET, &a), -LKL_ERANGE);
	ck_assert_int_eq(lkl_if_down(test0), 0);
	ck_assert_int_eq(lkl_if_add_linklocal(test0, LKL_AF_INET, &a, 25), -LKL_ENETDOWN);
	halt_net();
}
END_TEST

static bool is_neighbour(const struct rtnl_object *o, const void *arg)
{
	const struct lkl_ndmsg *head = o->head;

	return head->ndm_ifindex == test0 &&
	       head->ndm_state == LKL_NUD_PERMANENT &&
	       iface_has(o, LKL_NDA_DST, arg, 16) &&
	       iface_has(o, LKL_NDA_LLADDR, "\x12\x34\x56\x78\x9a\xbe", 6);
}

START_TEST(neighbours_are_known_for_good)
{
	char mac[] = "\x12\x34\x56\x78\x9a\xbc", mac6[] = "\x12\x34\x56\x78\x9a\xbe";
	uint32_t a = ip4("10.1.2.4");

	boot_up();
	ck_assert_int_eq(lkl_if_set_ipv4(test0, ip4("10.1.2.3"), 24), 0);
	ck_assert_int_eq(lkl_add_neighbor(test0, LKL_AF_INET, &a, mac6), 0);
	ck_assert_int_eq(lkl_add_neighbor(test0, LKL_AF_INET, &a, mac), 0);
	/* 6: complete and permanent. */
	ck_assert(HAS_LINE("/proc/net/arp", "10.1.2.4", "0x6", "12:34:56:78:9a:bc", "test0"));
	ck_assert_int_eq(lkl_add_neighbor(test0, LKL_AF_INET6, ip6("2001:db8::2"), mac6), 0);
	ck_assert_int_eq(rtnl_count(LKL_RTM_GETNEIGH, LKL_AF_INET6, sizeof(struct lkl_ndmsg),
				    is_neighbour, ip6("2001:db8::2")), 1);
	halt_net();
}
END_TEST

/* A qdisc that was added; the kernel's own has no handle. */
static bool is_qdisc(const struct rtnl_object *o, const void *arg)
{
	const struct lkl_tcmsg *head = o->head;

	return head->tcm_ifindex == test0 && head->tcm_handle &&
	       iface_has(o, LKL_TCA_KIND, arg, strlen(arg) + 1);
}

static int iface_qdiscs(const char *kind)
{
	return rtnl_count(LKL_RTM_GETQDISC, 0, sizeof(struct lkl_tcmsg), is_qdisc, kind);
}

START_TEST(queueing_disciplines_are_added)
{
	boot_up();
	ck_assert_int_eq(iface_qdiscs("fq"), 0);
	ck_assert_int_eq(lkl_qdisc_add(test0, "root", "fq"), 0);
	ck_assert_int_eq(iface_qdiscs("fq"), 1);
	ck_assert_int_eq(lkl_qdisc_add(test0, "root", "fq"), -LKL_EEXIST);
	ck_assert_int_eq(lkl_qdisc_add(test0, "root", "no-such"), -LKL_ENOENT);
	ck_assert_int_eq(lkl_qdisc_add(test0, "nowhere", "fq"), -LKL_EINVAL);
	ck_assert_int_eq(lkl_qdisc_add(test0, "1:2x", "fq"), -LKL_EINVAL);
	ck_assert_int_eq(lkl_qdisc_add(test0, "root", ""), -LKL_EINVAL);
	halt_net();
}
END_TEST

START_TEST(a_list_of_queueing_disciplines_is_added)
{
	boot_up();
	ck_assert_int_eq(lkl_qdisc_parse_add(test0, "root|fq; ingress | ingress;"), 0);
	ck_assert_int_eq(iface_qdiscs("fq"), 1);
	ck_assert_int_eq(iface_qdiscs("ingress"), 1);
	ck_assert_int_eq(lkl_qdisc_parse_add(test0, "root"), -LKL_EINVAL);
	ck_assert_int_eq(lkl_qdisc_parse_add(test0, ""), 0);
	halt_net();
}
END_TEST

START_TEST(a_discipline_is_added_to_a_class)
{
	boot_up();
	ck_assert_int_eq(lkl_qdisc_add(test0, "root", "mq"), 0);
	/* 8001: is the first handle that the kernel gives. */
	ck_assert_int_eq(lkl_qdisc_add(test0, "8001:1", "fq"), 0);
	ck_assert_int_eq(iface_qdiscs("fq"), 1);
	ck_assert_int_eq(lkl_qdisc_add(test0, "8001:3", "fq"), -LKL_ENOENT);
	ck_assert_int_eq(lkl_qdisc_add(test0, "9:1", "fq"), -LKL_ENOENT);
	halt_net();
}
END_TEST

START_TEST(sysctls_are_set_by_either_name)
{
	iface_boot();
	ck_assert_int_eq(lkl_sysctl("net.ipv4.tcp_wmem", "4096 87380 2147483647"), 0);
	ck_assert_str_eq(file_of("/proc/sys/net/ipv4/tcp_wmem"), "4096\t87380\t2147483647\n");
	ck_assert_int_eq(lkl_sysctl("net/ipv4/ip_default_ttl", "77"), 0);
	ck_assert_str_eq(file_of("/proc/sys/net/ipv4/ip_default_ttl"), "77\n");
	/* An interface with a dot in its name. */
	rtnl_add_link("dummy", "eth0.1");
	ck_assert_int_eq(lkl_sysctl("net.ipv4.conf.eth0/1.forwarding", "1"), 0);
	ck_assert_str_eq(file_of("/proc/sys/net/ipv4/conf/eth0.1/forwarding"), "1\n");
	ck_assert_int_eq(lkl_sysctl("net/ipv4/conf/eth0.1/forwarding", "0"), 0);
	ck_assert_str_eq(file_of("/proc/sys/net/ipv4/conf/eth0.1/forwarding"), "0\n");
	halt_net();
}
END_TEST

START_TEST(errors_of_sysctls_are_told)
{
	iface_boot();
	ck_assert_int_eq(lkl_sysctl("net.ipv4.no_such", "1"), -LKL_ENOENT);
	ck_assert_int_eq(lkl_sysctl("net.ipv4.ip_default_ttl", "x"), -LKL_EINVAL);
	ck_assert_int_eq(lkl_sysctl("net.ipv4.ip_default_ttl", "1000"), -LKL_EINVAL);
	ck_assert_int_eq(lkl_sysctl("", "1"), -LKL_EINVAL);
	ck_assert_int_eq(lkl_sysctl("net.ipv4.ip_default_ttl", ""), -LKL_EINVAL);
	halt_net();
}
END_TEST

START_TEST(a_list_of_sysctls_is_set_in_spite_of_errors)
{
	lkl_host_ops.print = NULL;
	ck_assert_int_eq(lkl_init(&lkl_host_ops), 0);
	ck_assert_int_eq(lkl_start_kernel("quiet"), 0);
	/* The function mounts /proc itself. */
	ck_assert_int_eq(lkl_sysctl_parse_write(" net.ipv4.ip_default_ttl = 78 ; net.core.somaxconn=99;"), 0);
	ck_assert_str_eq(file_of("/proc/sys/net/ipv4/ip_default_ttl"), "78\n");
	ck_assert_str_eq(file_of("/proc/sys/net/core/somaxconn"), "99\n");
	ck_assert_int_eq(lkl_sysctl_parse_write("net.x=1;net.ipv4.ip_default_ttl;net.core.somaxconn=98"), -LKL_ENOENT);
	ck_assert_str_eq(file_of("/proc/sys/net/core/somaxconn"), "98\n");
	halt_net();
}
END_TEST

static void all_say(int err)
{
	uint32_t a = ip4("10.1.2.3");
	void *b = ip6("2001:db8::1");

	ck_assert_int_eq(lkl_if_up(NOBODY), err);
	ck_assert_int_eq(lkl_if_down(NOBODY), err);
	ck_assert_int_eq(lkl_if_set_mtu(NOBODY, 1500), err);
	ck_assert_int_eq(lkl_if_set_ipv4(NOBODY, a, 24), err);
	ck_assert_int_eq(lkl_if_set_ipv6(NOBODY, b, 64), err);
	ck_assert_int_eq(lkl_if_set_ipv4_gateway(NOBODY, a, 24, a), err);
	ck_assert_int_eq(lkl_if_set_ipv6_gateway(NOBODY, b, 64, b), err);
	ck_assert_int_eq(lkl_if_add_ip(NOBODY, LKL_AF_INET, &a, 24), err);
	ck_assert_int_eq(lkl_if_del_ip(NOBODY, LKL_AF_INET6, b, 64), err);
	ck_assert_int_eq(lkl_if_add_rule_from_saddr(NOBODY, LKL_AF_INET, &a), err);
	ck_assert_int_eq(lkl_if_add_gateway(NOBODY, LKL_AF_INET, &a), err);
	ck_assert_int_eq(lkl_if_add_linklocal(NOBODY, LKL_AF_INET, &a, 24), err);
	ck_assert_int_eq(lkl_if_wait_ipv6_dad(NOBODY, b), err);
	ck_assert_int_eq(lkl_add_neighbor(NOBODY, LKL_AF_INET, &a, b), err);
	ck_assert_int_eq(lkl_qdisc_add(NOBODY, "root", "fq"), err);
	ck_assert_int_eq(lkl_qdisc_parse_add(NOBODY, "root|fq"), err);
	ck_assert_int_eq(lkl_ifname_to_ifindex("nobody"), err);
}

START_TEST(an_interface_that_is_not_there_is_told)
{
	uint32_t a = ip4("10.1.2.3");

	iface_boot();
	all_say(-LKL_ENODEV);
	ck_assert_int_eq(lkl_if_up(0), -LKL_ENODEV);
	ck_assert_int_eq(lkl_if_up(-LKL_ENOENT), -LKL_ENODEV);
	ck_assert_int_eq(lkl_if_set_ipv4(0, a, 24), -LKL_ENODEV);
	ck_assert_int_eq(lkl_qdisc_add(0, "root", "fq"), -LKL_ENODEV);
	ck_assert_int_eq(lkl_if_add_gateway(-1, LKL_AF_INET, &a), -LKL_ENODEV);
	halt_net();
}
END_TEST

START_TEST(a_kernel_that_does_not_run_is_told)
{
	ck_assert_int_eq(lkl_sysctl("net.core.somaxconn", "1"), -LKL_ENODEV);
	ck_assert_int_eq(lkl_set_ipv4_gateway(ip4("10.1.2.3")), -LKL_ENODEV);
	all_say(-LKL_ENODEV);
	iface_boot();
	halt_net();
	all_say(-LKL_ENODEV);
}
END_TEST

START_TEST(another_family_is_told)
{
	uint32_t a = ip4("10.1.2.3");

	boot_up();
	ck_assert_int_eq(lkl_if_add_ip(test0, LKL_AF_UNIX, &a, 1), -LKL_EAFNOSUPPORT);
	ck_assert_int_eq(lkl_if_del_ip(test0, LKL_AF_UNIX, &a, 1), -LKL_EAFNOSUPPORT);
	ck_assert_int_eq(lkl_add_neighbor(test0, LKL_AF_UNIX, &a, &a), -LKL_EAFNOSUPPORT);
	ck_assert_int_eq(lkl_add_gateway(LKL_AF_UNIX, &a), -LKL_EAFNOSUPPORT);
	ck_assert_int_eq(lkl_if_add_gateway(test0, LKL_AF_UNIX, &a), -LKL_EAFNOSUPPORT);
	ck_assert_int_eq(lkl_if_add_linklocal(test0, LKL_AF_UNIX, &a, 1), -LKL_EAFNOSUPPORT);
	ck_assert_int_eq(lkl_if_add_rule_from_saddr(test0, LKL_AF_UNIX, &a), -LKL_EAFNOSUPPORT);
	ck_assert_int_eq(lkl_if_add_ip(test0, LKL_AF_INET, NULL, 24), -LKL_EINVAL);
	ck_assert_int_eq(lkl_set_ipv6_gateway(NULL), -LKL_EINVAL);
	halt_net();
}
END_TEST

static char said[65536];
static size_t said_len;
static pthread_mutex_t said_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t said_more = PTHREAD_COND_INITIALIZER;

static void iface_say(const char *str, int len)
{
	pthread_mutex_lock(&said_lock);
	if (said_len + len < sizeof(said)) {
		memcpy(said + said_len, str, len);
		said_len += len;
		said[said_len] = '\0';
	}
	pthread_cond_broadcast(&said_more);
	pthread_mutex_unlock(&said_lock);
}

static void iface_wait_for(const char *word)
{
	pthread_mutex_lock(&said_lock);
	while (!strstr(said, word))
		pthread_cond_wait(&said_more, &said_lock);
	said_len = 0;
	said[0] = '\0';
	pthread_mutex_unlock(&said_lock);
}

START_TEST(a_list_of_tasks_comes_on_request)
{
	int i;

	lkl_host_ops.print = iface_say;
	lkl_register_dbg_handler();
	ck_assert_int_eq(lkl_init(&lkl_host_ops), 0);
	lkl_register_dbg_handler();
	ck_assert_int_eq(lkl_start_kernel("quiet"), 0);
	for (i = 0; i < 3; i++) {
		raise(SIGTSTP);
		iface_wait_for("kthreadd");
	}
	halt_net();
	/* The handler that was there before is there again. */
	signal(SIGTSTP, SIG_IGN);
	ck_assert_int_eq(lkl_init(&lkl_host_ops), 0);
	lkl_register_dbg_handler();
	lkl_cleanup();
	ck_assert_ptr_eq(signal(SIGTSTP, SIG_DFL), SIG_IGN);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("interfaces");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, interfaces_are_found_by_name);
	tcase_add_test(tc, up_and_down_change_the_flag);
	tcase_add_test(tc, mtu_is_set);
	tcase_add_test(tc, a_new_ipv4_address_replaces_the_old_one);
	tcase_add_test(tc, loopback_keeps_its_own_address);
	tcase_add_test(tc, ipv4_addresses_are_added_and_deleted);
	tcase_add_test(tc, ipv6_addresses_are_added_and_deleted);
	tcase_add_test(tc, a_new_ipv6_address_can_be_used_at_once);
	tcase_add_test(tc, an_ipv6_address_is_set_on_an_interface_that_is_down);
	tcase_add_test(tc, an_ipv6_address_of_another_host_is_told);
	tcase_add_test(tc, what_ends_the_wait_for_an_address_is_noticed);
	tcase_add_test(tc, an_interface_that_goes_down_ends_the_wait);
	tcase_add_test(tc, the_wait_for_an_address_can_be_interrupted);
	tcase_add_test(tc, the_ipv4_gateway_is_set);
	tcase_add_test(tc, an_ipv4_gateway_is_added);
	tcase_add_test(tc, the_ipv6_gateway_is_set);
	tcase_add_test(tc, an_interface_has_a_gateway_of_its_own);
	tcase_add_test(tc, the_parts_of_that_are_added_once);
	tcase_add_test(tc, neighbours_are_known_for_good);
	tcase_add_test(tc, queueing_disciplines_are_added);
	tcase_add_test(tc, a_list_of_queueing_disciplines_is_added);
	tcase_add_test(tc, a_discipline_is_added_to_a_class);
	tcase_add_test(tc, sysctls_are_set_by_either_name);
	tcase_add_test(tc, errors_of_sysctls_are_told);
	tcase_add_test(tc, a_list_of_sysctls_is_set_in_spite_of_errors);
	tcase_add_test(tc, an_interface_that_is_not_there_is_told);
	tcase_add_test(tc, a_kernel_that_does_not_run_is_told);
	tcase_add_test(tc, another_family_is_told);
	tcase_add_test(tc, a_list_of_tasks_comes_on_request);
	return run_case(tc, CK_FORK);
}
