// SPDX-License-Identifier: GPL-2.0
/*
 * Interfaces and addresses of an LKL instance: what was configured is what is
 * listed, and libc's own list of a private network with the same configuration
 * is the same.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/in.h>
#include <netpacket/packet.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>

#include <lkl_host.h>

#include "shared/macros.h"
#include "support/check-main.h"
#include "resolver-net.h"
#include "state/kernel-call.h"

/* libc's list of a private network; NULL where none can be made. */
static FILE *said_by_libc;

/* Counters and switches for the dumps of this program, see kernel_call6(). */
static int dumps, interrupt_dumps, interrupt_calls, link_to_hide;

/* A link that another program is just about to make is not in the dump yet. */
static void hide_link(struct nlmsghdr *nh, long len)
{
	for (; NLMSG_OK(nh, len); nh = NLMSG_NEXT(nh, len)) {
		const struct ifinfomsg *info = NLMSG_DATA(nh);

		if (nh->nlmsg_type != RTM_NEWLINK || info->ifi_index != link_to_hide)
			continue;
		link_to_hide = 0;
		nh->nlmsg_type = NLMSG_NOOP;
	}
}

/* Make the system calls of the library under test, and see them. */
long kernel_call6(long nr, long a, long b, long c, long d, long e, long f)
{
	lkl_long_t params[6] = { a, b, c, d, e, f };
	struct nlmsghdr *nh = (void *)(uintptr_t)b;
	long ret;

	if (nr == __lkl__NR_sendto && (nh->nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP)
		dumps++;
	if (interrupt_calls && (nr == __lkl__NR_sendto || nr == __lkl__NR_recvfrom)) {
		interrupt_calls--;
		return -LKL_EINTR;
	}
	ret = lkl_syscall(nr, params);
	if (nr != __lkl__NR_recvfrom || ret <= 0 || !nh)
		return ret;
	if (interrupt_dumps) {
		interrupt_dumps--;
		nh->nlmsg_flags |= NLM_F_DUMP_INTR;
	}
	hide_link(nh, ret);
	return ret;
}

/* On the loopback device, which every network has. */
static void configure_loopback(void)
{
	net_expect(net_add_address(1, AF_INET, "192.0.2.1", NULL, "192.0.2.255", 24, "lo:first") == 0);
	net_expect(net_add_address(1, AF_INET, "192.0.2.2", NULL, NULL, 25, NULL) == 0);
	net_expect(net_add_address(1, AF_INET, "10.0.0.1", "10.0.0.2", NULL, 32, NULL) == 0);
	net_expect(net_add_address(1, AF_INET, "10.1.0.1", NULL, NULL, 0, NULL) == 0);
	net_expect(net_add_address(1, AF_INET6, "2001:db8::1", NULL, NULL, 64, NULL) == 0);
	net_expect(net_add_address(1, AF_INET6, "2001:db8:1::1", "2001:db8:1::2", NULL, 127, NULL) == 0);
	net_expect(net_add_address(1, AF_INET6, "fe80::1", NULL, NULL, 63, NULL) == 0);
}

static void ifaddrs_say_address(FILE *out, const char *what,
				const struct sockaddr *sa)
{
	const struct sockaddr_ll *ll = (const void *)sa;
	const struct sockaddr_in6 *sin6 = (const void *)sa;
	const struct sockaddr_in *sin = (const void *)sa;
	char text[INET6_ADDRSTRLEN];
	int i;

	fprintf(out, " %s", what);
	if (!sa) {
		fprintf(out, " none");
	} else if (sa->sa_family == AF_INET) {
		fprintf(out, " %s", inet_ntop(AF_INET, &sin->sin_addr, text, sizeof(text)));
	} else if (sa->sa_family == AF_INET6) {
		fprintf(out, " %s%%%u", inet_ntop(AF_INET6, &sin6->sin6_addr, text, sizeof(text)),
			sin6->sin6_scope_id);
	} else {
		fprintf(out, " index %d type %d pkttype %d protocol %d len %d", ll->sll_ifindex,
			ll->sll_hatype, ll->sll_pkttype, ll->sll_protocol, ll->sll_halen);
		for (i = 0; i < ll->sll_halen; i++)
			fprintf(out, " %02x", ll->sll_addr[i]);
	}
}

/* Without what the two kernels may differ in: interfaces that came by themselves. */
static void list_loopback(FILE *out)
{
	struct ifaddrs *list, *ifa;

	net_expect(getifaddrs(&list) == 0);
	for (ifa = list; ifa; ifa = ifa->ifa_next) {
		if (strncmp(ifa->ifa_name, "lo", 2))
			continue;
		fprintf(out, "%s flags %#x", ifa->ifa_name, ifa->ifa_flags);
		ifaddrs_say_address(out, "address", ifa->ifa_addr);
		ifaddrs_say_address(out, "mask", ifa->ifa_netmask);
		ifaddrs_say_address(out, "other", ifa->ifa_broadaddr);
		fprintf(out, " data %d\n", !!ifa->ifa_data);
	}
	freeifaddrs(list);
}

static void say_names(FILE *out)
{
	static const char *const names[] = { "lo", "nosuch", "", "a-name-that-is-too-long", "lo:first" };
	char name[IF_NAMESIZE];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		errno = 0;
		fprintf(out, "%s %u", names[i], if_nametoindex(names[i]));
		fprintf(out, " %d\n", errno);
	}
	errno = 0;
	fprintf(out, "1 %s\n", if_indextoname(1, name) ?: "none");
	fprintf(out, "12345 %s", if_indextoname(12345, name) ?: "none");
	fprintf(out, " %d\n", errno);
	errno = 0;
	fprintf(out, "0 %s", if_indextoname(0, name) ?: "none");
	fprintf(out, " %d\n", errno);
}

static void run_comparison(FILE *out)
{
	list_loopback(out);
	configure_loopback();
	list_loopback(out);
	say_names(out);
	fflush(out);
}

static bool ask_libc(FILE *out)
{
	if (!net_make_private())
		return false;
	run_comparison(out);
	return true;
}

START_TEST(lists_are_the_same_as_those_of_libc)
{
	FILE *out = fdopen(memfd_create("lkl", 0), "w+");
	char *theirs = NULL, *ours = NULL;
	size_t size1 = 0, size2 = 0;
	int lines = 0, different = 0;

	run_comparison(out);
	rewind(out);
	while (said_by_libc && getline(&theirs, &size1, said_by_libc) > 0) {
		ck_assert_int_gt(getline(&ours, &size2, out), 0);
		lines++;
		if (!strcmp(theirs, ours))
			continue;
		different++;
		printf("# libc: %s# lkl:  %s", theirs, ours);
	}
	free(theirs);
	free(ours);
	fclose(out);
	ck_assert_int_eq(different, 0);
	if (said_by_libc)
		ck_assert_int_gt(lines, 15);
}
END_TEST

static const unsigned char mac[6] = { 2, 0, 0, 1, 2, 3 };

static struct ifaddrs *ifaddrs_find(struct ifaddrs *list, const char *name,
				    int family)
{
	while (list && (strcmp(list->ifa_name, name) ||
			!list->ifa_addr || list->ifa_addr->sa_family != family))
		list = list->ifa_next;
	ck_assert_ptr_nonnull(list);
	return list;
}

static struct in_addr ifaddrs_v4(const struct sockaddr *sa)
{
	ck_assert_ptr_nonnull(sa);
	ck_assert_int_eq(sa->sa_family, AF_INET);
	return ((const struct sockaddr_in *)sa)->sin_addr;
}

START_TEST(dummy_interface_is_listed_as_configured)
{
	unsigned int index;
	struct ifaddrs *list, *ifa;
	const struct sockaddr_ll *ll;
	const struct sockaddr_in6 *sin6;

	ck_assert_int_eq(net_add_link("dummy7", "dummy", mac), 0);
	index = if_nametoindex("dummy7");
	ck_assert_uint_gt(index, 1);
	ck_assert_int_eq(net_set_up(index), 0);
	ck_assert_int_eq(net_add_address(index, AF_INET, "198.51.100.7", NULL, "198.51.100.255", 24, NULL), 0);
	ck_assert_int_eq(net_add_address(index, AF_INET6, "fe80::7", NULL, NULL, 64, NULL), 0);
	ck_assert_int_eq(getifaddrs(&list), 0);

	ifa = ifaddrs_find(list, "dummy7", AF_PACKET);
	ll = (const void *)ifa->ifa_addr;
	ck_assert_int_eq(ll->sll_ifindex, index);
	ck_assert_int_eq(ll->sll_hatype, ARPHRD_ETHER);
	ck_assert_int_eq(ll->sll_halen, 6);
	ck_assert_mem_eq(ll->sll_addr, mac, 6);
	ck_assert_mem_eq(((const struct sockaddr_ll *)ifa->ifa_broadaddr)->sll_addr,
			 "\xff\xff\xff\xff\xff\xff", 6);
	ck_assert_uint_eq(ifa->ifa_flags & (IFF_UP | IFF_NOARP | IFF_BROADCAST), IFF_UP | IFF_NOARP | IFF_BROADCAST);
	ck_assert_ptr_nonnull(ifa->ifa_data);
	ck_assert_uint_eq(((struct rtnl_link_stats *)ifa->ifa_data)->rx_packets, 0);

	ifa = ifaddrs_find(list, "dummy7", AF_INET);
	ck_assert_uint_eq(ifaddrs_v4(ifa->ifa_addr).s_addr,
			  inet_addr("198.51.100.7"));
	ck_assert_uint_eq(ifaddrs_v4(ifa->ifa_netmask).s_addr,
			  inet_addr("255.255.255.0"));
	ck_assert_uint_eq(ifaddrs_v4(ifa->ifa_broadaddr).s_addr,
			  inet_addr("198.51.100.255"));

	ifa = ifaddrs_find(list, "dummy7", AF_INET6);
	sin6 = (const void *)ifa->ifa_addr;
	ck_assert_uint_eq(sin6->sin6_scope_id, index);
	ck_assert(IN6_IS_ADDR_LINKLOCAL(&sin6->sin6_addr));
	freeifaddrs(list);
	ck_assert_int_eq(net_delete_link(index), 0);
	ck_assert_uint_eq(if_nametoindex("dummy7"), 0);
	ck_assert_int_eq(errno, ENODEV);
}
END_TEST

#define MANY	200

START_TEST(many_interfaces_need_more_than_one_message)
{
	struct if_nameindex *names, *n;
	struct ifaddrs *list, *ifa;
	unsigned int index;
	char name[32];
	int i, links = 0, addrs = 0;

	for (i = 0; i < MANY; i++) {
		snprintf(name, sizeof(name), "many%d", i);
		ck_assert_int_eq(net_add_link(name, "dummy", NULL), 0);
		index = if_nametoindex(name);
		snprintf(name, sizeof(name), "10.2.%d.1", i);
		ck_assert_int_eq(net_add_address(index, AF_INET, name, NULL, NULL, 24, NULL), 0);
	}
	ck_assert_int_eq(getifaddrs(&list), 0);
	for (ifa = list; ifa; ifa = ifa->ifa_next) {
		if (strncmp(ifa->ifa_name, "many", 4))
			continue;
		links += ifa->ifa_addr->sa_family == AF_PACKET;
		addrs += ifa->ifa_addr->sa_family == AF_INET;
	}
	freeifaddrs(list);
	ck_assert_int_eq(links, MANY);
	ck_assert_int_eq(addrs, MANY);

	names = if_nameindex();
	ck_assert_ptr_nonnull(names);
	links = 0;
	for (n = names; n->if_index; n++) {
		ck_assert_str_eq(if_indextoname(n->if_index, name), n->if_name);
		ck_assert_uint_eq(if_nametoindex(n->if_name), n->if_index);
		links += !strncmp(n->if_name, "many", 4);
	}
	ck_assert_ptr_null(n->if_name);
	ck_assert_int_eq(links, MANY);
	if_freenameindex(names);
	for (i = 0; i < MANY; i++) {
		snprintf(name, sizeof(name), "many%d", i);
		ck_assert_int_eq(net_delete_link(if_nametoindex(name)), 0);
	}
}
END_TEST

static int count_loopbacks(void)
{
	struct ifaddrs *list, *ifa;
	int n = 0;

	ck_assert_int_eq(getifaddrs(&list), 0);
	for (ifa = list; ifa; ifa = ifa->ifa_next)
		n += !strcmp(ifa->ifa_name, "lo");
	freeifaddrs(list);
	return n;
}

START_TEST(dump_that_changed_meanwhile_is_done_again)
{
	int n = count_loopbacks();

	dumps = 0;
	ck_assert_int_eq(count_loopbacks(), n);
	ck_assert_int_eq(dumps, 2);
	interrupt_dumps = 1;
	ck_assert_int_eq(count_loopbacks(), n);
	ck_assert_int_eq(dumps, 2 + 3);
}
END_TEST

START_TEST(interrupted_calls_are_done_again)
{
	int n = count_loopbacks();

	interrupt_calls = 3;
	ck_assert_int_eq(count_loopbacks(), n);
	ck_assert_int_eq(interrupt_calls, 0);
}
END_TEST

START_TEST(address_of_a_new_link_makes_a_new_list)
{
	struct ifaddrs *list;
	unsigned int index;

	ck_assert_int_eq(net_add_link("newer", "dummy", mac), 0);
	index = if_nametoindex("newer");
	ck_assert_int_eq(net_add_address(index, AF_INET, "203.0.113.9", NULL, NULL, 24, NULL), 0);
	link_to_hide = index;
	ck_assert_int_eq(getifaddrs(&list), 0);
	ck_assert_int_eq(link_to_hide, 0);
	ifaddrs_find(list, "newer", AF_PACKET);
	ifaddrs_find(list, "newer", AF_INET);
	freeifaddrs(list);
	ck_assert_int_eq(net_delete_link(index), 0);
}
END_TEST

static atomic_bool stop;

static void *come_and_go(void *arg)
{
	while (!stop) {
		net_expect(net_add_link("fleeting", "dummy", mac) == 0);
		net_expect(net_add_address(if_nametoindex("fleeting"), AF_INET, "203.0.113.1", NULL, NULL, 24, NULL) == 0);
		net_expect(net_delete_link(if_nametoindex("fleeting")) == 0);
	}
	return NULL;
}

START_TEST(list_is_consistent_while_interfaces_come_and_go)
{
	struct ifaddrs *list, *ifa;
	pthread_t t;
	int i;

	ck_assert_int_eq(pthread_create(&t, NULL, come_and_go, NULL), 0);
	for (i = 0; i < 300; i++) {
		int lo = 0, addrs = 0, links = 0;

		ck_assert_int_eq(getifaddrs(&list), 0);
		for (ifa = list; ifa; ifa = ifa->ifa_next) {
			bool fleeting = !strcmp(ifa->ifa_name, "fleeting");

			lo += !strcmp(ifa->ifa_name, "lo") && ifa->ifa_addr->sa_family == AF_PACKET;
			links += fleeting && ifa->ifa_addr->sa_family == AF_PACKET;
			addrs += fleeting && ifa->ifa_addr->sa_family == AF_INET;
		}
		freeifaddrs(list);
		ck_assert_int_eq(lo, 1);
		ck_assert_int_le(links, 1);
		ck_assert_int_le(addrs, links);
	}
	stop = true;
	pthread_join(t, NULL);
}
END_TEST

START_TEST(child_of_fork_sees_the_host)
{
	struct ifaddrs *list, *ours;
	int status;
	pid_t pid;

	ck_assert_int_eq(getifaddrs(&ours), 0);
	pid = fork();
	if (!pid) {
		freeifaddrs(ours);
		_exit(getifaddrs(&list) ? 1 : (freeifaddrs(list), 0));
	}
	waitpid(pid, &status, 0);
	ck_assert_int_eq(status, 0);
	freeifaddrs(ours);
}
END_TEST

static int ifaddrs_run_tests(void)
{
	TCase *tc = tcase_create("ifaddrs");

	tcase_add_unchecked_fixture(tc, net_boot_lkl, net_halt_lkl);
	tcase_add_test(tc, lists_are_the_same_as_those_of_libc);
	tcase_add_test(tc, dummy_interface_is_listed_as_configured);
	tcase_add_test(tc, many_interfaces_need_more_than_one_message);
	tcase_add_test(tc, dump_that_changed_meanwhile_is_done_again);
	tcase_add_test(tc, interrupted_calls_are_done_again);
	tcase_add_test(tc, address_of_a_new_link_makes_a_new_list);
	tcase_add_test(tc, list_is_consistent_while_interfaces_come_and_go);
	tcase_add_test(tc, child_of_fork_sees_the_host);
	return run_case(tc, CK_NOFORK);
}

int main(void)
{
	said_by_libc = net_ask_libc(ask_libc);
	return ifaddrs_run_tests();
}
