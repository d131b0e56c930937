// SPDX-License-Identifier: GPL-2.0
/* poll and select: sockets alone, and together with the host's own descriptors. */
#include "sockets.h"

#include <signal.h>
#include <sys/eventfd.h>
#include <sys/select.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>

TEST(poll_of_sockets)
{
	int pair[2], s = tcp_listener(AF_INET, 1), u = udp_socket(AF_INET), c;
	struct pollfd p[5];
	union address a = name_of(s);

	tcp_pair(AF_INET, pair);
	p[0] = (struct pollfd){ pair[0], POLLIN, 0 };
	p[1] = (struct pollfd){ pair[1], POLLIN | POLLOUT, 0 };
	p[2] = (struct pollfd){ s, POLLIN, 0 };
	p[3] = (struct pollfd){ u, POLLIN | POLLOUT | POLLWRNORM, 0 };
	p[4] = (struct pollfd){ -1, POLLIN, 0 };
	report("poll", poll(p, 5, 0));
	report("only these", poll(p, 1, 10));
	c = tcp_connect(&a);
	write_all(pair[1], "x", 1);
	wait_for(pair[0], POLLIN);
	wait_for(s, POLLIN);
	report("poll", poll(p, 5, -1));
	for (int i = 0; i < 5; i++)
		report_events("events", p[i].revents);
	close(c);
	close(s);
	close(u);
	close(pair[0]);
	close(pair[1]);
}

TEST(poll_with_invalid_descriptors)
{
	/* The compiler would know better. */
	struct pollfd *volatile no_list = NULL;
	volatile nfds_t too_many = -1;
	int fd = must(socket(AF_INET, SOCK_DGRAM, 0));
	struct pollfd p[] = { { fd, POLLOUT, 0 }, { 999, POLLIN, 0 }, { 998, 0, 0 } };

	report("poll", poll(p, 3, -1));
	for (int i = 0; i < 3; i++)
		report_events("events", p[i].revents);
	report("none", poll(NULL, 0, 5));
	report("no list", poll(no_list, 1, 0));
	report("no list", ppoll(no_list, 1, NULL, NULL));
	report("no such list", poll(p, too_many, 0));
	close(fd);
}

struct feed {
	int fd;
	const void *data;
	size_t len;
};

/* Writes when the thread that waits is asleep. */
static pid_t waiter;

static void *sock_wait_feed(void *arg)
{
	const struct feed *f = arg;

	until_asleep(waiter);
	write_all(f->fd, f->data, f->len);
	return NULL;
}

static void sock_wait_poll_two(const char *what, int socket_fd, int host_fd,
			       int feed_fd, const void *data, size_t len)
{
	struct pollfd p[] = { { socket_fd, POLLIN, 0 }, { host_fd, POLLIN, 0 } };
	struct feed f = { feed_fd, data, len };
	pthread_t thread;

	report(what, poll(p, 2, 0));
	waiter = gettid();
	thread = start_thread(sock_wait_feed, &f);
	report("poll", poll(p, 2, 20000));
	join(thread);
	report_events("socket", p[0].revents);
	report_events("other", p[1].revents);
}

TEST(poll_of_sockets_and_others)
{
	int pair[2], pipe_fd[2], event = must(eventfd(0, 0));
	uint64_t one = 1;
	char c;

	tcp_pair(AF_INET, pair);
	must(pipe(pipe_fd));
	sock_wait_poll_two("socket and pipe", pair[1], pipe_fd[0], pair[0], "x",
			   1);
	read_all(pair[1], &c, 1);
	sock_wait_poll_two("again", pair[1], pipe_fd[0], pipe_fd[1], "x", 1);
	read_all(pipe_fd[0], &c, 1);
	sock_wait_poll_two("socket and eventfd", pair[1], event, event, &one,
			   8);
	read_all(event, &one, 8);
	sock_wait_poll_two("again", pair[1], event, pair[0], "x", 1);
	read_all(pair[1], &c, 1);
	for (int i = 0; i < 2; i++) {
		close(pair[i]);
		close(pipe_fd[i]);
	}
	close(event);
}

TEST(poll_with_timerfd_and_signalfd)
{
	struct itimerspec soon = { .it_value.tv_nsec = 20000000 };
	int pair[2], timer = must(timerfd_create(CLOCK_MONOTONIC, 0)), sfd;
	struct signalfd_siginfo info;
	struct pollfd p[3];
	sigset_t set, old;
	uint64_t n;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	must(sigprocmask(SIG_BLOCK, &set, &old));
	sfd = must(signalfd(-1, &set, 0));
	tcp_pair(AF_INET6, pair);
	p[0] = (struct pollfd){ pair[0], POLLIN, 0 };
	p[1] = (struct pollfd){ timer, POLLIN, 0 };
	p[2] = (struct pollfd){ sfd, POLLIN, 0 };
	must(timerfd_settime(timer, 0, &soon, NULL));
	report("poll", poll(p, 3, 20000));
	report_events("timer", p[1].revents);
	report("read", read(timer, &n, sizeof(n)));
	must(kill(getpid(), SIGUSR1));
	report("poll", poll(p, 3, 20000));
	report_events("signal", p[2].revents);
	report("read", read(sfd, &info, sizeof(info)) == sizeof(info));
	fact("SIGUSR1 %d", info.ssi_signo == SIGUSR1);
	must(sigprocmask(SIG_SETMASK, &old, NULL));
	close(timer);
	close(sfd);
	close(pair[0]);
	close(pair[1]);
}

TEST(select_of_sockets_and_others)
{
	struct timeval none = { 0 }, later = { .tv_sec = 20 };
	int pair[2], pipe_fd[2], n;
	fd_set in, out, except;
	struct feed f;
	pthread_t thread;
	char c;

	tcp_pair(AF_INET, pair);
	must(pipe(pipe_fd));
	n = (pair[0] > pipe_fd[1] ? pair[0] : pipe_fd[1]) + 2;
	for (int round = 0; round < 2; round++) {
		f = (struct feed){ round ? pair[1] : pipe_fd[1], "x", 1 };
		FD_ZERO(&in);
		FD_SET(pair[0], &in);
		FD_SET(pipe_fd[0], &in);
		report("none", select(n, &in, NULL, NULL, &none));
		FD_SET(pair[0], &in);
		FD_SET(pipe_fd[0], &in);
		waiter = gettid();
		thread = start_thread(sock_wait_feed, &f);
		report("select", select(n, &in, NULL, NULL, &later));
		join(thread);
		fact("%d %d", !!FD_ISSET(pair[0], &in), !!FD_ISSET(pipe_fd[0], &in));
		fact("time left %d", later.tv_sec > 0);
		read_all(round ? pair[0] : pipe_fd[0], &c, 1);
	}
	must(send(pair[1], "!", 1, MSG_OOB));
	wait_for(pair[0], POLLPRI);
	FD_ZERO(&in);
	FD_ZERO(&out);
	FD_ZERO(&except);
	FD_SET(pair[0], &in);
	FD_SET(pair[0], &out);
	FD_SET(pair[0], &except);
	FD_SET(pipe_fd[1], &out);
	report("three sets", select(n, &in, &out, &except, NULL));
	fact("%d %d %d %d", !!FD_ISSET(pair[0], &in), !!FD_ISSET(pair[0], &out),
	     !!FD_ISSET(pair[0], &except), !!FD_ISSET(pipe_fd[1], &out));
	for (int i = 0; i < 2; i++) {
		close(pair[i]);
		close(pipe_fd[i]);
	}
}

TEST(select_with_wrong_arguments)
{
	struct timeval none = { 0 }, wrong = { .tv_sec = -1 };
	int fd = must(socket(AF_INET, SOCK_DGRAM, 0));
	fd_set in;

	FD_ZERO(&in);
	FD_SET(fd, &in);
	close(fd);
	report("closed", select(fd + 1, &in, NULL, NULL, &none));
	report("negative", select(-1, &in, NULL, NULL, &none));
	report("time", select(0, NULL, NULL, NULL, &wrong));
	report("none", select(0, NULL, NULL, NULL, &none));
}

static volatile sig_atomic_t caught;

static void sock_wait_on_signal(int signal)
{
	(void)signal;
	caught++;
}

static void block_usr1(sigset_t *old)
{
	struct sigaction action = { .sa_handler = sock_wait_on_signal };
	sigset_t set;

	must(sigaction(SIGUSR1, &action, NULL));
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	must(sigprocmask(SIG_BLOCK, &set, old));
	caught = 0;
}

TEST(ppoll_and_pselect_change_the_mask)
{
	struct timespec later = { .tv_sec = 20 }, soon = { .tv_nsec = 1000000 };
	int pair[2], pipe_fd[2];
	struct pollfd p[2];
	sigset_t old;
	fd_set in;

	tcp_pair(AF_INET, pair);
	must(pipe(pipe_fd));
	p[0] = (struct pollfd){ pair[0], POLLIN, 0 };
	p[1] = (struct pollfd){ pipe_fd[0], POLLIN, 0 };
	FD_ZERO(&in);
	FD_SET(pair[0], &in);
	FD_SET(pipe_fd[0], &in);
	block_usr1(&old);
	must(kill(getpid(), SIGUSR1));
	report("blocked", ppoll(p, 2, &soon, NULL));
	fact("caught %d", caught);
	report("ppoll", ppoll(p, 2, &later, &old));
	fact("caught %d", caught);
	must(kill(getpid(), SIGUSR1));
	report("pselect", pselect(pair[0] + pipe_fd[0] + 1 > FD_SETSIZE ? FD_SETSIZE :
				  pair[0] + pipe_fd[0] + 1, &in, NULL, NULL, &later, &old));
	fact("caught %d", caught);
	must(sigprocmask(SIG_SETMASK, &old, NULL));
	for (int i = 0; i < 2; i++) {
		close(pair[i]);
		close(pipe_fd[i]);
	}
}

TEST(poll_of_many_sockets_and_pipes)
{
	enum { N = 100 };
	struct pollfd p[2 * N];
	int pairs[N][2], pipes[N][2], ready = 0;
	char c;

	for (int i = 0; i < N; i++) {
		tcp_pair(AF_INET, pairs[i]);
		must(pipe(pipes[i]));
		p[2 * i] = (struct pollfd){ pairs[i][0], POLLIN, 0 };
		p[2 * i + 1] = (struct pollfd){ pipes[i][0], POLLIN, 0 };
	}
	report("none", poll(p, 2 * N, 0));
	for (int i = 0; i < N; i++) {
		int host = i % 3 == 0;

		write_all(host ? pipes[i][1] : pairs[i][1], "x", 1);
		must(poll(p, 2 * N, 20000));
		for (int j = 0; j < 2 * N; j++)
			ready += p[j].revents == POLLIN && j == 2 * i + host;
		read_all(host ? pipes[i][0] : pairs[i][0], &c, 1);
	}
	fact("%d ready in turn", ready);
	report("none", poll(p, 2 * N, 0));
	for (int i = 0; i < N; i++) {
		for (int j = 0; j < 2; j++) {
			close(pairs[i][j]);
			close(pipes[i][j]);
		}
	}
}
