// SPDX-License-Identifier: GPL-2.0
/* How bytes of a stream are read and written: flags, urgent data, broken pipes. */
#include "sockets.h"

#include <signal.h>
#include <sys/time.h>

TEST(peek_leaves_the_data)
{
	char text[20] = "";
	int pair[2];

	tcp_pair(AF_INET, pair);
	write_all(pair[0], "abcdef", 6);
	wait_for(pair[1], POLLIN);
	report("peek", recv(pair[1], text, 3, MSG_PEEK));
	report("again", recv(pair[1], text, sizeof(text), MSG_PEEK));
	fact("'%s'", text);
	report("read", read(pair[1], text, 4));
	report("peek", recv(pair[1], text, sizeof(text), MSG_PEEK));
	report("read", read(pair[1], text, 20));
	report("nothing", recv(pair[1], text, 1, MSG_PEEK | MSG_DONTWAIT));
	close(pair[0]);
	report("end", recv(pair[1], text, 1, MSG_PEEK));
	close(pair[1]);
}

TEST(peek_with_an_offset)
{
	char text[20] = "";
	int pair[2], at = 2;
	socklen_t len = sizeof(at);

	must(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	write_all(pair[0], "abcdef", 6);
	report("SO_PEEK_OFF", setsockopt(pair[1], SOL_SOCKET, SO_PEEK_OFF, &at, len));
	report("peek", recv(pair[1], text, 2, MSG_PEEK));
	fact("'%s'", text);
	must(getsockopt(pair[1], SOL_SOCKET, SO_PEEK_OFF, &at, &len));
	fact("offset %d", at);
	close(pair[0]);
	close(pair[1]);
}

static void *write_slowly(void *arg)
{
	int fd = *(int *)arg;

	for (int i = 0; i < 10; i++) {
		struct timespec moment = { .tv_nsec = 2000000 };

		write_all(fd, "0123456789", 10);
		nanosleep(&moment, NULL);
	}
	return NULL;
}

TEST(waitall_waits_for_all)
{
	char text[200];
	pthread_t writer;
	int pair[2];

	tcp_pair(AF_INET, pair);
	writer = start_thread(write_slowly, &pair[0]);
	report("100 of 100", recv(pair[1], text, 100, MSG_WAITALL));
	join(writer);
	write_all(pair[0], "tail", 4);
	must(shutdown(pair[0], SHUT_WR));
	report("to the end", recv(pair[1], text, 100, MSG_WAITALL));
	close(pair[0]);
	close(pair[1]);
}

TEST(dontwait_does_not_wait)
{
	static char data[1 << 20];
	int pair[2];
	ssize_t n;

	tcp_pair(AF_INET6, pair);
	report("recv", recv(pair[1], data, 1, MSG_DONTWAIT));
	do {
		n = send(pair[0], data, sizeof(data), MSG_DONTWAIT);
	} while (n > 0);
	fact("send %s", strerrorname_np(errno));
	must(fcntl(pair[1], F_SETFL, O_NONBLOCK));
	wait_for(pair[1], POLLIN);
	report("some", read(pair[1], data, 100));
	close(pair[0]);
	close(pair[1]);
}

TEST(truncated_stream)
{
	char text[20] = "";
	int pair[2];

	tcp_pair(AF_INET, pair);
	write_all(pair[0], "abcdef", 6);
	wait_for(pair[1], POLLIN);
	/* TCP throws away what it says it truncates. */
	report("MSG_TRUNC", recv(pair[1], NULL, 4, MSG_TRUNC));
	report("read", read(pair[1], text, sizeof(text)));
	fact("'%s'", text);
	close(pair[0]);
	close(pair[1]);
}

TEST(urgent_data)
{
	char text[20] = "";
	int pair[2], mark = -1;

	tcp_pair(AF_INET, pair);
	report("none", recv(pair[1], text, 1, MSG_OOB));
	write_all(pair[0], "ab", 2);
	report("send", send(pair[0], "!", 1, MSG_OOB));
	write_all(pair[0], "cd", 2);
	report_events("events", wait_for(pair[1], POLLPRI));
	report("recv", recv(pair[1], text, 1, MSG_OOB));
	fact("'%c'", text[0]);
	report("again", recv(pair[1], text, 1, MSG_OOB));
	report("before", read(pair[1], text, sizeof(text)));
	report("sockatmark", sockatmark(pair[1]));
	must(ioctl(pair[1], SIOCATMARK, &mark));
	fact("SIOCATMARK %d", mark);
	report("after", read(pair[1], text, sizeof(text)));
	report("sockatmark", sockatmark(pair[1]));
	close(pair[0]);
	close(pair[1]);
}

TEST(urgent_data_inline)
{
	char text[20] = "";
	int pair[2], one = 1;

	tcp_pair(AF_INET6, pair);
	must(setsockopt(pair[1], SOL_SOCKET, SO_OOBINLINE, &one, sizeof(one)));
	write_all(pair[0], "ab", 2);
	must(send(pair[0], "!", 1, MSG_OOB));
	write_all(pair[0], "cd", 2);
	wait_for(pair[1], POLLPRI);
	report("MSG_OOB", recv(pair[1], text, 1, MSG_OOB));
	report("before", read(pair[1], text, sizeof(text)));
	report("mark", sockatmark(pair[1]));
	must(shutdown(pair[0], SHUT_WR));
	memset(text, 0, sizeof(text));
	report("after", recv(pair[1], text, 3, MSG_WAITALL));
	fact("'%s'", text);
	close(pair[0]);
	close(pair[1]);
}

static volatile sig_atomic_t pipes, urgents;

static void sock_stream_on_pipe(int signal)
{
	pipes += signal == SIGPIPE;
	urgents += signal == SIGURG;
}

static void sock_stream_catch(int signal)
{
	struct sigaction action = { .sa_handler = sock_stream_on_pipe };

	pipes = urgents = 0;
	must(sigaction(signal, &action, NULL));
}

static int sock_stream_broken(void)
{
	int pair[2];

	tcp_pair(AF_INET, pair);
	must(shutdown(pair[0], SHUT_WR));
	close(pair[1]);
	return pair[0];
}

TEST(broken_pipe)
{
	struct iovec iov = { (void *)"x", 1 };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };
	int fd = sock_stream_broken();

	sock_stream_catch(SIGPIPE);
	report("write", write(fd, "x", 1));
	fact("signals %d", pipes);
	report("writev", writev(fd, &iov, 1));
	fact("signals %d", pipes);
	report("send", send(fd, "x", 1, 0));
	report("sendmsg", sendmsg(fd, &m, 0));
	fact("signals %d", pipes);
	report("MSG_NOSIGNAL", send(fd, "x", 1, MSG_NOSIGNAL));
	report("sendmsg", sendmsg(fd, &m, MSG_NOSIGNAL));
	fact("signals %d", pipes);
	must(signal(SIGPIPE, SIG_IGN) == SIG_ERR ? -1 : 0);
	report("ignored", write(fd, "x", 1));
	fact("signals %d", pipes);
	close(fd);
}

TEST(owner_gets_signals)
{
	int pair[2];

	sock_stream_catch(SIGURG);
	tcp_pair(AF_INET, pair);
	report("F_SETOWN", fcntl(pair[1], F_SETOWN, getpid()));
	fact("own %d", fcntl(pair[1], F_GETOWN) == getpid());
	must(send(pair[0], "!", 1, MSG_OOB));
	wait_for(pair[1], POLLPRI);
	/* The signal may arrive a moment later than the data. */
	for (int i = 0; i < 1000 && !urgents; i++)
		usleep(1000);
	fact("SIGURG %d", urgents);
	must(signal(SIGURG, SIG_DFL) == SIG_ERR ? -1 : 0);
	close(pair[0]);
	close(pair[1]);
}

TEST(timeouts)
{
	static char data[1 << 20];
	struct timeval tenth = { .tv_usec = 100000 }, got = { 0 };
	socklen_t len = sizeof(got);
	int pair[2], s = tcp_listener(AF_INET, 1);

	tcp_pair(AF_INET, pair);
	must(setsockopt(pair[1], SOL_SOCKET, SO_RCVTIMEO, &tenth, sizeof(tenth)));
	must(setsockopt(pair[0], SOL_SOCKET, SO_SNDTIMEO, &tenth, sizeof(tenth)));
	must(setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &tenth, sizeof(tenth)));
	must(getsockopt(pair[1], SOL_SOCKET, SO_RCVTIMEO, &got, &len));
	fact("%d s %d us", (int)got.tv_sec, (int)got.tv_usec);
	report("read", read(pair[1], data, 1));
	report("recvfrom", recvfrom(pair[1], data, 1, 0, NULL, NULL));
	report("accept", accept(s, NULL, NULL));
	write_all(pair[0], "abc", 3);
	report("a part", recv(pair[1], data, 10, MSG_WAITALL));
	/* The size of the last send depends on the buffers. */
	while (send(pair[0], data, sizeof(data), 0) > 0)
		;
	fact("full %s", strerrorname_np(errno));
	tenth.tv_usec = 1000000;
	report("wrong", setsockopt(pair[1], SOL_SOCKET, SO_RCVTIMEO, &tenth, sizeof(tenth)));
	close(pair[0]);
	close(pair[1]);
	close(s);
}

TEST(low_water_mark)
{
	int pair[2], mark = 5;
	struct pollfd p = { .events = POLLIN };

	tcp_pair(AF_INET, pair);
	must(setsockopt(pair[1], SOL_SOCKET, SO_RCVLOWAT, &mark, sizeof(mark)));
	p.fd = pair[1];
	write_all(pair[0], "abc", 3);
	report("3 of 5", poll(&p, 1, 50));
	write_all(pair[0], "de", 2);
	report_events("5 of 5", wait_for(pair[1], POLLIN));
	close(pair[0]);
	close(pair[1]);
}

TEST(cork_and_no_delay)
{
	char text[20] = "";
	int pair[2], one = 1, zero = 0;

	tcp_pair(AF_INET, pair);
	report("TCP_CORK", setsockopt(pair[0], IPPROTO_TCP, TCP_CORK, &one, sizeof(one)));
	write_all(pair[0], "abc", 3);
	write_all(pair[0], "def", 3);
	report("corked", recv(pair[1], text, sizeof(text), MSG_DONTWAIT));
	must(setsockopt(pair[0], IPPROTO_TCP, TCP_CORK, &zero, sizeof(zero)));
	wait_for(pair[1], POLLIN);
	report("read", read(pair[1], text, sizeof(text)));
	report("MSG_MORE", send(pair[0], "gh", 2, MSG_MORE));
	report("and", send(pair[0], "ij", 2, 0));
	wait_for(pair[1], POLLIN);
	report("read", read(pair[1], text, sizeof(text)));
	fact("'%s'", text);
	close(pair[0]);
	close(pair[1]);
}

TEST(zero_copy)
{
	static char data[100000];
	char control[100];
	struct msghdr m = { .msg_control = control, .msg_controllen = sizeof(control) };
	socklen_t len = sizeof(int);
	int pair[2], on = 0, one = 1;
	long n;

	tcp_pair(AF_INET, pair);
	/* Without the option the flag is nothing. */
	n = must(send(pair[0], data, 10000, MSG_ZEROCOPY));
	fact("sent %ld", n);
	read_all(pair[1], data, n);
	report("recvmsg", recvmsg(pair[0], &m, MSG_ERRQUEUE | MSG_DONTWAIT));
	report("SO_ZEROCOPY", setsockopt(pair[0], SOL_SOCKET, SO_ZEROCOPY, &one, sizeof(one)));
	must(getsockopt(pair[0], SOL_SOCKET, SO_ZEROCOPY, &on, &len));
	n = must(send(pair[0], data, 10000, MSG_ZEROCOPY));
	fact("on %d, sent %ld", on, n);
	read_all(pair[1], data, n);
	if (on)
		report_events("events", wait_for(pair[0], POLLERR) & POLLERR);
	report("recvmsg", recvmsg(pair[0], &m, MSG_ERRQUEUE | MSG_DONTWAIT));
	close(pair[0]);
	close(pair[1]);
}

TEST(disconnect_and_use_again)
{
	union address none = { .sa = { .sa_family = AF_UNSPEC } };
	int pair[2], s = tcp_listener(AF_INET, 1);
	union address a = name_of(s);
	char c;

	tcp_pair(AF_INET, pair);
	report("disconnect", connect(pair[0], &none.sa, sizeof(none.in)));
	report("other side", read(pair[1], &c, 1));
	report("send", send(pair[0], "x", 1, MSG_NOSIGNAL));
	report("connect", connect(pair[0], &a.sa, sizeof(a.in)));
	report("connected", connect(pair[0], &a.sa, sizeof(a.in)));
	close(pair[0]);
	close(pair[1]);
	close(s);
}

TEST(stream_that_is_not_connected)
{
	int fd = must(socket(AF_INET, SOCK_STREAM, 0));
	union address a;
	socklen_t len = sizeof(a);
	char c;

	must(signal(SIGPIPE, SIG_IGN) == SIG_ERR ? -1 : 0);
	report("read", read(fd, &c, 1));
	report("write", write(fd, &c, 1));
	report("getpeername", getpeername(fd, &a.sa, &len));
	report_events("events", wait_for(fd, POLLIN | POLLOUT));
	len = -1;
	report("getsockname", getsockname(fd, &a.sa, &len));
	len = sizeof(a);
	report("null", getsockname(fd, NULL, &len));
	must(signal(SIGPIPE, SIG_DFL) == SIG_ERR ? -1 : 0);
	close(fd);
}
