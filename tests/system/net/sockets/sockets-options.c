// SPDX-License-Identifier: GPL-2.0
/* Options, ioctls and netlink: what a socket and its interfaces say of themselves. */
#include "sockets.h"
#include "shared/macros.h"

#include <ifaddrs.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <sys/time.h>

struct option {
	int level, name, value;
	const char *text;
};

#define OPTION(level, name, value) { level, name, value, #name }

/* Sets each to its value, and says what is read back. */
static void try_options(int fd, const struct option *o, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int value = -1;
		socklen_t len = sizeof(value);

		report(o[i].text, setsockopt(fd, o[i].level, o[i].name, &o[i].value,
					     sizeof(int)));
		report("get", getsockopt(fd, o[i].level, o[i].name, &value, &len));
		fact("%d of %d", value, (int)len);
	}
	close(fd);
}

TEST(options_of_sockets)
{
	static const struct option options[] = {
		OPTION(SOL_SOCKET, SO_REUSEADDR, 1), OPTION(SOL_SOCKET, SO_REUSEPORT, 1),
		OPTION(SOL_SOCKET, SO_KEEPALIVE, 5), OPTION(SOL_SOCKET, SO_BROADCAST, 1),
		OPTION(SOL_SOCKET, SO_OOBINLINE, 1), OPTION(SOL_SOCKET, SO_DONTROUTE, 1),
		OPTION(SOL_SOCKET, SO_SNDBUF, 10000), OPTION(SOL_SOCKET, SO_RCVBUF, 20000),
		OPTION(SOL_SOCKET, SO_SNDBUFFORCE, 90000),
		OPTION(SOL_SOCKET, SO_RCVBUFFORCE, 90000),
		OPTION(SOL_SOCKET, SO_PRIORITY, 3), OPTION(SOL_SOCKET, SO_MARK, 77),
		OPTION(SOL_SOCKET, SO_RCVLOWAT, 100), OPTION(SOL_SOCKET, SO_TIMESTAMP, 1),
		OPTION(SOL_SOCKET, SO_NO_CHECK, 1), OPTION(SOL_SOCKET, SO_INCOMING_CPU, 0),
		OPTION(SOL_SOCKET, SO_BUSY_POLL, 0), OPTION(SOL_SOCKET, SO_TYPE, 1),
		OPTION(SOL_SOCKET, SO_DOMAIN, 1), OPTION(SOL_SOCKET, SO_PROTOCOL, 1),
		OPTION(SOL_SOCKET, SO_ACCEPTCONN, 1), OPTION(SOL_SOCKET, SO_ERROR, 1),
		OPTION(SOL_SOCKET, 9999, 1), OPTION(9999, 1, 1),
	};

	try_options(must(socket(AF_INET, SOCK_STREAM, 0)), options, ARRAY_SIZE(options));
}

TEST(options_of_tcp)
{
	static const struct option options[] = {
		OPTION(IPPROTO_TCP, TCP_NODELAY, 1), OPTION(IPPROTO_TCP, TCP_CORK, 1),
		OPTION(IPPROTO_TCP, TCP_MAXSEG, 1000), OPTION(IPPROTO_TCP, TCP_MAXSEG, 1),
		OPTION(IPPROTO_TCP, TCP_KEEPIDLE, 100), OPTION(IPPROTO_TCP, TCP_KEEPINTVL, 7),
		OPTION(IPPROTO_TCP, TCP_KEEPCNT, 4), OPTION(IPPROTO_TCP, TCP_KEEPCNT, 999),
		OPTION(IPPROTO_TCP, TCP_SYNCNT, 3), OPTION(IPPROTO_TCP, TCP_LINGER2, 20),
		OPTION(IPPROTO_TCP, TCP_DEFER_ACCEPT, 3),
		OPTION(IPPROTO_TCP, TCP_WINDOW_CLAMP, 30000),
		OPTION(IPPROTO_TCP, TCP_QUICKACK, 1),
		OPTION(IPPROTO_TCP, TCP_USER_TIMEOUT, 12345),
		OPTION(IPPROTO_TCP, TCP_FASTOPEN, 5),
		OPTION(IPPROTO_TCP, TCP_NOTSENT_LOWAT, 5000),
		OPTION(IPPROTO_TCP, 9999, 1),
	};

	try_options(must(socket(AF_INET, SOCK_STREAM, 0)), options, ARRAY_SIZE(options));
}

TEST(options_of_udp)
{
	static const struct option options[] = {
		OPTION(IPPROTO_UDP, UDP_CORK, 1), OPTION(IPPROTO_UDP, UDP_GRO, 1),
		OPTION(IPPROTO_UDP, UDP_SEGMENT, 1200), OPTION(IPPROTO_UDP, 9999, 1),
		OPTION(IPPROTO_TCP, TCP_NODELAY, 1),
	};

	try_options(must(socket(AF_INET, SOCK_DGRAM, 0)), options, ARRAY_SIZE(options));
}

TEST(options_of_ipv4)
{
	static const struct option options[] = {
		OPTION(IPPROTO_IP, IP_TTL, 33), OPTION(IPPROTO_IP, IP_TTL, 0),
		OPTION(IPPROTO_IP, IP_TTL, 256), OPTION(IPPROTO_IP, IP_TOS, 0x10),
		OPTION(IPPROTO_IP, IP_MULTICAST_TTL, 9), OPTION(IPPROTO_IP, IP_MULTICAST_LOOP, 0),
		OPTION(IPPROTO_IP, IP_PKTINFO, 1), OPTION(IPPROTO_IP, IP_RECVTTL, 1),
		OPTION(IPPROTO_IP, IP_RECVTOS, 1), OPTION(IPPROTO_IP, IP_RECVERR, 1),
		OPTION(IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO), OPTION(IPPROTO_IP, IP_MTU, 1),
		OPTION(IPPROTO_IP, IP_FREEBIND, 1), OPTION(IPPROTO_IP, IP_TRANSPARENT, 1),
		OPTION(IPPROTO_IP, IP_MINTTL, 5), OPTION(IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1),
		OPTION(IPPROTO_IP, IP_UNICAST_IF, 0), OPTION(IPPROTO_IP, 9999, 1),
		OPTION(IPPROTO_IPV6, IPV6_V6ONLY, 1),
	};

	try_options(must(socket(AF_INET, SOCK_DGRAM, 0)), options, ARRAY_SIZE(options));
}

TEST(options_of_ipv6)
{
	static const struct option options[] = {
		OPTION(IPPROTO_IPV6, IPV6_V6ONLY, 1), OPTION(IPPROTO_IPV6, IPV6_UNICAST_HOPS, 33),
		OPTION(IPPROTO_IPV6, IPV6_MULTICAST_HOPS, 9),
		OPTION(IPPROTO_IPV6, IPV6_MULTICAST_LOOP, 0),
		OPTION(IPPROTO_IPV6, IPV6_TCLASS, 0x20), OPTION(IPPROTO_IPV6, IPV6_RECVPKTINFO, 1),
		OPTION(IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1), OPTION(IPPROTO_IPV6, IPV6_RECVTCLASS, 1),
		OPTION(IPPROTO_IPV6, IPV6_RECVERR, 1), OPTION(IPPROTO_IPV6, IPV6_DONTFRAG, 1),
		OPTION(IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_DO),
		OPTION(IPPROTO_IPV6, IPV6_FREEBIND, 1), OPTION(IPPROTO_IPV6, IPV6_TRANSPARENT, 1),
		OPTION(IPPROTO_IPV6, IPV6_AUTOFLOWLABEL, 1), OPTION(IPPROTO_IPV6, 9999, 1),
		OPTION(IPPROTO_IP, IP_TTL, 44),
	};

	try_options(must(socket(AF_INET6, SOCK_DGRAM, 0)), options, ARRAY_SIZE(options));
}

TEST(sizes_of_options)
{
	int fd = must(socket(AF_INET, SOCK_STREAM, 0)), one = 1;
	char text[32] = "";
	struct linger linger = { 1, 20 };
	socklen_t len = 2;

	report("short set", setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, 2));
	report("null", setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, NULL, sizeof(one)));
	report("short get", getsockopt(fd, SOL_SOCKET, SO_TYPE, text, &len));
	fact("length %d", (int)len);
	len = -1;
	report("negative", getsockopt(fd, SOL_SOCKET, SO_TYPE, text, &len));
	len = sizeof(linger);
	report("SO_LINGER", setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, len));
	memset(&linger, 0, len);
	must(getsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, &len));
	fact("%d %d of %d", linger.l_onoff, linger.l_linger, (int)len);
	report("short", setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, 4));
	report("device", setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "lo", 2));
	len = sizeof(text);
	report("get", getsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, text, &len));
	fact("'%s' of %d", text, (int)len);
	report("none", setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "nodevice", 8));
	close(fd);
}

TEST(congestion_control)
{
	static const char * const names[] = { "reno", "cubic", "nonsense" };
	int fd = must(socket(AF_INET, SOCK_STREAM, 0));

	for (int i = 0; i < 3; i++) {
		char text[32] = "";
		socklen_t len = sizeof(text);

		report(names[i], setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, names[i],
					    strlen(names[i])));
		must(getsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, text, &len));
		fact("is %s", text);
	}
	close(fd);
}

TEST(information_on_a_connection)
{
	struct tcp_info info = { 0 };
	socklen_t len = 8;
	int pair[2];

	tcp_pair(AF_INET, pair);
	must(getsockopt(pair[0], IPPROTO_TCP, TCP_INFO, &info, &len));
	fact("state %d options %#x length %d", info.tcpi_state, info.tcpi_options, (int)len);
	len = sizeof(info);
	must(getsockopt(pair[0], IPPROTO_TCP, TCP_INFO, &info, &len));
	fact("retransmits %d segment %d", info.tcpi_retransmits, info.tcpi_advmss);
	must(shutdown(pair[0], SHUT_WR));
	must(shutdown(pair[1], SHUT_WR));
	wait_for(pair[0], POLLHUP);
	close(pair[0]);
	close(pair[1]);
}

TEST(bytes_that_wait)
{
	int pair[2], u = udp_socket(AF_INET), v = udp_socket(AF_INET), n = -1;
	union address to = name_of(u);

	tcp_pair(AF_INET, pair);
	report("FIONREAD", ioctl(pair[1], FIONREAD, &n));
	fact("%d", n);
	write_all(pair[0], "12345", 5);
	wait_for(pair[1], POLLIN);
	report("FIONREAD", ioctl(pair[1], FIONREAD, &n));
	fact("%d", n);
	must(sendto(v, "123", 3, 0, &to.sa, sizeof(to.in)));
	must(sendto(v, "1234567", 7, 0, &to.sa, sizeof(to.in)));
	wait_for(u, POLLIN);
	report("SIOCINQ", ioctl(u, SIOCINQ, &n));
	fact("the first of them %d", n);
	report("SIOCOUTQ", ioctl(u, SIOCOUTQ, &n));
	report("null", ioctl(pair[1], FIONREAD, NULL));
	report("TCGETS", ioctl(pair[1], TIOCGWINSZ, &n));
	report("wrong", ioctl(pair[1], 0xdead, &n));
	close(pair[0]);
	close(pair[1]);
	close(u);
	close(v);
}

TEST(ioctls_of_interfaces)
{
	struct ifreq r = { .ifr_name = "lo" }, all[8];
	struct ifconf c = { .ifc_len = sizeof(all), .ifc_req = all };
	int fd = must(socket(AF_INET, SOCK_DGRAM, 0)), lo = 0;

	report("SIOCGIFINDEX", ioctl(fd, SIOCGIFINDEX, &r));
	fact("%d", r.ifr_ifindex);
	report("SIOCGIFNAME", ioctl(fd, SIOCGIFNAME, &r));
	fact("'%s'", r.ifr_name);
	report("SIOCGIFFLAGS", ioctl(fd, SIOCGIFFLAGS, &r));
	fact("%#x", r.ifr_flags & (IFF_UP | IFF_LOOPBACK | IFF_RUNNING));
	report("SIOCGIFMTU", ioctl(fd, SIOCGIFMTU, &r));
	fact("%d", r.ifr_mtu);
	report("SIOCGIFADDR", ioctl(fd, SIOCGIFADDR, &r));
	fact("%s", inet_ntoa(((struct sockaddr_in *)&r.ifr_addr)->sin_addr));
	report("SIOCGIFNETMASK", ioctl(fd, SIOCGIFNETMASK, &r));
	fact("%s", inet_ntoa(((struct sockaddr_in *)&r.ifr_netmask)->sin_addr));
	report("SIOCGIFHWADDR", ioctl(fd, SIOCGIFHWADDR, &r));
	fact("type %d", r.ifr_hwaddr.sa_family);
	report("SIOCGIFCONF", ioctl(fd, SIOCGIFCONF, &c));
	for (size_t i = 0; i < c.ifc_len / sizeof(*all); i++)
		lo += !strcmp(all[i].ifr_name, "lo");
	fact("lo %d times", lo);
	strcpy(r.ifr_name, "nodevice");
	report("none", ioctl(fd, SIOCGIFINDEX, &r));
	close(fd);
}

TEST(names_of_interfaces)
{
	struct if_nameindex *list = if_nameindex();
	char name[IF_NAMESIZE] = "";
	int found = 0;

	fact("lo is %u", if_nametoindex("lo"));
	fact("1 is %s", if_indextoname(1, name));
	errno = 0;
	fact("none is %u", if_nametoindex("nodevice"));
	fact("%s", strerrorname_np(errno));
	for (int i = 0; list && list[i].if_index; i++)
		found += !strcmp(list[i].if_name, "lo") && list[i].if_index == 1;
	fact("in the list %d", found);
	if_freenameindex(list);
}

TEST(addresses_of_interfaces)
{
	struct ifaddrs *list;

	must(getifaddrs(&list));
	for (struct ifaddrs *i = list; i; i = i->ifa_next) {
		char text[INET6_ADDRSTRLEN] = "-";
		const union address *a = (const void *)i->ifa_addr;

		if (strcmp(i->ifa_name, "lo"))
			continue;
		if (a && a->sa.sa_family == AF_INET)
			inet_ntop(AF_INET, &a->in.sin_addr, text, sizeof(text));
		else if (a && a->sa.sa_family == AF_INET6)
			inet_ntop(AF_INET6, &a->in6.sin6_addr, text, sizeof(text));
		fact("family %d %s", a ? a->sa.sa_family : -1, text);
	}
	freeifaddrs(list);
}

/* Asks for the links; how many messages of which kind. */
static void ask_for_links(int fd)
{
	struct {
		struct nlmsghdr header;
		struct ifinfomsg info;
	} question = { .header = { .nlmsg_len = sizeof(question),
				   .nlmsg_type = RTM_GETLINK, .nlmsg_seq = 5,
				   .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP } };
	static char answer[65536] __attribute__((aligned(8)));
	bool lo = false, done = false;

	report("send", send(fd, &question, sizeof(question), 0));
	while (!done) {
		int n = must(recv(fd, answer, sizeof(answer), 0));
		struct nlmsghdr *h = (void *)answer;

		for (; NLMSG_OK(h, (unsigned int)n); h = NLMSG_NEXT(h, n)) {
			struct ifinfomsg *info = NLMSG_DATA(h);

			done = h->nlmsg_type == NLMSG_DONE;
			if (h->nlmsg_type == RTM_NEWLINK && info->ifi_index == 1)
				lo = info->ifi_flags & IFF_LOOPBACK && h->nlmsg_seq == 5;
			if (h->nlmsg_type == NLMSG_ERROR)
				give_up("netlink", EIO);
		}
	}
	fact("lo %d", lo);
}

TEST(netlink_of_routes)
{
	struct sockaddr_nl a = { .nl_family = AF_NETLINK }, own = { 0 };
	int fd = must(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
	socklen_t len = sizeof(own);

	report("bind", bind(fd, (struct sockaddr *)&a, sizeof(a)));
	must(getsockname(fd, (struct sockaddr *)&own, &len));
	fact("family %d, has a port %d, length %d", own.nl_family, !!own.nl_pid, (int)len);
	ask_for_links(fd);
	report_events("events", wait_for(fd, POLLOUT));
	report("nothing", recv(fd, &a, sizeof(a), MSG_DONTWAIT));
	close(fd);
	report("wrong", socket(AF_NETLINK, SOCK_RAW, 999));
}

/* Sends one request that is acknowledged; the error in it. */
static int sock_options_request(int fd, struct nlmsghdr *h)
{
	struct {
		struct nlmsghdr header;
		struct nlmsgerr error;
		char rest[4096];
	} answer;

	h->nlmsg_flags |= NLM_F_REQUEST | NLM_F_ACK;
	must(send(fd, h, h->nlmsg_len, 0));
	must(recv(fd, &answer, sizeof(answer), 0));
	return answer.header.nlmsg_type == NLMSG_ERROR ? -answer.error.error : -1;
}

TEST(netlink_changes_addresses)
{
	struct {
		struct nlmsghdr header;
		struct ifaddrmsg info;
		struct rtattr attr;
		struct in_addr address;
	} r = {
		.header = { .nlmsg_len = sizeof(r), .nlmsg_type = RTM_NEWADDR,
			    .nlmsg_flags = NLM_F_CREATE | NLM_F_EXCL },
		.info = { .ifa_family = AF_INET, .ifa_prefixlen = 32, .ifa_index = 1 },
		.attr = { .rta_len = RTA_LENGTH(4), .rta_type = IFA_LOCAL },
	};
	int fd = must(socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE));
	int u = must(socket(AF_INET, SOCK_DGRAM, 0));
	union address a = loopback(AF_INET, 0);

	inet_pton(AF_INET, "192.0.2.55", &r.address);
	a.in.sin_addr = r.address;
	report("before", bind(u, &a.sa, sizeof(a.in)));
	fact("add %d", sock_options_request(fd, &r.header));
	fact("again %s", strerrorname_np(sock_options_request(fd, &r.header)));
	report("bind", bind(u, &a.sa, sizeof(a.in)));
	r.header.nlmsg_type = RTM_DELADDR;
	r.header.nlmsg_flags = 0;
	fact("delete %d", sock_options_request(fd, &r.header));
	fact("again %s", strerrorname_np(sock_options_request(fd, &r.header)));
	r.info.ifa_index = 999;
	r.header.nlmsg_type = RTM_NEWADDR;
	fact("no interface %s",
	     strerrorname_np(sock_options_request(fd, &r.header)));
	close(u);
	close(fd);
}

TEST(netlink_tells_of_changes)
{
	struct sockaddr_nl a = { .nl_family = AF_NETLINK, .nl_groups = RTMGRP_LINK };
	int fd = must(socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE));
	int u = must(socket(AF_INET, SOCK_DGRAM, 0));
	struct ifreq r = { .ifr_name = "lo" };
	struct {
		struct nlmsghdr header;
		char rest[8192];
	} news;

	must(bind(fd, (struct sockaddr *)&a, sizeof(a)));
	must(ioctl(u, SIOCGIFMTU, &r));
	r.ifr_mtu -= 1000;
	report("SIOCSIFMTU", ioctl(u, SIOCSIFMTU, &r));
	report_events("events", wait_for(fd, POLLIN));
	must(recv(fd, &news, sizeof(news), 0));
	fact("RTM_NEWLINK %d", news.header.nlmsg_type == RTM_NEWLINK);
	r.ifr_mtu += 1000;
	must(ioctl(u, SIOCSIFMTU, &r));
	close(fd);
	close(u);
}
