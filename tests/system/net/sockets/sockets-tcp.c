// SPDX-License-Identifier: GPL-2.0
/* The life of TCP connections: made, refused, half closed, reset, not answered. */
#include "sockets.h"

#include <signal.h>

static void say_hello(int family)
{
	union address a = { 0 }, b = { 0 };
	socklen_t len = sizeof(a);
	char text[20] = "";
	int pair[2];

	tcp_pair(family, pair);
	report("write", write(pair[0], "hello", 5));
	report("read", read(pair[1], text, sizeof(text)));
	fact("'%s'", text);
	must(getpeername(pair[0], &a.sa, &len));
	fact("length %d", (int)len);
	report_address("peer", &a);
	b = name_of(pair[1]);
	report_address("own", &b);
	fact("same port %d", port_of(&a) == port_of(&b));
	must(close(pair[0]));
	report("end", read(pair[1], text, sizeof(text)));
	must(close(pair[1]));
}

TEST(hello_over_ipv4)
{
	say_hello(AF_INET);
}

TEST(hello_over_ipv6)
{
	say_hello(AF_INET6);
}

TEST(ipv4_client_of_an_ipv6_listener)
{
	union address any = { .in6 = { .sin6_family = AF_INET6 } }, a, peer = { 0 };
	socklen_t len = sizeof(peer);
	int s = must(socket(AF_INET6, SOCK_STREAM, 0)), c, fd;

	must(bind(s, &any.sa, sizeof(any.in6)));
	must(listen(s, 1));
	any = name_of(s);
	a = loopback(AF_INET, port_of(&any));
	c = tcp_connect(&a);
	fd = must(accept(s, &peer.sa, &len));
	fact("length %d", (int)len);
	report_address("peer", &peer);
	close(c);
	close(fd);
	close(s);
}

TEST(one_megabyte_each_way)
{
	static char out[1 << 20], in[1 << 20];
	int pair[2];

	fill(out, sizeof(out), 1);
	tcp_pair(AF_INET, pair);
	for (int way = 0; way < 2; way++) {
		size_t sent = 0, got = 0;

		must(fcntl(pair[way], F_SETFL, O_NONBLOCK));
		while (got < sizeof(in)) {
			ssize_t n = send(pair[way], out + sent, sizeof(out) - sent, 0);

			if (n > 0)
				sent += n;
			else if (n < 0 && errno != EAGAIN)
				give_up("send", errno);
			n = recv(pair[!way], in + got, sizeof(in) - got,
				 sent < sizeof(out) ? MSG_DONTWAIT : 0);
			if (n > 0)
				got += n;
		}
		must(fcntl(pair[way], F_SETFL, 0));
		fact("same %d", !memcmp(in, out, sizeof(in)));
		memset(in, 0, sizeof(in));
	}
	close(pair[0]);
	close(pair[1]);
}

static int refused_port(int family)
{
	int fd = tcp_listener(family, 1);
	union address a = name_of(fd);

	must(close(fd));
	return port_of(&a);
}

TEST(connect_is_refused)
{
	union address a = loopback(AF_INET, refused_port(AF_INET));
	union address a6 = loopback(AF_INET6, refused_port(AF_INET6));
	int fd = must(socket(AF_INET, SOCK_STREAM, 0));
	int fd6 = must(socket(AF_INET6, SOCK_STREAM, 0));

	report("connect", connect(fd, &a.sa, sizeof(a.in)));
	report("IPv6", connect(fd6, &a6.sa, sizeof(a6.in6)));
	report("again", connect(fd, &a.sa, sizeof(a.in)));
	report_events("events", wait_for(fd, POLLIN | POLLOUT));
	close(fd);
	close(fd6);
}

TEST(connect_with_wrong_arguments)
{
	union address a = loopback(AF_INET, 1), nowhere = a;
	int fd = must(socket(AF_INET, SOCK_STREAM, 0));

	report("short", connect(fd, &a.sa, 4));
	report("null", connect(fd, NULL, sizeof(a.in)));
	a.sa.sa_family = AF_UNIX;
	report("family", connect(fd, &a.sa, sizeof(a.in)));
	report("negative", connect(fd, &a.sa, -1));
	inet_pton(AF_INET, "192.0.2.1", &nowhere.in.sin_addr);
	report("no route", connect(fd, &nowhere.sa, sizeof(nowhere.in)));
	report("closed", connect(1000, &a.sa, sizeof(a.in)));
	report("no socket", connect(0, &a.sa, sizeof(a.in)));
	close(fd);
}

TEST(nonblocking_connect)
{
	int s = tcp_listener(AF_INET, 1), error = -1;
	int fd = must(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
	union address a = name_of(s);
	socklen_t len = sizeof(error);

	report("connect", connect(fd, &a.sa, sizeof(a.in)));
	report_events("events", wait_for(fd, POLLOUT));
	must(getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len));
	fact("SO_ERROR %d", error);
	report("again", connect(fd, &a.sa, sizeof(a.in)));
	report("and again", connect(fd, &a.sa, sizeof(a.in)));
	close(fd);
	close(s);
}

TEST(nonblocking_connect_is_refused)
{
	union address a = loopback(AF_INET, refused_port(AF_INET));
	int fd = must(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
	int error = 0;
	socklen_t len = sizeof(error);

	report("connect", connect(fd, &a.sa, sizeof(a.in)));
	report_events("events", wait_for(fd, POLLIN | POLLOUT | POLLRDHUP));
	must(getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len));
	fact("SO_ERROR %s", strerrorname_np(error));
	must(getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len));
	fact("then %d", error);
	close(fd);
}

/* A listener that answers no more: its queue is full. */
static int deaf_listener(union address *a, int *client)
{
	int s = tcp_listener(AF_INET, 0);

	*a = name_of(s);
	*client = tcp_connect(a);
	wait_for(s, POLLIN);
	return s;
}

TEST(connect_that_nobody_answers)
{
	struct timeval tenth = { .tv_usec = 100000 };
	int once = 1, client, s, fd, error = 0;
	socklen_t len = sizeof(error);
	union address a;

	s = deaf_listener(&a, &client);
	fd = must(socket(AF_INET, SOCK_STREAM, 0));
	must(setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &tenth, sizeof(tenth)));
	report("SO_SNDTIMEO", connect(fd, &a.sa, sizeof(a.in)));
	must(fcntl(fd, F_SETFL, O_NONBLOCK));
	report("again", connect(fd, &a.sa, sizeof(a.in)));
	must(getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len));
	fact("SO_ERROR %d", error);
	close(fd);
	fd = must(socket(AF_INET, SOCK_STREAM, 0));
	must(setsockopt(fd, IPPROTO_TCP, TCP_SYNCNT, &once, sizeof(once)));
	report("TCP_SYNCNT", connect(fd, &a.sa, sizeof(a.in)));
	close(fd);
	close(client);
	close(s);
}

TEST(backlog_is_a_limit)
{
	int fds[6], done = 0, client, s;
	union address a;

	s = deaf_listener(&a, &client);
	for (int i = 0; i < 6; i++) {
		struct pollfd p;

		fds[i] = must(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
		connect(fds[i], &a.sa, sizeof(a.in));
		p = (struct pollfd){ .fd = fds[i], .events = POLLOUT };
		done += must(poll(&p, 1, 50));
	}
	fact("%d more", done);
	for (int i = 0; i < 6; i++)
		close(fds[i]);
	close(client);
	close(s);
}

TEST(accept_without_a_client)
{
	int s = tcp_listener(AF_INET, 1);
	int u = must(socket(AF_INET, SOCK_DGRAM, 0));
	int t = must(socket(AF_INET, SOCK_STREAM, 0));

	must(fcntl(s, F_SETFL, O_NONBLOCK));
	report("nothing", accept(s, NULL, NULL));
	report("UDP", accept(u, NULL, NULL));
	report("not listening", accept(t, NULL, NULL));
	report("closed", accept(1000, NULL, NULL));
	report("listen on UDP", listen(u, 1));
	close(s);
	close(u);
	close(t);
}

TEST(accept4_sets_flags)
{
	static const int flags[] = { 0, SOCK_NONBLOCK, SOCK_CLOEXEC,
				     SOCK_NONBLOCK | SOCK_CLOEXEC };
	int s = tcp_listener(AF_INET, 4);
	union address a = name_of(s), peer;

	for (int i = 0; i < 4; i++) {
		socklen_t len = 3;
		int c = tcp_connect(&a);
		int fd = must(accept4(s, &peer.sa, &len, flags[i]));

		fact("%d:%d", !!(must(fcntl(fd, F_GETFL)) & O_NONBLOCK),
		     (int)must(fcntl(fd, F_GETFD)));
		fact("length %d", (int)len);
		close(fd);
		close(c);
	}
	report("wrong", accept4(s, NULL, NULL, 0x40000000));
	close(s);
}

TEST(half_close)
{
	char text[20] = "";
	int pair[2];

	tcp_pair(AF_INET, pair);
	write_all(pair[0], "question", 8);
	report("shutdown", shutdown(pair[0], SHUT_WR));
	report("drained", drain(pair[1]));
	report_events("other side", wait_for(pair[1], POLLIN | POLLOUT | POLLRDHUP));
	report("answer", write(pair[1], "answer", 6));
	report("read", read(pair[0], text, sizeof(text)));
	fact("'%s'", text);
	report("write", send(pair[0], "x", 1, MSG_NOSIGNAL));
	must(shutdown(pair[1], SHUT_WR));
	report_events("both", wait_for(pair[0], POLLHUP) &
			      (POLLIN | POLLOUT | POLLHUP | POLLERR));
	close(pair[0]);
	close(pair[1]);
}

TEST(shutdown_variants)
{
	char c;
	int pair[2], fd = must(socket(AF_INET, SOCK_STREAM, 0));

	report("not connected", shutdown(fd, SHUT_RDWR));
	close(fd);
	tcp_pair(AF_INET6, pair);
	report("wrong", shutdown(pair[0], 3));
	report("reading", shutdown(pair[0], SHUT_RD));
	report("read", read(pair[0], &c, 1));
	report("other writes", write(pair[1], "x", 1));
	report("both", shutdown(pair[0], SHUT_RDWR));
	report("other reads", read(pair[1], &c, 1));
	report("again", shutdown(pair[0], SHUT_RDWR));
	close(pair[0]);
	close(pair[1]);
	report("closed", shutdown(1000, SHUT_RD));
}

TEST(shutdown_of_a_listener)
{
	int s = tcp_listener(AF_INET, 1);
	union address a = name_of(s);
	int fd = must(socket(AF_INET, SOCK_STREAM, 0));

	report("shutdown", shutdown(s, SHUT_RDWR));
	report("accept", accept(s, NULL, NULL));
	report("connect", connect(fd, &a.sa, sizeof(a.in)));
	report("listen", listen(s, 1));
	close(s);
	close(fd);
}

static void sock_tcp_reset(int fd)
{
	struct linger now = { .l_onoff = 1 };

	must(setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now)));
	must(close(fd));
}

TEST(reset_by_linger_zero)
{
	int pair[2], error = 0;
	socklen_t len = sizeof(error);
	char c;

	tcp_pair(AF_INET, pair);
	sock_tcp_reset(pair[0]);
	report_events("events", wait_for(pair[1], POLLIN | POLLOUT | POLLRDHUP));
	report("read", read(pair[1], &c, 1));
	report("then", read(pair[1], &c, 1));
	report("write", send(pair[1], "x", 1, MSG_NOSIGNAL));
	close(pair[1]);
	tcp_pair(AF_INET6, pair);
	sock_tcp_reset(pair[0]);
	wait_for(pair[1], POLLIN);
	must(getsockopt(pair[1], SOL_SOCKET, SO_ERROR, &error, &len));
	fact("SO_ERROR %s", strerrorname_np(error));
	report("read", read(pair[1], &c, 1));
	close(pair[1]);
}

TEST(close_with_unread_data_resets)
{
	int pair[2];
	char c;

	tcp_pair(AF_INET, pair);
	write_all(pair[0], "unread", 6);
	wait_for(pair[1], POLLIN);
	must(close(pair[1]));
	report_events("events", wait_for(pair[0], POLLHUP));
	report("read", read(pair[0], &c, 1));
	close(pair[0]);
}

TEST(linger_waits_for_the_data)
{
	static char data[100000];
	struct linger wait = { .l_onoff = 1, .l_linger = 20 };
	int pair[2];

	tcp_pair(AF_INET, pair);
	must(setsockopt(pair[0], SOL_SOCKET, SO_LINGER, &wait, sizeof(wait)));
	write_all(pair[0], data, sizeof(data));
	report("close", close(pair[0]));
	report("drained", drain(pair[1]));
	close(pair[1]);
}

TEST(address_in_use)
{
	int s = tcp_listener(AF_INET, 1), one = 1;
	union address a = name_of(s), other = a;
	int fd = must(socket(AF_INET, SOCK_STREAM, 0));

	report("bind", bind(fd, &a.sa, sizeof(a.in)));
	must(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)));
	report("SO_REUSEADDR", bind(fd, &a.sa, sizeof(a.in)));
	inet_pton(AF_INET, "127.0.0.2", &other.in.sin_addr);
	report("other address", bind(fd, &other.sa, sizeof(other.in)));
	report("bound", bind(fd, &other.sa, sizeof(other.in)));
	inet_pton(AF_INET, "192.0.2.1", &other.in.sin_addr);
	other.in.sin_port = 0;
	close(fd);
	fd = must(socket(AF_INET, SOCK_STREAM, 0));
	report("not ours", bind(fd, &other.sa, sizeof(other.in)));
	close(fd);
	close(s);
}

TEST(reuse_of_an_address_in_time_wait)
{
	int one = 1, s = must(socket(AF_INET, SOCK_STREAM, 0)), c, t, fd;
	union address a = loopback(AF_INET, 0);
	char x;

	must(setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)));
	must(bind(s, &a.sa, sizeof(a.in)));
	must(listen(s, 1));
	a = name_of(s);
	c = tcp_connect(&a);
	t = must(accept(s, NULL, NULL));
	/* The side that closes first keeps the port. */
	close(t);
	report("end", read(c, &x, 1));
	close(c);
	close(s);
	fd = must(socket(AF_INET, SOCK_STREAM, 0));
	report("bind", bind(fd, &a.sa, sizeof(a.in)));
	must(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)));
	report("SO_REUSEADDR", bind(fd, &a.sa, sizeof(a.in)));
	report("listen", listen(fd, 1));
	close(fd);
}

TEST(reuse_of_a_port)
{
	int one = 1, first = must(socket(AF_INET, SOCK_STREAM, 0));
	int second = must(socket(AF_INET, SOCK_STREAM, 0)), accepted = 0;
	union address a = loopback(AF_INET, 0);

	must(setsockopt(first, SOL_SOCKET, SO_REUSEPORT, &one, sizeof(one)));
	must(setsockopt(second, SOL_SOCKET, SO_REUSEPORT, &one, sizeof(one)));
	must(bind(first, &a.sa, sizeof(a.in)));
	a = name_of(first);
	report("bind", bind(second, &a.sa, sizeof(a.in)));
	must(listen(first, 50));
	report("listen", listen(second, 50));
	for (int i = 0; i < 20; i++) {
		struct pollfd p[] = { { first, POLLIN, 0 }, { second, POLLIN, 0 } };
		int c = tcp_connect(&a);

		must(poll(p, 2, 10000));
		close(must(accept(p[0].revents ? first : second, NULL, NULL)));
		accepted++;
		close(c);
	}
	fact("%d accepted", accepted);
	close(first);
	close(second);
}
