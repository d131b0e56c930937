// SPDX-License-Identifier: GPL-2.0
/* Threads that share sockets, and many connections at once. */
#include "sockets.h"

#include <sys/eventfd.h>

enum { CONNECTIONS = 100, ROUNDS = 20 };

static union address server;

static void *sock_threads_echo(void *arg)
{
	int fd = (int)(intptr_t)arg;
	char text[1000];
	ssize_t n;

	while ((n = must(read(fd, text, sizeof(text)))))
		write_all(fd, text, n);
	close(fd);
	return NULL;
}

static void *sock_threads_accept_all(void *arg)
{
	pthread_t threads[CONNECTIONS];
	int s = (int)(intptr_t)arg;

	for (int i = 0; i < CONNECTIONS; i++)
		threads[i] = start_thread(
			sock_threads_echo,
			(void *)(intptr_t)must(accept(s, NULL, NULL)));
	for (int i = 0; i < CONNECTIONS; i++)
		join(threads[i]);
	return NULL;
}

static void *sock_threads_talk(void *arg)
{
	int fd = tcp_connect(&server), seed = (int)(intptr_t)arg;
	intptr_t same = 0;

	for (int i = 0; i < ROUNDS; i++) {
		char out[1000], in[1000];

		fill(out, sizeof(out), seed * ROUNDS + i);
		write_all(fd, out, sizeof(out));
		read_all(fd, in, sizeof(in));
		same += !memcmp(in, out, sizeof(in));
	}
	close(fd);
	return (void *)same;
}

TEST(hundred_connections_at_once)
{
	int s = tcp_listener(AF_INET, CONNECTIONS);
	pthread_t acceptor, threads[CONNECTIONS];
	long sum = 0;

	server = name_of(s);
	acceptor = start_thread(sock_threads_accept_all, (void *)(intptr_t)s);
	for (int i = 0; i < CONNECTIONS; i++)
		threads[i] =
			start_thread(sock_threads_talk, (void *)(intptr_t)i);
	for (int i = 0; i < CONNECTIONS; i++) {
		void *same;

		pthread_join(threads[i], &same);
		sum += (intptr_t)same;
	}
	join(acceptor);
	fact("%ld of %d answers", sum, CONNECTIONS * ROUNDS);
	close(s);
}

struct call {
	int fd;
	pid_t tid;
	long result;
	int error;
	long (*run)(int fd);
};

static long run_read(int fd)
{
	char c;

	return read(fd, &c, 1);
}

static long run_accept(int fd)
{
	return accept(fd, NULL, NULL);
}

static long run_poll(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int n = poll(&p, 1, -1);

	return n < 0 ? n : p.revents & (POLLHUP | POLLIN);
}

static void *run_call(void *arg)
{
	struct call *call = arg;

	__atomic_store_n(&call->tid, gettid(), __ATOMIC_RELEASE);
	call->result = call->run(call->fd);
	call->error = errno;
	return NULL;
}

static pthread_t start_call(struct call *call)
{
	pthread_t thread = start_thread(run_call, call);
	pid_t tid;

	while (!(tid = __atomic_load_n(&call->tid, __ATOMIC_ACQUIRE)))
		usleep(100);
	until_asleep(tid);
	return thread;
}

static void report_call(const char *what, const struct call *call)
{
	if (call->result < 0)
		fact("%s %s", what, strerrorname_np(call->error));
	else
		fact("%s %ld", what, call->result);
}

TEST(shutdown_wakes_other_threads)
{
	int s = tcp_listener(AF_INET, 1), pair[2], u = udp_socket(AF_INET);
	struct call calls[4] = {
		{ .fd = s, .run = run_accept }, { .run = run_read }, { .run = run_poll },
		{ .fd = u, .run = run_read },
	};
	union address self = name_of(u);
	pthread_t threads[4];

	tcp_pair(AF_INET, pair);
	must(connect(u, &self.sa, sizeof(self.in)));
	calls[1].fd = calls[2].fd = pair[0];
	for (int i = 0; i < 4; i++)
		threads[i] = start_call(&calls[i]);
	report("listener", shutdown(s, SHUT_RDWR));
	report("connection", shutdown(pair[0], SHUT_RDWR));
	report("UDP", shutdown(u, SHUT_RDWR));
	for (int i = 0; i < 4; i++)
		join(threads[i]);
	report_call("accept", &calls[0]);
	report_call("read", &calls[1]);
	report_call("poll", &calls[2]);
	report_call("UDP read", &calls[3]);
	close(s);
	close(u);
	close(pair[0]);
	close(pair[1]);
}

/* In Linux the call continues, and the number is free at once. */
TEST(close_in_another_thread)
{
	struct call call = { .run = run_read };
	pthread_t thread;
	int pair[2];

	tcp_pair(AF_INET, pair);
	call.fd = pair[0];
	thread = start_call(&call);
	report("close", close(pair[0]));
	report("closed", fcntl(pair[0], F_GETFD));
	write_all(pair[1], "x", 1);
	join(thread);
	report_call("read", &call);
	close(pair[1]);
}

TEST(peer_wakes_a_thread)
{
	struct call call = { .run = run_read };
	pthread_t thread;
	int pair[2];

	tcp_pair(AF_INET6, pair);
	call.fd = pair[0];
	thread = start_call(&call);
	close(pair[1]);
	join(thread);
	report_call("read", &call);
	close(pair[0]);
}

TEST(one_connection_wakes_one_of_many)
{
	int s = tcp_listener(AF_INET, 20), c[8], accepted = 0;
	struct call calls[8];
	union address a = name_of(s);
	pthread_t threads[8];

	for (int i = 0; i < 8; i++) {
		calls[i] = (struct call){ .fd = s, .run = run_accept };
		threads[i] = start_call(&calls[i]);
	}
	for (int i = 0; i < 8; i++)
		c[i] = tcp_connect(&a);
	for (int i = 0; i < 8; i++) {
		join(threads[i]);
		accepted += calls[i].result >= 0;
		close(calls[i].result);
		close(c[i]);
	}
	fact("%d accepted", accepted);
	close(s);
}

static int shared_epoll, stop_event;
static int served[4];

static void *sock_threads_serve(void *arg)
{
	int *n = arg;

	for (;;) {
		struct epoll_event e;
		char c;

		must(epoll_wait(shared_epoll, &e, 1, -1));
		if (e.data.fd == stop_event)
			return NULL;
		read_all(e.data.fd, &c, 1);
		write_all(e.data.fd, &c, 1);
		(*n)++;
		e.events = EPOLLIN | EPOLLONESHOT;
		must(epoll_ctl(shared_epoll, EPOLL_CTL_MOD, e.data.fd, &e));
	}
}

TEST(threads_share_an_epoll)
{
	enum { N = 30 };
	int pairs[N][2], sum = 0;
	pthread_t threads[4];
	struct epoll_event e;

	shared_epoll = must(epoll_create1(0));
	stop_event = must(eventfd(0, 0));
	e = (struct epoll_event){ .events = EPOLLIN, .data.fd = stop_event };
	must(epoll_ctl(shared_epoll, EPOLL_CTL_ADD, stop_event, &e));
	for (int i = 0; i < N; i++) {
		tcp_pair(AF_INET, pairs[i]);
		e.events = EPOLLIN | EPOLLONESHOT;
		e.data.fd = pairs[i][1];
		must(epoll_ctl(shared_epoll, EPOLL_CTL_ADD, pairs[i][1], &e));
	}
	for (int i = 0; i < 4; i++)
		threads[i] = start_thread(sock_threads_serve, &served[i]);
	for (int round = 0; round < 50; round++) {
		char c = round;

		for (int i = 0; i < N; i++)
			write_all(pairs[i][0], &c, 1);
		for (int i = 0; i < N; i++)
			read_all(pairs[i][0], &c, 1);
	}
	write_all(stop_event, &(uint64_t){ 1 }, 8);
	for (int i = 0; i < 4; i++) {
		join(threads[i]);
		sum += served[i];
	}
	fact("%d served", sum);
	for (int i = 0; i < N; i++) {
		close(pairs[i][0]);
		close(pairs[i][1]);
	}
	close(shared_epoll);
	close(stop_event);
}

static void *open_and_close(void *arg)
{
	int family = (int)(intptr_t)arg;

	for (int i = 0; i < 300; i++) {
		int fd = must(family ? socket(family, SOCK_STREAM, 0) : dup(0));

		must(close(fd));
	}
	return NULL;
}

/* Numbers are handed out to several threads at once, of both kinds. */
TEST(descriptors_are_made_by_many_threads)
{
	pthread_t threads[9];
	int before = must(dup(0)), after;

	close(before);
	for (int i = 0; i < 9; i++)
		threads[i] = start_thread(open_and_close,
					  (void *)(intptr_t)(i % 3 ? AF_INET : 0));
	for (int i = 0; i < 9; i++)
		join(threads[i]);
	after = must(dup(0));
	close(after);
	fact("none is lost %d", before == after);
}
