// SPDX-License-Identifier: GPL-2.0
/* Descriptors of sockets: copies, flags, numbers, descriptors that are passed on. */
#include "sockets.h"

#include <signal.h>
#include <stddef.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/un.h>

TEST(copies_are_the_same_socket)
{
	int pair[2], a, b, c, d;
	char text[20];

	tcp_pair(AF_INET, pair);
	a = must(dup(pair[0]));
	b = must(fcntl(pair[0], F_DUPFD, 200));
	c = must(fcntl(pair[0], F_DUPFD_CLOEXEC, 300));
	d = must(dup3(pair[0], 400, O_CLOEXEC));
	fact("F_DUPFD %d, F_DUPFD_CLOEXEC %d, dup3 %d", b, c, d);
	fact("close-on-exec %ld%ld%ld%ld", must(fcntl(a, F_GETFD)), must(fcntl(b, F_GETFD)),
	     must(fcntl(c, F_GETFD)), must(fcntl(d, F_GETFD)));
	close(pair[0]);
	write_all(a, "a", 1);
	write_all(b, "b", 1);
	write_all(c, "c", 1);
	write_all(d, "d", 1);
	read_all(pair[1], text, 4);
	fact("%.4s", text);
	/* Status flags are shared. */
	must(fcntl(a, F_SETFL, O_NONBLOCK));
	fact("O_NONBLOCK %d", !!(must(fcntl(d, F_GETFL)) & O_NONBLOCK));
	close(a);
	close(b);
	close(c);
	report("not yet", recv(pair[1], text, 1, MSG_DONTWAIT));
	close(d);
	report("end", read(pair[1], text, 1));
	close(pair[1]);
}

TEST(dup2_over_other_descriptors)
{
	int pair[2], other[2], pipe_fd[2], file = temporary_file("file", 4);
	char text[20];

	tcp_pair(AF_INET, pair);
	tcp_pair(AF_INET6, other);
	must(pipe(pipe_fd));
	fact("over a socket %d", dup2(pair[0], other[0]) == other[0]);
	report("the old one ends", read(other[1], text, 1));
	write_all(other[0], "x", 1);
	report("read", read(pair[1], text, 1));
	fact("over a pipe %d", dup2(pair[0], pipe_fd[1]) == pipe_fd[1]);
	report("pipe ends", read(pipe_fd[0], text, 1));
	write_all(pipe_fd[1], "yz", 2);
	report("read", read(pair[1], text, 2));
	fact("a file over a socket %d", dup2(file, pair[0]) == pair[0]);
	report("read", read(pair[0], text, sizeof(text)));
	fact("itself %d", dup2(pair[1], pair[1]) == pair[1]);
	report("dup3 itself", dup3(pair[1], pair[1], 0));
	report("closed", dup2(1000, pair[1]));
	report("still there", write(pair[1], "x", 1));
	report("negative", dup2(pair[1], -1));
	report("flags", dup3(pair[1], 500, 1));
	for (int i = 0; i < 2; i++) {
		close(pair[i]);
		close(other[i]);
		close(pipe_fd[i]);
	}
	close(file);
}

TEST(standard_output_is_a_socket)
{
	int pair[2], saved;
	char text[50] = "";

	tcp_pair(AF_INET, pair);
	must(fflush(stdout));
	saved = must(dup(1));
	fact("dup2 %d", dup2(pair[0], 1));
	fact("puts %d", puts("to standard output") > 0);
	fact("fflush %d", fflush(stdout));
	fact("fileno %d", fileno(stdout));
	must(dup2(saved, 1));
	close(saved);
	wait_for(pair[1], POLLIN);
	report("read", read(pair[1], text, sizeof(text)));
	fact("'%.18s'", text);
	close(pair[0]);
	report("end", read(pair[1], text, 1));
	close(pair[1]);
}

TEST(what_is_in_a_buffer_goes_to_the_new_output)
{
	int pair[2], saved;
	char text[50] = "";

	tcp_pair(AF_INET, pair);
	must(fflush(stdout));
	saved = must(dup(1));
	/* A line of it, for terminals. */
	printf("before");
	must(dup2(pair[0], 1));
	printf(", after");
	must(fflush(stdout));
	must(dup2(saved, 1));
	close(saved);
	read_all(pair[1], text, 13);
	fact("'%s'", text);
	close(pair[0]);
	report("end", read(pair[1], text, 1));
	close(pair[1]);
}

TEST(standard_error_is_a_socket)
{
	int pair[2], saved = must(dup(2));
	char text[50] = "";

	tcp_pair(AF_INET, pair);
	must(dup2(pair[0], 2));
	/* At once: it has no buffer. */
	fputs("an error", stderr);
	must(recv(pair[1], text, 8, MSG_WAITALL));
	errno = EBADF;
	perror("a call");
	must(dup2(saved, 2));
	close(saved);
	fact("'%s'", text);
	close(pair[0]);
	fact("then %ld", drain(pair[1]));
	close(pair[1]);
}

TEST(standard_input_is_a_socket)
{
	int pair[2], saved;
	char line[50] = "";

	tcp_pair(AF_INET, pair);
	saved = must(dup(0));
	must(dup2(pair[1], 0));
	write_all(pair[0], "a line\n", 7);
	report("read", read(0, line, sizeof(line)));
	fact("'%.6s'", line);
	write_all(pair[0], "a second\n", 9);
	fact("fgets %d", fgets(line, sizeof(line), stdin) == line);
	must(dup2(saved, 0));
	close(saved);
	fact("'%.8s'", line);
	close(pair[0]);
	report("end", read(pair[1], line, 1));
	close(pair[1]);
}

/* Every kind of descriptor takes the lowest free number. */
TEST(lowest_number_is_taken)
{
	int a = must(socket(AF_INET, SOCK_STREAM, 0));
	int b = must(dup(0)), c = must(socket(AF_INET6, SOCK_DGRAM, 0));

	fact("in order %d", a < b && b < c);
	close(a);
	fact("file for a socket %d", must(dup(0)) == a);
	close(b);
	fact("socket for a file %d", must(socket(AF_INET, SOCK_DGRAM, 0)) == b);
	close(b);
	fact("eventfd for a socket %d", must(eventfd(0, 0)) == b);
	close(a);
	fact("socket for a file %d", must(socket(AF_INET, SOCK_DGRAM, 0)) == a);
	close(a);
	fact("epoll for a socket %d", must(epoll_create1(0)) == a);
	close(a);
	close(b);
	close(c);
}

TEST(limit_of_descriptors)
{
	struct rlimit old, few;
	int fds[64], n = 0, first = must(dup(0));

	close(first);
	must(getrlimit(RLIMIT_NOFILE, &old));
	few = old;
	few.rlim_cur = first + 10;
	must(setrlimit(RLIMIT_NOFILE, &few));
	while (n < 64 && (fds[n] = socket(AF_INET, SOCK_STREAM, 0)) >= 0)
		n++;
	fact("%d sockets, then %s", n, strerrorname_np(errno));
	report("file", dup(0));
	while (n)
		close(fds[--n]);
	must(setrlimit(RLIMIT_NOFILE, &old));
}

TEST(closed_descriptors)
{
	int fd = must(socket(AF_INET, SOCK_STREAM, 0)), value;
	struct pollfd p = { .fd = fd, .events = POLLIN };
	socklen_t len = sizeof(value);
	char c;

	report("close", close(fd));
	report("again", close(fd));
	report("read", read(fd, &c, 1));
	report("write", write(fd, &c, 1));
	report("send", send(fd, &c, 1, 0));
	report("dup", dup(fd));
	report("fcntl", fcntl(fd, F_GETFL));
	report("ioctl", ioctl(fd, FIONREAD, &value));
	report("getsockopt", getsockopt(fd, SOL_SOCKET, SO_ERROR, &value, &len));
	report("poll", poll(&p, 1, 0));
	report_events("events", p.revents);
}

TEST(files_are_no_sockets)
{
	int file = temporary_file("file", 4), value = 0, pipe_fd[2];
	socklen_t len = sizeof(value);
	union address a = loopback(AF_INET, 1);
	char c;

	must(pipe(pipe_fd));
	report("send", send(file, "x", 1, 0));
	report("recv", recv(pipe_fd[0], &c, 1, 0));
	report("bind", bind(file, &a.sa, sizeof(a.in)));
	report("listen", listen(file, 1));
	report("accept", accept(file, NULL, NULL));
	report("shutdown", shutdown(pipe_fd[0], SHUT_RD));
	report("getsockopt", getsockopt(file, SOL_SOCKET, SO_ERROR, &value, &len));
	report("getsockname", getsockname(file, &a.sa, &len));
	close(file);
	close(pipe_fd[0]);
	close(pipe_fd[1]);
}

TEST(close_range_of_sockets)
{
	int fds[6], pipe_fd[2];

	must(pipe(pipe_fd));
	for (int i = 0; i < 6; i++)
		fds[i] = must(fcntl(i & 1 ? pipe_fd[0] : must(socket(AF_INET, SOCK_STREAM, 0)),
				    F_DUPFD, 600 + i));
	report("mark", close_range(600, 601, CLOSE_RANGE_CLOEXEC));
	fact("close-on-exec %ld%ld%ld", must(fcntl(fds[0], F_GETFD)),
	     must(fcntl(fds[1], F_GETFD)), must(fcntl(fds[2], F_GETFD)));
	report("close", close_range(602, 604, 0));
	for (int i = 0; i < 6; i++)
		report("F_GETFD", fcntl(600 + i, F_GETFD));
	report("backwards", close_range(604, 602, 0));
	report("flags", close_range(604, 604, 0x100));
	report("the rest", close_range(600, 605, 0));
	report("F_GETFD", fcntl(605, F_GETFD));
	close(pipe_fd[0]);
	close(pipe_fd[1]);
}

TEST(status_flags)
{
	int fd = must(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
	int zero = 0, one = 1;

	fact("%#lx %ld", must(fcntl(fd, F_GETFL)), must(fcntl(fd, F_GETFD)));
	report("FIONBIO", ioctl(fd, FIONBIO, &zero));
	fact("%#lx", must(fcntl(fd, F_GETFL)));
	report("FIONBIO", ioctl(fd, FIONBIO, &one));
	fact("%#lx", must(fcntl(fd, F_GETFL)));
	report("FIONCLEX", ioctl(fd, FIONCLEX));
	fact("%ld", must(fcntl(fd, F_GETFD)));
	report("FIOCLEX", ioctl(fd, FIOCLEX));
	fact("%ld", must(fcntl(fd, F_GETFD)));
	report("F_SETFD", fcntl(fd, F_SETFD, 0));
	report("F_SETFL", fcntl(fd, F_SETFL, O_RDWR));
	fact("%#lx %ld", must(fcntl(fd, F_GETFL)), must(fcntl(fd, F_GETFD)));
	report("O_ASYNC", fcntl(fd, F_SETFL, O_ASYNC));
	report("wrong", fcntl(fd, 9999, 0));
	report("pipe size", fcntl(fd, F_GETPIPE_SZ));
	report("lock", fcntl(fd, F_SETLK, &(struct flock){ .l_type = F_WRLCK }));
	close(fd);
}

TEST(wrong_kinds_of_sockets)
{
	report("family", socket(999, SOCK_STREAM, 0));
	report("type", socket(AF_INET, 77, 0));
	report("protocol", socket(AF_INET, SOCK_STREAM, IPPROTO_UDP));
	report("flags", socket(AF_INET, SOCK_STREAM | 0x40000000, 0));
	report("no protocol", socket(AF_INET, SOCK_RAW, 0));
	report("socketpair", socketpair(AF_INET, SOCK_STREAM, 0, (int [2]){ 0 }));
}

static void sock_fds_converse(int type)
{
	int pair[2];
	char text[20] = "";

	must(socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, pair));
	fact("close-on-exec %ld", must(fcntl(pair[1], F_GETFD)));
	write_all(pair[0], "one", 3);
	write_all(pair[0], "two", 3);
	report("read", read(pair[1], text, sizeof(text)));
	fact("'%s'", text);
	close(pair[0]);
	report("then", read(pair[1], text, sizeof(text)));
	close(pair[1]);
}

TEST(pairs_of_unix_sockets)
{
	sock_fds_converse(SOCK_STREAM);
	sock_fds_converse(SOCK_SEQPACKET);
}

TEST(unix_sockets_with_abstract_names)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX, .sun_path = "\0lkl-sockets" };
	socklen_t len = offsetof(struct sockaddr_un, sun_path) + 12;
	int s = must(socket(AF_UNIX, SOCK_STREAM, 0)), c = must(socket(AF_UNIX, SOCK_STREAM, 0));
	struct ucred cred;
	socklen_t size = sizeof(cred);
	int fd;

	report("bind", bind(s, (struct sockaddr *)&a, len));
	report("refused", connect(c, (struct sockaddr *)&a, len));
	must(listen(s, 1));
	report("connect", connect(c, (struct sockaddr *)&a, len));
	fd = must(accept(s, NULL, NULL));
	must(getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &size));
	fact("uid %d", cred.uid);
	write_all(c, "x", 1);
	report("read", read(fd, &a, 1));
	close(s);
	close(c);
	close(fd);
}

/* Sends @fd over @to with one byte. */
static void sock_fds_pass(int to, int fd)
{
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(int))];
	} control = { .header = { .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS,
				  .cmsg_len = CMSG_LEN(sizeof(int)) } };
	struct iovec iov = { (void *)"x", 1 };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control,
			    .msg_controllen = sizeof(control) };

	memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
	report("sendmsg", sendmsg(to, &m, 0));
}

static int sock_fds_take(int from)
{
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	char c;
	struct iovec iov = { &c, 1 };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control,
			    .msg_controllen = sizeof(control) };
	ssize_t n;
	int fd = -1;

	n = recvmsg(from, &m, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
	report_result("recvmsg", n);
	if (n >= 0 && CMSG_FIRSTHDR(&m))
		memcpy(&fd, CMSG_DATA(&control.header), sizeof(fd));
	return fd;
}

TEST(sockets_are_passed_on)
{
	int unix_pair[2], pair[2], fd;
	char text[4];

	must(socketpair(AF_UNIX, SOCK_STREAM, 0, unix_pair));
	tcp_pair(AF_INET, pair);
	sock_fds_pass(unix_pair[0], pair[0]);
	close(pair[0]);
	fd = sock_fds_take(unix_pair[1]);
	report("close-on-exec", fcntl(fd, F_GETFD));
	report("write", write(fd, "abc", 3));
	report("read", read(pair[1], text, 4));
	close(fd);
	report("end", read(pair[1], text, 4));
	close(pair[1]);
	close(unix_pair[0]);
	close(unix_pair[1]);
}

TEST(pipes_are_passed_on)
{
	int unix_pair[2], pipe_fd[2], fd;
	char text[4];

	must(socketpair(AF_UNIX, SOCK_STREAM, 0, unix_pair));
	must(pipe(pipe_fd));
	sock_fds_pass(unix_pair[0], pipe_fd[1]);
	close(pipe_fd[1]);
	fd = sock_fds_take(unix_pair[1]);
	report("write", write(fd, "abc", 3));
	report("read", read(pipe_fd[0], text, 4));
	close(fd);
	report("end", read(pipe_fd[0], text, 4));
	close(pipe_fd[0]);
	close(unix_pair[0]);
	close(unix_pair[1]);
}

TEST(direct_system_calls)
{
	int pair[2], epoll = must(epoll_create1(0)), fd;
	struct epoll_event e = { .events = EPOLLIN, .data.u32 = 5 }, got;
	char text[4];

	tcp_pair(AF_INET, pair);
	report("write", syscall(SYS_write, pair[0], "abc", 3));
	report("read", syscall(SYS_read, pair[1], text, 4));
	report("sendto", syscall(SYS_sendto, pair[1], "de", 2, 0, NULL, 0));
	report("epoll_ctl", syscall(SYS_epoll_ctl, epoll, EPOLL_CTL_ADD, pair[0], &e));
	report("epoll_pwait", syscall(SYS_epoll_pwait, epoll, &got, 1, 10000, NULL, 8));
	fact("data %d", got.data.u32);
	fd = must(syscall(SYS_socket, AF_INET, SOCK_DGRAM, 0));
	report("F_GETFD", syscall(SYS_fcntl, fd, F_GETFD));
	report("close", syscall(SYS_close, fd));
	report("again", close(fd));
	report("wrong", syscall(SYS_read, fd, text, 1));
	close(pair[0]);
	close(pair[1]);
	close(epoll);
}

/* As daemons do it. The stack must survive it. */
TEST(all_descriptors_are_closed)
{
	int pair[2];
	char c;

	for (int fd = 3; fd < 1024; fd++)
		close(fd);
	must(close_range(3, ~0U, 0));
	tcp_pair(AF_INET, pair);
	report("write", write(pair[0], "x", 1));
	report("read", read(pair[1], &c, 1));
	fact("first numbers %d", pair[0] < 10 && pair[1] < 10);
	closefrom(3);
	report("closed", write(pair[0], "x", 1));
	tcp_pair(AF_INET6, pair);
	report("write", write(pair[0], "x", 1));
	report("read", read(pair[1], &c, 1));
	close(pair[0]);
	close(pair[1]);
}
