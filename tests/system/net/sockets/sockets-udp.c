// SPDX-License-Identifier: GPL-2.0
/* Datagrams: UDP, their control messages, several at once, multicast. */
#include "sockets.h"

#include <netinet/udp.h>
#include <linux/errqueue.h>

static void sock_udp_exchange(int family)
{
	int a = udp_socket(family), b = udp_socket(family);
	union address to = name_of(b), from = { 0 };
	socklen_t len = sizeof(from);
	char text[20] = "";

	report("sendto", sendto(a, "hello", 5, 0, &to.sa, length_of(&to)));
	report("recvfrom", recvfrom(b, text, sizeof(text), 0, &from.sa, &len));
	fact("'%s' length %d", text, (int)len);
	report_address("from", &from);
	report("empty", sendto(b, NULL, 0, 0, &from.sa, len));
	report("received", recv(a, text, sizeof(text), 0));
	close(a);
	close(b);
}

TEST(datagrams_over_ipv4)
{
	sock_udp_exchange(AF_INET);
}

TEST(datagrams_over_ipv6)
{
	sock_udp_exchange(AF_INET6);
}

TEST(connected_datagrams)
{
	int a = udp_socket(AF_INET), b = udp_socket(AF_INET), c = udp_socket(AF_INET);
	union address to = name_of(b), back = name_of(a), none = { 0 };
	char text[20];

	report("send", send(a, "x", 1, 0));
	must(connect(a, &to.sa, sizeof(to.in)));
	report("connected", send(a, "x", 1, 0));
	/* Another sender is not heard. */
	must(sendto(c, "strange", 7, 0, &back.sa, sizeof(back.in)));
	must(sendto(b, "known", 5, 0, &back.sa, sizeof(back.in)));
	report("recv", recv(a, text, sizeof(text), 0));
	none.sa.sa_family = AF_UNSPEC;
	report("disconnect", connect(a, &none.sa, sizeof(none.in)));
	report("send", send(a, "x", 1, 0));
	close(a);
	close(b);
	close(c);
}

TEST(datagram_to_nobody)
{
	int a = udp_socket(AF_INET), b = udp_socket(AF_INET), error = 0;
	union address to = name_of(b);
	socklen_t len = sizeof(error);
	char text[20];

	close(b);
	must(connect(a, &to.sa, sizeof(to.in)));
	report("send", send(a, "x", 1, 0));
	report_events("events", wait_for(a, POLLIN));
	report("recv", recv(a, text, sizeof(text), 0));
	report("send", send(a, "x", 1, 0));
	wait_for(a, POLLIN);
	must(getsockopt(a, SOL_SOCKET, SO_ERROR, &error, &len));
	fact("SO_ERROR %s", strerrorname_np(error));
	report("then", recv(a, text, sizeof(text), MSG_DONTWAIT));
	close(a);
}

TEST(error_queue)
{
	int a = udp_socket(AF_INET), b = udp_socket(AF_INET), one = 1;
	union address to = name_of(b);
	char text[20], control[200];
	struct iovec iov = { text, sizeof(text) };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1,
			    .msg_control = control, .msg_controllen = sizeof(control) };
	struct cmsghdr *c;

	close(b);
	must(setsockopt(a, IPPROTO_IP, IP_RECVERR, &one, sizeof(one)));
	must(sendto(a, "abc", 3, 0, &to.sa, sizeof(to.in)));
	report_events("events", wait_for(a, POLLIN));
	report("recvmsg", recvmsg(a, &m, MSG_ERRQUEUE));
	fact("flags %#x", m.msg_flags);
	for (c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c)) {
		struct sock_extended_err e;

		memcpy(&e, CMSG_DATA(c), sizeof(e));
		fact("%d:%d %s origin %d type %d code %d", c->cmsg_level, c->cmsg_type,
		     strerrorname_np(e.ee_errno), e.ee_origin, e.ee_type, e.ee_code);
	}
	report("empty", recvmsg(a, &m, MSG_ERRQUEUE));
	close(a);
}

TEST(truncated_datagrams)
{
	int a = udp_socket(AF_INET), b = udp_socket(AF_INET);
	union address to = name_of(b);
	char text[4];
	struct iovec iov = { text, sizeof(text) };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };

	must(connect(a, &to.sa, sizeof(to.in)));
	for (int i = 0; i < 4; i++)
		must(send(a, "0123456789", 10, 0));
	report("recv", recv(b, text, sizeof(text), 0));
	report("MSG_TRUNC", recv(b, text, sizeof(text), MSG_TRUNC));
	report("recvmsg", recvmsg(b, &m, 0));
	fact("flags %#x", m.msg_flags);
	report("both", recvmsg(b, &m, MSG_TRUNC | MSG_PEEK));
	report("left", recv(b, text, sizeof(text), MSG_DONTWAIT));
	report("none", recv(b, text, sizeof(text), MSG_DONTWAIT));
	close(a);
	close(b);
}

TEST(large_datagrams)
{
	static char data[70000];
	int a = udp_socket(AF_INET), b = udp_socket(AF_INET);
	union address to = name_of(b);

	must(connect(a, &to.sa, sizeof(to.in)));
	report("65507", send(a, data, 65507, 0));
	report("received", recv(b, data, sizeof(data), 0));
	report("65508", send(a, data, 65508, 0));
	close(a);
	close(b);
}

TEST(broadcast_needs_permission)
{
	int a = must(socket(AF_INET, SOCK_DGRAM, 0)), one = 1;
	union address to = loopback(AF_INET, 9);

	inet_pton(AF_INET, "127.255.255.255", &to.in.sin_addr);
	report("without", sendto(a, "x", 1, 0, &to.sa, sizeof(to.in)));
	must(setsockopt(a, SOL_SOCKET, SO_BROADCAST, &one, sizeof(one)));
	report("with", sendto(a, "x", 1, 0, &to.sa, sizeof(to.in)));
	close(a);
}

TEST(multicast_on_loopback)
{
	int a = udp_socket(AF_INET), b = must(socket(AF_INET, SOCK_DGRAM, 0));
	union address any = { .in = { .sin_family = AF_INET } }, to;
	struct ip_mreqn group = { .imr_ifindex = 1 };
	char text[20];

	must(bind(b, &any.sa, sizeof(any.in)));
	to = name_of(b);
	inet_pton(AF_INET, "239.1.2.3", &group.imr_multiaddr);
	to.in.sin_addr = group.imr_multiaddr;
	report("join", setsockopt(b, IPPROTO_IP, IP_ADD_MEMBERSHIP, &group, sizeof(group)));
	report("again", setsockopt(b, IPPROTO_IP, IP_ADD_MEMBERSHIP, &group, sizeof(group)));
	must(setsockopt(a, IPPROTO_IP, IP_MULTICAST_IF, &group, sizeof(group)));
	report("send", sendto(a, "group", 5, 0, &to.sa, sizeof(to.in)));
	report("recv", recv(b, text, sizeof(text), 0));
	report("leave", setsockopt(b, IPPROTO_IP, IP_DROP_MEMBERSHIP, &group, sizeof(group)));
	report("again", setsockopt(b, IPPROTO_IP, IP_DROP_MEMBERSHIP, &group, sizeof(group)));
	close(a);
	close(b);
}

static void report_control(struct msghdr *m)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
		int value = 0;

		fact("control %d:%d of %d", c->cmsg_level, c->cmsg_type,
		     (int)(c->cmsg_len - CMSG_LEN(0)));
		if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
			struct in_pktinfo info;
			char text[INET_ADDRSTRLEN];

			memcpy(&info, CMSG_DATA(c), sizeof(info));
			inet_ntop(AF_INET, &info.ipi_addr, text, sizeof(text));
			fact("to %s on %d", text, info.ipi_ifindex);
		} else if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
			struct in6_pktinfo info;
			char text[INET6_ADDRSTRLEN];

			memcpy(&info, CMSG_DATA(c), sizeof(info));
			inet_ntop(AF_INET6, &info.ipi6_addr, text, sizeof(text));
			fact("to %s on %d", text, (int)info.ipi6_ifindex);
		} else if (c->cmsg_len == CMSG_LEN(sizeof(int))) {
			memcpy(&value, CMSG_DATA(c), sizeof(value));
			fact("is %d", value);
		}
	}
}

/* Receives on a socket with these boolean options of a level. */
static void receive_with(int family, int level, const int *options, int n)
{
	int a = udp_socket(family), b = udp_socket(family), one = 1;
	union address to = name_of(b);
	char text[20], control[512] = "";
	struct iovec iov = { text, sizeof(text) };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1,
			    .msg_control = control, .msg_controllen = sizeof(control) };

	for (int i = 0; i < n; i++)
		report("option", setsockopt(b, level, options[i], &one, sizeof(one)));
	must(sendto(a, "x", 1, 0, &to.sa, length_of(&to)));
	report("recvmsg", recvmsg(b, &m, 0));
	report_control(&m);
	/* Too little room for them. */
	must(sendto(a, "x", 1, 0, &to.sa, length_of(&to)));
	m.msg_controllen = 1;
	report("no room", recvmsg(b, &m, 0));
	fact("flags %#x", m.msg_flags);
	close(a);
	close(b);
}

TEST(control_messages_of_ipv4)
{
	const int options[] = { IP_PKTINFO, IP_RECVTTL, IP_RECVTOS, IP_RECVORIGDSTADDR };

	receive_with(AF_INET, IPPROTO_IP, options, 4);
}

TEST(control_messages_of_ipv6)
{
	const int options[] = { IPV6_RECVPKTINFO, IPV6_RECVHOPLIMIT, IPV6_RECVTCLASS };

	receive_with(AF_INET6, IPPROTO_IPV6, options, 3);
}

TEST(timestamps)
{
	const int plain = SO_TIMESTAMP, fine = SO_TIMESTAMPNS;

	receive_with(AF_INET, SOL_SOCKET, &plain, 1);
	receive_with(AF_INET6, SOL_SOCKET, &fine, 1);
}

TEST(source_address_by_pktinfo)
{
	int a = must(socket(AF_INET, SOCK_DGRAM, 0)), b = udp_socket(AF_INET);
	union address to = name_of(b), from = { 0 };
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(struct in_pktinfo))];
	} control = { .header = { .cmsg_level = IPPROTO_IP, .cmsg_type = IP_PKTINFO,
				  .cmsg_len = CMSG_LEN(sizeof(struct in_pktinfo)) } };
	struct in_pktinfo info = { 0 };
	struct iovec iov = { (void *)"x", 1 };
	struct msghdr m = { .msg_name = &to, .msg_namelen = sizeof(to.in),
			    .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control,
			    .msg_controllen = sizeof(control) };
	socklen_t len = sizeof(from);
	char c;

	inet_pton(AF_INET, "127.0.0.77", &info.ipi_spec_dst);
	memcpy(CMSG_DATA(&control.header), &info, sizeof(info));
	report("sendmsg", sendmsg(a, &m, 0));
	report("recvfrom", recvfrom(b, &c, 1, 0, &from.sa, &len));
	report_address("from", &from);
	inet_pton(AF_INET, "192.0.2.1", &info.ipi_spec_dst);
	memcpy(CMSG_DATA(&control.header), &info, sizeof(info));
	report("not ours", sendmsg(a, &m, 0));
	control.header.cmsg_len = 3;
	report("wrong", sendmsg(a, &m, 0));
	close(a);
	close(b);
}

TEST(scattered_datagrams)
{
	int a = udp_socket(AF_INET), b = udp_socket(AF_INET);
	union address to = name_of(b);
	char x[4] = "", y[4] = "", z[4] = "";
	struct iovec out[] = { { (void *)"ab", 2 }, { NULL, 0 }, { (void *)"cdef", 4 } };
	struct iovec in[] = { { x, 1 }, { y, 3 }, { z, 3 } };
	struct msghdr m = { .msg_iov = out, .msg_iovlen = 3 };

	must(connect(a, &to.sa, sizeof(to.in)));
	report("sendmsg", sendmsg(a, &m, 0));
	report("readv", readv(b, in, 3));
	fact("'%s' '%s' '%s'", x, y, z);
	report("writev", writev(a, out, 3));
	m.msg_iov = in;
	report("recvmsg", recvmsg(b, &m, 0));
	m.msg_iovlen = 2000;
	report("too many", sendmsg(a, &m, 0));
	m.msg_iovlen = 1;
	m.msg_iov = NULL;
	report("null", sendmsg(a, &m, 0));
	close(a);
	close(b);
}

TEST(several_messages_at_once)
{
	int a = udp_socket(AF_INET), b = udp_socket(AF_INET);
	union address to = name_of(b);
	struct mmsghdr out[5] = { 0 }, in[8] = { 0 };
	struct iovec iov_out[5], iov_in[8];
	char text[8][10];
	struct timespec soon = { .tv_nsec = 50000000 };

	must(connect(a, &to.sa, sizeof(to.in)));
	for (int i = 0; i < 5; i++) {
		iov_out[i] = (struct iovec){ (void *)"12345", i + 1 };
		out[i].msg_hdr = (struct msghdr){ .msg_iov = &iov_out[i], .msg_iovlen = 1 };
	}
	for (int i = 0; i < 8; i++) {
		iov_in[i] = (struct iovec){ text[i], sizeof(text[i]) };
		in[i].msg_hdr = (struct msghdr){ .msg_iov = &iov_in[i], .msg_iovlen = 1 };
	}
	report("sendmmsg", sendmmsg(a, out, 5, 0));
	fact("lengths %d..%d", out[0].msg_len, out[4].msg_len);
	report("two", recvmmsg(b, in, 2, 0, NULL));
	report("the rest", recvmmsg(b, in, 8, MSG_DONTWAIT, NULL));
	fact("lengths %d..%d", in[0].msg_len, in[2].msg_len);
	report("none", recvmmsg(b, in, 8, MSG_DONTWAIT, NULL));
	must(sendmmsg(a, out, 3, 0));
	report("MSG_WAITFORONE", recvmmsg(b, in, 8, MSG_WAITFORONE, NULL));
	must(sendmmsg(a, out, 1, 0));
	/* The time is looked at after each datagram only. */
	must(sendmmsg(a, out, 1, 0));
	report("with a time", recvmmsg(b, in, 2, 0, &soon));
	close(a);
	close(b);
}

TEST(segmentation_of_datagrams)
{
	static char data[5000];
	int a = udp_socket(AF_INET), b = udp_socket(AF_INET), size = 1000;
	union address to = name_of(b);

	must(connect(a, &to.sa, sizeof(to.in)));
	report("UDP_SEGMENT", setsockopt(a, IPPROTO_UDP, UDP_SEGMENT, &size, sizeof(size)));
	report("send", send(a, data, 4500, 0));
	for (int i = 0; i < 5; i++)
		report("recv", recv(b, data, sizeof(data), 0));
	close(a);
	close(b);
}

TEST(datagrams_of_two_families)
{
	union address any = { .in6 = { .sin6_family = AF_INET6 } }, to, from;
	int s = must(socket(AF_INET6, SOCK_DGRAM, 0)), c = udp_socket(AF_INET);
	int only = must(socket(AF_INET6, SOCK_DGRAM, 0)), one = 1;
	socklen_t len = sizeof(from);
	char text[4];

	must(bind(s, &any.sa, sizeof(any.in6)));
	any = name_of(s);
	to = loopback(AF_INET, port_of(&any));
	must(sendto(c, "x", 1, 0, &to.sa, sizeof(to.in)));
	report("recvfrom", recvfrom(s, text, 4, 0, &from.sa, &len));
	report_address("from", &from);
	report("back", sendto(s, "yz", 2, 0, &from.sa, len));
	report("recv", recv(c, text, 4, 0));
	must(setsockopt(only, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one)));
	report("only IPv6", sendto(only, "x", 1, 0, &from.sa, len));
	close(s);
	close(c);
	close(only);
}
