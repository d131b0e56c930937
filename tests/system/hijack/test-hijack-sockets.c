// SPDX-License-Identifier: GPL-2.0
/* Sockets, and what else data goes through on its way to them. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include "support/check-main.h"
#include "hijack.h"

#define MANY	(4 << 20)

static char hijack_sock_pattern(size_t i)
{
	return i * 7 + (i >> 11);
}

static char *make_pattern(void)
{
	char *p = malloc(MANY);
	size_t i;

	ck_assert_ptr_nonnull(p);
	for (i = 0; i < MANY; i++)
		p[i] = hijack_sock_pattern(i);
	return p;
}

/* Reads to the end; how much it was, 0 when it is not the pattern. */
static void *read_pattern(void *arg)
{
	char buf[10000];
	size_t done = 0;
	ssize_t n, i;

	while ((n = read(*(int *)arg, buf, sizeof(buf))) > 0)
		for (i = 0; i < n; i++)
			if (buf[i] != hijack_sock_pattern(done++))
				return NULL;
	return (void *)done;
}

static void start_reader(pthread_t *thread, int *fd)
{
	ck_assert_int_eq(pthread_create(thread, NULL, read_pattern, fd), 0);
}

static void reader_got(pthread_t thread, size_t want)
{
	void *got;

	pthread_join(thread, &got);
	ck_assert_uint_eq((size_t)got, want);
}

START_TEST(a_stream_between_threads_is_whole)
{
	char *p = make_pattern();
	pthread_t thread;
	size_t done = 0;
	int pair[2];
	ssize_t n;

	make_pair(pair);
	start_reader(&thread, &pair[1]);
	while (done < MANY) {
		n = write(pair[0], p + done, MANY - done);
		ck_assert_int_gt(n, 0);
		done += n;
	}
	shutdown(pair[0], SHUT_WR);
	reader_got(thread, MANY);
	close_pair(pair);
	free(p);
}
END_TEST

START_TEST(half_a_connection_can_be_closed)
{
	int pair[2];
	char c;

	make_pair(pair);
	shutdown(pair[0], SHUT_WR);
	ck_assert_int_eq(read(pair[1], &c, 1), 0);
	ck_assert_int_eq(write(pair[1], "x", 1), 1);
	ck_assert_int_eq(recv(pair[0], &c, 1, MSG_PEEK), 1);
	ck_assert_int_eq(recv(pair[0], &c, 1, 0), 1);
	close_pair(pair);
}
END_TEST

static volatile sig_atomic_t pipes;

static void hijack_sock_on_pipe(int sig)
{
	pipes++;
}

/* Resets the connection: pair[0] gets EPIPE then. */
static void make_broken_pair(int pair[2])
{
	struct linger now = { 1, 0 };
	char c;

	make_pair(pair);
	setsockopt(pair[1], SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	close(pair[1]);
	ck_assert_int_eq(read(pair[0], &c, 1), -1);
	ck_assert_int_eq(errno, ECONNRESET);
}

START_TEST(a_broken_connection_raises_SIGPIPE)
{
	int pair[2];

	make_broken_pair(pair);
	signal(SIGPIPE, hijack_sock_on_pipe);
	pipes = 0;
	ck_assert_int_eq(write(pair[0], "x", 1), -1);
	ck_assert_int_eq(errno, EPIPE);
	ck_assert_int_eq(pipes, 1);
	ck_assert_int_eq(send(pair[0], "x", 1, MSG_NOSIGNAL), -1);
	ck_assert_int_eq(errno, EPIPE);
	ck_assert_int_eq(pipes, 1);
	signal(SIGPIPE, SIG_IGN);
	ck_assert_int_eq(send(pair[0], "x", 1, 0), -1);
	ck_assert_int_eq(pipes, 1);
	signal(SIGPIPE, SIG_DFL);
	close(pair[0]);
}
END_TEST

START_TEST(urgent_data_is_marked)
{
	int pair[2];
	char buf[8];

	make_pair(pair);
	ck_assert_int_eq(send(pair[0], "ab", 2, 0), 2);
	ck_assert_int_eq(send(pair[0], "u", 1, MSG_OOB), 1);
	ck_assert_int_eq(send(pair[0], "cd", 2, 0), 2);
	ck_assert_int_eq(sockatmark(pair[1]), 0);
	ck_assert_int_eq(read(pair[1], buf, sizeof(buf)), 2);
	ck_assert_int_eq(sockatmark(pair[1]), 1);
	ck_assert_int_eq(recv(pair[1], buf, 1, MSG_OOB), 1);
	ck_assert_int_eq(buf[0], 'u');
	ck_assert_int_eq(read(pair[1], buf, sizeof(buf)), 2);
	close_pair(pair);
}
END_TEST

START_TEST(many_messages_go_at_once)
{
	struct mmsghdr out[3] = { 0 }, in[4] = { 0 };
	struct sockaddr_in a = local_address(0);
	struct iovec iov[3], into[4];
	socklen_t len = sizeof(a);
	char text[3] = "abc", buf[4];
	int fd = socket(AF_INET, SOCK_DGRAM, 0), i;

	ck_assert_int_eq(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&a, &len), 0);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	for (i = 0; i < 4; i++) {
		into[i] = (struct iovec) { &buf[i], 1 };
		in[i].msg_hdr.msg_iov = &into[i];
		in[i].msg_hdr.msg_iovlen = 1;
		if (i == 3)
			break;
		iov[i] = (struct iovec) { &text[i], 1 };
		out[i].msg_hdr.msg_iov = &iov[i];
		out[i].msg_hdr.msg_iovlen = 1;
	}
	ck_assert_int_eq(sendmmsg(fd, out, 3, 0), 3);
	ck_assert_int_eq(recvmmsg(fd, in, 4, MSG_DONTWAIT, NULL), 3);
	ck_assert(!memcmp(buf, "abc", 3));
	close(fd);
}
END_TEST

START_TEST(a_socket_is_what_fstat_says)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	const char *volatile no_path = NULL;
	struct statx x;
	struct stat st;

	ck_assert_int_eq(fstat(fd, &st), 0);
	ck_assert(S_ISSOCK(st.st_mode));
	ck_assert_int_eq(fstatat(fd, "", &st, AT_EMPTY_PATH), 0);
	ck_assert(S_ISSOCK(st.st_mode));
	ck_assert_int_eq(statx(fd, "", AT_EMPTY_PATH, STATX_TYPE, &x), 0);
	ck_assert(S_ISSOCK(x.stx_mode));
	/* Since Linux 6.11. */
	memset(&x, 0, sizeof(x));
	ck_assert_int_eq(statx(fd, no_path, AT_EMPTY_PATH, STATX_TYPE, &x), 0);
	ck_assert(S_ISSOCK(x.stx_mode));
	ck_assert_int_eq(isfdtype(fd, S_IFSOCK), 1);
	ck_assert_int_eq(isatty(fd), 0);
	ck_assert_int_eq(errno, ENOTTY);
	ck_assert_int_eq(lseek(fd, 0, SEEK_CUR), -1);
	ck_assert_int_eq(errno, ESPIPE);
	close(fd);
}
END_TEST

START_TEST(local_sockets_are_the_hosts)
{
	int pair[2], fd = socket(AF_UNIX, SOCK_STREAM, 0);
	char path[64], link[64] = "";

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	ck_assert_int_gt(readlink(path, link, sizeof(link) - 1), 0);
	ck_assert_ptr_nonnull(strstr(link, "socket:"));
	close(fd);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	close_pair(pair);
	ck_assert_int_eq(socketpair(AF_INET, SOCK_STREAM, 0, pair), -1);
	ck_assert_int_eq(errno, EOPNOTSUPP);
}
END_TEST

START_TEST(interfaces_are_those_of_lkl)
{
	struct ifreq r = { 0 };
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	r.ifr_ifindex = 1;
	ck_assert_int_eq(ioctl(fd, SIOCGIFNAME, &r), 0);
	ck_assert_str_eq(r.ifr_name, "lo");
	/* A bridge of LKL does not exist on the host. */
	ck_assert_int_eq(ioctl(fd, SIOCBRADDBR, "lkl-bridge"), 0);
	strcpy(r.ifr_name, "lkl-bridge");
	ck_assert_int_eq(ioctl(fd, SIOCGIFINDEX, &r), 0);
	ck_assert_int_ne(access("/sys/class/net/lkl-bridge", F_OK), 0);
	ck_assert_int_eq(ioctl(fd, SIOCBRDELBR, "lkl-bridge"), 0);
	close(fd);
}
END_TEST

/* Streams */

START_TEST(streams_on_sockets_work_both_ways)
{
	char line[64];
	int pair[2];
	FILE *a, *b;

	make_pair(pair);
	a = fdopen(pair[0], "r+");
	b = fdopen(pair[1], "r+");
	ck_assert(a && b);
	ck_assert_int_eq(fileno(a), pair[0]);
	ck_assert_int_gt(fprintf(a, "hello %d\n", 1), 0);
	ck_assert_int_eq(fflush(a), 0);
	ck_assert_ptr_nonnull(fgets(line, sizeof(line), b));
	ck_assert_str_eq(line, "hello 1\n");
	ck_assert_int_ge(fputs("answer\n", b), 0);
	ck_assert_int_eq(fclose(b), 0);
	ck_assert_ptr_nonnull(fgets(line, sizeof(line), a));
	ck_assert_str_eq(line, "answer\n");
	ck_assert_ptr_null(fgets(line, sizeof(line), a));
	ck_assert(feof(a));
	ck_assert_int_eq(fclose(a), 0);
	ck_assert_int_eq(fcntl(pair[0], F_GETFD), -1);
	ck_assert_int_eq(fcntl(pair[1], F_GETFD), -1);
}
END_TEST

START_TEST(dprintf_writes_to_sockets)
{
	char buf[64] = "";
	int pair[2];

	make_pair(pair);
	ck_assert_int_eq(dprintf(pair[0], "%s-%d", "text", 42), 7);
	ck_assert_int_eq(read(pair[1], buf, sizeof(buf)), 7);
	ck_assert_str_eq(buf, "text-42");
	close_pair(pair);
}
END_TEST

/* Two descriptors */

static int file_with_pattern(void)
{
	char *p = make_pattern();
	int fd = memfd_create("pattern", 0);

	ck_assert_int_eq(write(fd, p, MANY), MANY);
	free(p);
	return fd;
}

START_TEST(sendfile_sends_files)
{
	int pair[2], file = file_with_pattern();
	off_t off = 100;
	pthread_t thread;
	char c;

	make_pair(pair);
	/* With an offset the file's own does not move. */
	ck_assert_int_eq(sendfile(pair[0], file, &off, 1), 1);
	ck_assert_int_eq(off, 101);
	ck_assert_int_eq(lseek(file, 0, SEEK_CUR), MANY);
	ck_assert_int_eq(read(pair[1], &c, 1), 1);
	ck_assert_int_eq(c, hijack_sock_pattern(100));
	lseek(file, 0, SEEK_SET);
	start_reader(&thread, &pair[1]);
	ck_assert_int_eq(sendfile(pair[0], file, NULL, 2 * MANY), MANY);
	ck_assert_int_eq(lseek(file, 0, SEEK_CUR), MANY);
	ck_assert_int_eq(sendfile(pair[0], file, NULL, 1), 0);
	shutdown(pair[0], SHUT_WR);
	reader_got(thread, MANY);
	close_pair(pair);
	close(file);
}
END_TEST

START_TEST(sendfile_stops_where_the_socket_does)
{
	int pair[2], file = file_with_pattern();
	pthread_t thread;
	ssize_t n, done;

	make_pair(pair);
	lseek(file, 0, SEEK_SET);
	fcntl(pair[0], F_SETFL, O_NONBLOCK);
	n = sendfile(pair[0], file, NULL, MANY);
	while (n > 0 && lseek(file, 0, SEEK_CUR) < MANY)
		n = sendfile(pair[0], file, NULL, MANY);
	ck_assert(n == -1 && errno == EAGAIN);
	/* All that was taken from the file went out. */
	done = lseek(file, 0, SEEK_CUR);
	start_reader(&thread, &pair[1]);
	shutdown(pair[0], SHUT_WR);
	reader_got(thread, done);
	close_pair(pair);
	close(file);
}
END_TEST

struct splice_job {
	int in;
	int out;
};

static void *splice_all(void *arg)
{
	struct splice_job *job = arg;
	size_t done = 0;
	ssize_t n;

	while ((n = splice(job->in, NULL, job->out, NULL, 1 << 20, 0)) > 0)
		done += n;
	close(job->out);
	return n ? NULL : (void *)done;
}

/* Socket, pipe, socket: what proxies do. */
START_TEST(splice_moves_through_pipes)
{
	int in[2], out[2], pipes[2];
	pthread_t threads[3];
	struct splice_job jobs[2];
	char *p = make_pattern();
	size_t done = 0;
	void *got;
	int i;

	make_pair(in);
	make_pair(out);
	ck_assert_int_eq(pipe(pipes), 0);
	jobs[0] = (struct splice_job) { in[1], pipes[1] };
	jobs[1] = (struct splice_job) { pipes[0], out[0] };
	for (i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, splice_all, &jobs[i]);
	start_reader(&threads[2], &out[1]);
	while (done < MANY)
		done += write(in[0], p + done, MANY - done);
	close(in[0]);
	for (i = 0; i < 2; i++) {
		pthread_join(threads[i], &got);
		ck_assert_uint_eq((size_t)got, MANY);
	}
	reader_got(threads[2], MANY);
	close(in[1]);
	close(pipes[0]);
	close(out[1]);
	free(p);
}
END_TEST

START_TEST(splice_loses_nothing_at_a_full_socket)
{
	int pair[2], pipes[2];
	pthread_t thread;
	char *p = make_pattern();
	size_t written = 0, done = 0;
	ssize_t n;

	make_pair(pair);
	ck_assert_int_eq(pipe2(pipes, O_NONBLOCK), 0);
	fcntl(pair[0], F_SETFL, O_NONBLOCK);
	for (;;) {
		n = write(pipes[1], p + written, 60000);
		written += n > 0 ? n : 0;
		n = splice(pipes[0], NULL, pair[0], NULL, 60000, 0);
		if (n < 0)
			break;
		done += n;
		ck_assert_uint_lt(written, MANY - 60000);
	}
	ck_assert_int_eq(errno, EAGAIN);
	/* The rest is in the pipe. */
	start_reader(&thread, &pair[1]);
	fcntl(pair[0], F_SETFL, 0);
	while (done < written) {
		n = splice(pipes[0], NULL, pair[0], NULL, 60000, 0);
		ck_assert_int_gt(n, 0);
		done += n;
	}
	ck_assert_int_eq(splice(pipes[0], NULL, pair[0], NULL, 1, 0), -1);
	ck_assert_int_eq(errno, EAGAIN);
	shutdown(pair[0], SHUT_WR);
	reader_got(thread, written);
	close_pair(pair);
	close_pair(pipes);
	free(p);
}
END_TEST

START_TEST(splice_needs_a_pipe)
{
	int pair[2], file = file_with_pattern(), pipes[2];
	off_t off = 0;

	make_pair(pair);
	ck_assert_int_eq(splice(file, NULL, pair[0], NULL, 10, 0), -1);
	ck_assert_int_eq(errno, EINVAL);
	ck_assert_int_eq(pipe(pipes), 0);
	ck_assert_int_eq(splice(pipes[0], &off, pair[0], NULL, 10, 0), -1);
	ck_assert_int_eq(errno, ESPIPE);
	/* As on a socket of the host's. */
	ck_assert_int_eq(splice(pipes[0], NULL, pair[0], &off, 10, 0), -1);
	ck_assert_int_eq(errno, EINVAL);
	fcntl(pair[0], F_SETFL, O_NONBLOCK);
	ck_assert_int_eq(splice(pair[0], NULL, pipes[1], NULL, 10, 0), -1);
	ck_assert_int_eq(errno, EAGAIN);
	close_pair(pipes);
	close_pair(pair);
	close(file);
}
END_TEST

START_TEST(there_is_no_io_uring)
{
	char params[256] = "";

	ck_assert_int_eq(syscall(SYS_io_uring_setup, 8, params), -1);
	ck_assert_int_eq(errno, ENOSYS);
}
END_TEST

/* Children have descriptors of a kernel that they do not have. */
START_TEST(children_are_on_the_hosts_stack)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0), status;
	char path[64], link[64] = "";
	pid_t pid;

	pid = vfork();
	if (!pid) {
		int own = socket(AF_INET, SOCK_DGRAM, 0);

		snprintf(path, sizeof(path), "/proc/self/fd/%d", own);
		if (readlink(path, link, sizeof(link) - 1) < 0 ||
		    !strstr(link, "socket:"))
			_exit(1);
		freopen("/dev/null", "w", stderr);
		if (send(fd, "x", 1, 0) != -1 || errno != ENETDOWN)
			_exit(2);
		_exit(close(fd) ? 3 : 0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	/* The parent's is as it was. */
	ck_assert_int_eq(send(fd, "x", 1, 0), -1);
	ck_assert_int_eq(errno, EDESTADDRREQ);
	close(fd);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("sockets");

	if (!is_hijacked())
		return 1;
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, a_stream_between_threads_is_whole);
	tcase_add_test(tc, half_a_connection_can_be_closed);
	tcase_add_test(tc, a_broken_connection_raises_SIGPIPE);
	tcase_add_test(tc, urgent_data_is_marked);
	tcase_add_test(tc, many_messages_go_at_once);
	tcase_add_test(tc, a_socket_is_what_fstat_says);
	tcase_add_test(tc, local_sockets_are_the_hosts);
	tcase_add_test(tc, interfaces_are_those_of_lkl);
	tcase_add_test(tc, streams_on_sockets_work_both_ways);
	tcase_add_test(tc, dprintf_writes_to_sockets);
	tcase_add_test(tc, sendfile_sends_files);
	tcase_add_test(tc, sendfile_stops_where_the_socket_does);
	tcase_add_test(tc, splice_moves_through_pipes);
	tcase_add_test(tc, splice_loses_nothing_at_a_full_socket);
	tcase_add_test(tc, splice_needs_a_pipe);
	tcase_add_test(tc, there_is_no_io_uring);
	tcase_add_test(tc, children_are_on_the_hosts_stack);
	return run_case(tc, CK_NOFORK);
}
