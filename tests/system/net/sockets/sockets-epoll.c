// SPDX-License-Identifier: GPL-2.0
/* epoll: its modes, sets within sets, sockets beside the host's own descriptors. */
#include "sockets.h"

#include <signal.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>

static void sock_epoll_add(int epoll, int fd, unsigned int events,
			   unsigned int data)
{
	struct epoll_event e = { .events = events, .data.u32 = data };

	must(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &e));
}

static void sock_epoll_change(int epoll, int fd, unsigned int events,
			      unsigned int data)
{
	struct epoll_event e = { .events = events, .data.u32 = data };

	must(epoll_ctl(epoll, EPOLL_CTL_MOD, fd, &e));
}

static int by_data(const void *a, const void *b)
{
	const struct epoll_event *x = a, *y = b;

	return (x->data.u32 > y->data.u32) - (x->data.u32 < y->data.u32);
}

/* Which of the set are ready; their order is no fact. */
static void report_ready(const char *what, int epoll, int timeout)
{
	struct epoll_event e[16];
	int n = must(epoll_wait(epoll, e, 16, timeout));

	fact("%s %d", what, n);
	qsort(e, n, sizeof(*e), by_data);
	for (int i = 0; i < n; i++) {
		char name[16];

		snprintf(name, sizeof(name), "%u:", e[i].data.u32);
		report_events(name, e[i].events);
	}
}

/* Until all of 1..@count have been ready; they need not come at once. */
static void report_all(const char *what, int epoll, unsigned int count)
{
	unsigned int seen = 0;

	while (seen != (1U << count) - 1) {
		struct epoll_event e[16];
		int n = must(epoll_wait(epoll, e, 16, 10000));

		if (!n)
			give_up("epoll_wait: some are not ready", ETIMEDOUT);
		for (int i = 0; i < n; i++)
			seen |= 1U << (e[i].data.u32 - 1);
	}
	fact("%s %u", what, count);
}

TEST(level_triggered)
{
	int pair[2], epoll = must(epoll_create1(0));
	char c[2];

	tcp_pair(AF_INET, pair);
	sock_epoll_add(epoll, pair[0], EPOLLIN, 7);
	report_ready("none", epoll, 0);
	write_all(pair[1], "xy", 2);
	report_ready("ready", epoll, 10000);
	report_ready("again", epoll, 10000);
	read_all(pair[0], c, 1);
	report_ready("half", epoll, 10000);
	read_all(pair[0], c, 1);
	report_ready("none", epoll, 0);
	close(pair[0]);
	close(pair[1]);
	close(epoll);
}

TEST(edge_triggered)
{
	int pair[2], epoll = must(epoll_create1(EPOLL_CLOEXEC));
	char c[2];

	tcp_pair(AF_INET, pair);
	sock_epoll_add(epoll, pair[0], EPOLLIN | EPOLLRDHUP | EPOLLET, 7);
	write_all(pair[1], "x", 1);
	report_ready("edge", epoll, 10000);
	report_ready("none", epoll, 20);
	write_all(pair[1], "y", 1);
	report_ready("edge", epoll, 10000);
	read_all(pair[0], c, 2);
	report_ready("none", epoll, 20);
	must(shutdown(pair[1], SHUT_WR));
	report_ready("half close", epoll, 10000);
	report_ready("none", epoll, 20);
	close(pair[0]);
	close(pair[1]);
	close(epoll);
}

TEST(one_shot)
{
	int pair[2], epoll = must(epoll_create(1));
	char c;

	tcp_pair(AF_INET6, pair);
	sock_epoll_add(epoll, pair[0], EPOLLIN | EPOLLONESHOT, 1);
	write_all(pair[1], "x", 1);
	report_ready("once", epoll, 10000);
	report_ready("none", epoll, 20);
	sock_epoll_change(epoll, pair[0], EPOLLIN | EPOLLONESHOT, 2);
	report_ready("again", epoll, 10000);
	read_all(pair[0], &c, 1);
	sock_epoll_change(epoll, pair[0], EPOLLIN | EPOLLOUT, 3);
	report_ready("more", epoll, 10000);
	close(pair[0]);
	close(pair[1]);
	close(epoll);
}

TEST(errors_of_epoll)
{
	int fd = must(socket(AF_INET, SOCK_DGRAM, 0)), epoll = must(epoll_create1(0));
	int file = temporary_file("x", 1), other = must(epoll_create1(0));
	struct epoll_event e = { .events = EPOLLIN };

	report("create", epoll_create(0));
	report("flags", epoll_create1(1));
	report("MOD", epoll_ctl(epoll, EPOLL_CTL_MOD, fd, &e));
	report("DEL", epoll_ctl(epoll, EPOLL_CTL_DEL, fd, NULL));
	report("ADD", epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &e));
	report("again", epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &e));
	report("file", epoll_ctl(epoll, EPOLL_CTL_ADD, file, &e));
	report("itself", epoll_ctl(epoll, EPOLL_CTL_ADD, epoll, &e));
	report("closed", epoll_ctl(epoll, EPOLL_CTL_ADD, 999, &e));
	report("no epoll", epoll_ctl(fd, EPOLL_CTL_ADD, file, &e));
	report("wrong", epoll_ctl(epoll, 9, fd, &e));
	report("null", epoll_ctl(epoll, EPOLL_CTL_MOD, fd, NULL));
	report("no room", epoll_wait(epoll, &e, 0, 0));
	report("wait of a socket", epoll_wait(fd, &e, 1, 0));
	report("wait of none", epoll_wait(999, &e, 1, 0));
	must(epoll_ctl(other, EPOLL_CTL_ADD, epoll, &e));
	report("loop", epoll_ctl(epoll, EPOLL_CTL_ADD, other, &e));
	e.events = EPOLLEXCLUSIVE | EPOLLONESHOT;
	must(epoll_ctl(epoll, EPOLL_CTL_DEL, fd, NULL));
	report("exclusive and once", epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &e));
	close(fd);
	close(file);
	close(epoll);
	close(other);
}

TEST(closed_sockets_leave_the_set)
{
	int pair[2], other, another, epoll = must(epoll_create1(0));
	struct epoll_event e = { .events = EPOLLIN };

	tcp_pair(AF_INET, pair);
	other = must(dup(pair[0]));
	sock_epoll_add(epoll, pair[0], EPOLLOUT, 1);
	report_ready("open", epoll, 10000);
	close(pair[0]);
	/* A copy keeps it in. */
	report_ready("copy", epoll, 10000);
	report("DEL", epoll_ctl(epoll, EPOLL_CTL_DEL, pair[0], NULL));
	close(other);
	report_ready("closed", epoll, 0);
	another = must(socket(AF_INET, SOCK_DGRAM, 0));
	must(dup2(another, pair[0]));
	report("ADD", epoll_ctl(epoll, EPOLL_CTL_ADD, pair[0], &e));
	close(another);
	close(pair[0]);
	close(pair[1]);
	close(epoll);
}

TEST(number_that_changes_its_kind)
{
	int epoll = must(epoll_create1(0)), pipe_fd[2], fd, event = must(eventfd(0, 0));
	uint64_t one = 1;

	/* A socket, then a pipe, then an eventfd under one number. */
	fd = must(socket(AF_INET, SOCK_DGRAM, 0));
	sock_epoll_add(epoll, fd, EPOLLOUT, 1);
	report_ready("socket", epoll, 10000);
	must(pipe(pipe_fd));
	must(dup2(pipe_fd[1], fd));
	report_ready("gone", epoll, 0);
	sock_epoll_add(epoll, fd, EPOLLOUT, 2);
	report_ready("pipe", epoll, 10000);
	must(dup2(event, fd));
	close(event);
	sock_epoll_add(epoll, fd, EPOLLIN, 3);
	report_ready("eventfd", epoll, 0);
	write_all(fd, &one, 8);
	close(pipe_fd[0]);
	close(pipe_fd[1]);
	report_ready("ready", epoll, 10000);
	close(fd);
	close(epoll);
}

static pid_t waiter;

struct feed {
	int fd;
	uint64_t value;
};

static void *sock_epoll_feed(void *arg)
{
	const struct feed *f = arg;

	until_asleep(waiter);
	write_all(f->fd, &f->value, sizeof(f->value));
	return NULL;
}

TEST(sockets_and_others_in_one_set)
{
	struct itimerspec soon = { .it_value.tv_nsec = 20000000 };
	int pair[2], pipe_fd[2], epoll = must(epoll_create1(0));
	int event = must(eventfd(0, 0)), timer = must(timerfd_create(CLOCK_MONOTONIC, 0));
	int from[3], to[3];
	uint64_t n;

	tcp_pair(AF_INET, pair);
	must(pipe(pipe_fd));
	sock_epoll_add(epoll, pair[0], EPOLLIN, 1);
	sock_epoll_add(epoll, pipe_fd[0], EPOLLIN, 2);
	sock_epoll_add(epoll, event, EPOLLIN, 3);
	sock_epoll_add(epoll, timer, EPOLLIN | EPOLLET, 4);
	report_ready("none", epoll, 0);
	from[0] = pair[0], from[1] = pipe_fd[0], from[2] = event;
	to[0] = pair[1], to[1] = pipe_fd[1], to[2] = event;
	for (int i = 0; i < 6; i++) {
		struct feed f = { to[i % 3], 1 };
		pthread_t thread;

		waiter = gettid();
		thread = start_thread(sock_epoll_feed, &f);
		report_ready("ready", epoll, 20000);
		join(thread);
		if (from[i % 3] == pair[0])
			must(recv(pair[0], &n, sizeof(n), MSG_WAITALL));
		else
			read_all(from[i % 3], &n, sizeof(n));
	}
	must(timerfd_settime(timer, 0, &soon, NULL));
	report_ready("timer", epoll, 20000);
	report_ready("edge is over", epoll, 0);
	for (int i = 0; i < 3; i++)
		write_all(to[i], &(uint64_t){ 1 }, 8);
	report_all("all", epoll, 3);
	close(pair[0]);
	close(pair[1]);
	close(pipe_fd[0]);
	report_ready("left", epoll, 20000);
	close(pipe_fd[1]);
	close(event);
	close(timer);
	close(epoll);
}

TEST(edges_of_host_descriptors)
{
	int epoll = must(epoll_create1(0)), pipe_fd[2], pair[2];
	char c;

	must(pipe(pipe_fd));
	tcp_pair(AF_INET, pair);
	sock_epoll_add(epoll, pair[0], EPOLLIN, 1);
	sock_epoll_add(epoll, pipe_fd[0], EPOLLIN | EPOLLET, 2);
	sock_epoll_add(epoll, pipe_fd[1], EPOLLOUT | EPOLLET, 3);
	report_ready("writable", epoll, 10000);
	report_ready("none", epoll, 20);
	write_all(pipe_fd[1], "x", 1);
	report_ready("edge", epoll, 10000);
	report_ready("none", epoll, 20);
	write_all(pipe_fd[1], "y", 1);
	report_ready("edge", epoll, 10000);
	read_all(pipe_fd[0], &c, 1);
	read_all(pipe_fd[0], &c, 1);
	sock_epoll_change(epoll, pipe_fd[0], EPOLLIN | EPOLLONESHOT, 4);
	write_all(pipe_fd[1], "z", 1);
	report_ready("once", epoll, 10000);
	report_ready("none", epoll, 20);
	must(epoll_ctl(epoll, EPOLL_CTL_DEL, pipe_fd[0], NULL));
	close(pipe_fd[0]);
	report_ready("reader is gone", epoll, 10000);
	close(pipe_fd[1]);
	close(pair[0]);
	close(pair[1]);
	close(epoll);
}

TEST(sets_within_sets)
{
	int outer = must(epoll_create1(0)), inner = must(epoll_create1(0));
	int pair[2], pipe_fd[2];
	struct pollfd p;
	char c;

	tcp_pair(AF_INET, pair);
	must(pipe(pipe_fd));
	sock_epoll_add(inner, pair[0], EPOLLIN, 1);
	sock_epoll_add(inner, pipe_fd[0], EPOLLIN, 2);
	sock_epoll_add(outer, inner, EPOLLIN, 3);
	p = (struct pollfd){ outer, POLLIN, 0 };
	report_ready("none", outer, 0);
	report("poll", poll(&p, 1, 0));
	write_all(pair[1], "x", 1);
	report_ready("socket", outer, 10000);
	report_ready("inner", inner, 10000);
	report("poll", poll(&p, 1, 10000));
	read_all(pair[0], &c, 1);
	report_ready("none", outer, 0);
	write_all(pipe_fd[1], "x", 1);
	report_ready("pipe", outer, 10000);
	report_ready("inner", inner, 10000);
	report("poll", poll(&p, 1, 10000));
	close(pair[0]);
	close(pair[1]);
	close(pipe_fd[0]);
	close(pipe_fd[1]);
	close(inner);
	report_ready("closed", outer, 0);
	close(outer);
}

TEST(exclusive_waiters)
{
	int s = tcp_listener(AF_INET, 10), epoll[3], woken = 0, c;
	union address a = name_of(s);

	for (int i = 0; i < 3; i++) {
		epoll[i] = must(epoll_create1(0));
		sock_epoll_add(epoll[i], s, EPOLLIN | EPOLLEXCLUSIVE, i);
	}
	c = tcp_connect(&a);
	wait_for(s, POLLIN);
	for (int i = 0; i < 3; i++) {
		struct epoll_event e;

		woken += must(epoll_wait(epoll[i], &e, 1, 0));
		must(epoll_ctl(epoll[i], EPOLL_CTL_DEL, s, NULL));
	}
	fact("some %d", woken > 0);
	for (int i = 0; i < 3; i++)
		close(epoll[i]);
	close(c);
	close(s);
}

TEST(masks_and_times)
{
	struct timespec soon = { .tv_nsec = 5000000 };
	int epoll = must(epoll_create1(0)), fd = must(socket(AF_INET, SOCK_STREAM, 0));
	struct epoll_event e;
	sigset_t none;

	sigemptyset(&none);
	sock_epoll_add(epoll, fd, EPOLLIN, 1);
	report_ready("fresh", epoll, 10000);
	must(epoll_ctl(epoll, EPOLL_CTL_DEL, fd, NULL));
	report("epoll_pwait", epoll_pwait(epoll, &e, 1, 5, &none));
	report("epoll_pwait2", epoll_pwait2(epoll, &e, 1, &soon, &none));
	soon.tv_nsec = -1;
	report("wrong", epoll_pwait2(epoll, &e, 1, &soon, NULL));
	close(fd);
	close(epoll);
}

TEST(fair_among_many)
{
	enum { N = 64 };
	int epoll = must(epoll_create1(0)), pairs[N][2];
	bool seen[N] = { false };
	struct epoll_event e[8];
	int sum = 0;

	for (int i = 0; i < N; i++) {
		tcp_pair(AF_INET, pairs[i]);
		sock_epoll_add(epoll, pairs[i][0], EPOLLIN, i);
		write_all(pairs[i][1], "x", 1);
	}
	for (int i = 0; i < N; i++)
		wait_for(pairs[i][0], POLLIN);
	/* Unread data must not hide the other descriptors. */
	for (int round = 0; round < 2 * N / 8; round++) {
		int n = must(epoll_wait(epoll, e, 8, 10000));

		for (int i = 0; i < n; i++)
			seen[e[i].data.u32] = true;
	}
	for (int i = 0; i < N; i++) {
		sum += seen[i];
		close(pairs[i][0]);
		close(pairs[i][1]);
	}
	fact("seen %d of %d", sum, N);
	close(epoll);
}
