// SPDX-License-Identifier: GPL-2.0
/* Signals that come while a call on a socket blocks. */
#include "sockets.h"

#include <signal.h>
#include <sys/select.h>
#include <sys/time.h>

static volatile sig_atomic_t caught;
static pid_t waiter;
static pthread_t waiting_thread;

static void sock_signals_on_signal(int signal)
{
	(void)signal;
	caught++;
}

static void sock_signals_catch(int flags)
{
	struct sigaction action = { .sa_handler = sock_signals_on_signal,
				    .sa_flags = flags };

	must(sigaction(SIGUSR1, &action, NULL));
	caught = 0;
}

static void *sock_signals_interrupt(void *arg)
{
	(void)arg;
	until_asleep(waiter);
	pthread_kill(waiting_thread, SIGUSR1);
	return NULL;
}

/* Reports a call that sleeps until a signal comes. */
#define interrupted(what, call)                                                \
	do {                                                                   \
		pthread_t thread;                                              \
                                                                               \
		waiter = gettid();                                             \
		waiting_thread = pthread_self();                               \
		thread = start_thread(sock_signals_interrupt, NULL);           \
		report(what, call);                                            \
		join(thread);                                                  \
	} while (0)

TEST(calls_are_interrupted)
{
	static char data[1 << 20];
	int pair[2], s = tcp_listener(AF_INET, 1), u = udp_socket(AF_INET6);
	struct iovec iov = { data, sizeof(data) };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };

	sock_signals_catch(0);
	tcp_pair(AF_INET, pair);
	interrupted("read", read(pair[0], data, 1));
	interrupted("recv", recv(pair[0], data, 1, 0));
	interrupted("readv", readv(pair[0], &iov, 1));
	interrupted("recvfrom", recvfrom(u, data, 1, 0, NULL, NULL));
	interrupted("recvmsg", recvmsg(u, &m, 0));
	interrupted("accept", accept(s, NULL, NULL));
	interrupted("accept4", accept4(s, NULL, NULL, SOCK_CLOEXEC));
	fact("caught %d", caught);
	/* Interrupt send() with a full buffer. */
	must(fcntl(pair[0], F_SETFL, O_NONBLOCK));
	while (send(pair[0], data, sizeof(data), 0) > 0)
		;
	must(fcntl(pair[0], F_SETFL, 0));
	interrupted("send", send(pair[0], data, sizeof(data), 0));
	fact("caught %d", caught);
	close(pair[0]);
	close(pair[1]);
	close(s);
	close(u);
}

TEST(waits_are_interrupted)
{
	int pair[2], pipe_fd[2], epoll = must(epoll_create1(0));
	struct epoll_event e = { .events = EPOLLIN };
	struct pollfd p[2];
	fd_set in;

	/* SA_RESTART changes nothing for these. */
	sock_signals_catch(SA_RESTART);
	tcp_pair(AF_INET, pair);
	must(pipe(pipe_fd));
	must(epoll_ctl(epoll, EPOLL_CTL_ADD, pair[0], &e));
	p[0] = (struct pollfd){ pair[0], POLLIN, 0 };
	p[1] = (struct pollfd){ pipe_fd[0], POLLIN, 0 };
	interrupted("poll", poll(p, 1, -1));
	interrupted("poll of both", poll(p, 2, -1));
	interrupted("poll with a time", poll(p, 2, 30000));
	FD_ZERO(&in);
	FD_SET(pair[0], &in);
	interrupted("select", select(pair[0] + 1, &in, NULL, NULL, NULL));
	interrupted("epoll_wait", epoll_wait(epoll, &e, 1, -1));
	must(epoll_ctl(epoll, EPOLL_CTL_ADD, pipe_fd[0], &e));
	interrupted("epoll_wait of both", epoll_wait(epoll, &e, 1, 30000));
	fact("caught %d", caught);
	for (int i = 0; i < 2; i++) {
		close(pair[i]);
		close(pipe_fd[i]);
	}
	close(epoll);
}

static int answer_fd;

/* A signal, and then what the call waits for. */
static void *interrupt_and_answer(void *arg)
{
	(void)arg;
	until_asleep(waiter);
	pthread_kill(waiting_thread, SIGUSR1);
	while (!caught)
		usleep(1000);
	until_asleep(waiter);
	write_all(answer_fd, "abcde", 5);
	return NULL;
}

TEST(calls_are_restarted)
{
	int pair[2];
	char text[10];
	struct iovec iov = { text, 5 };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };

	tcp_pair(AF_INET6, pair);
	answer_fd = pair[1];
	for (int i = 0; i < 4; i++) {
		pthread_t thread;

		sock_signals_catch(SA_RESTART);
		waiter = gettid();
		waiting_thread = pthread_self();
		thread = start_thread(interrupt_and_answer, NULL);
		if (i == 0)
			report("read", read(pair[0], text, 5));
		else if (i == 1)
			report("recv", recv(pair[0], text, 5, 0));
		else if (i == 2)
			report("MSG_WAITALL", recv(pair[0], text, 5, MSG_WAITALL));
		else
			report("recvmsg", recvmsg(pair[0], &m, 0));
		join(thread);
		fact("caught %d", caught);
	}
	close(pair[0]);
	close(pair[1]);
}

TEST(timeouts_are_not_restarted)
{
	struct timeval later = { .tv_sec = 30 };
	int pair[2];
	char c;

	sock_signals_catch(SA_RESTART);
	tcp_pair(AF_INET, pair);
	must(setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &later, sizeof(later)));
	interrupted("read", read(pair[0], &c, 1));
	fact("caught %d", caught);
	close(pair[0]);
	close(pair[1]);
}

TEST(connect_is_interrupted)
{
	int s = tcp_listener(AF_INET, 0), fd, client;
	union address a = name_of(s);

	sock_signals_catch(0);
	client = tcp_connect(&a);
	wait_for(s, POLLIN);
	fd = must(socket(AF_INET, SOCK_STREAM, 0));
	interrupted("connect", connect(fd, &a.sa, sizeof(a.in)));
	must(fcntl(fd, F_SETFL, O_NONBLOCK));
	report("again", connect(fd, &a.sa, sizeof(a.in)));
	close(fd);
	close(client);
	close(s);
}

static void sock_signals_on_alarm(int signal)
{
	(void)signal;
	caught++;
}

TEST(many_signals_lose_nothing)
{
	enum { SIZE = 2000000 };
	static char data[SIZE], copy[SIZE];
	struct sigaction action = { .sa_handler = sock_signals_on_alarm,
				    .sa_flags = SA_RESTART },
			 old;
	struct itimerval often = { { 0, 500 }, { 0, 500 } }, never = { 0 };
	int pair[2];
	size_t sent = 0, got = 0;

	fill(data, SIZE, 9);
	tcp_pair(AF_INET, pair);
	must(fcntl(pair[0], F_SETFL, O_NONBLOCK));
	must(fcntl(pair[1], F_SETFL, O_NONBLOCK));
	must(sigaction(SIGVTALRM, &action, &old));
	must(setitimer(ITIMER_VIRTUAL, &often, NULL));
	while (got < SIZE) {
		size_t left = SIZE - sent < 1000 ? SIZE - sent : 1000;
		ssize_t n = left ? write(pair[0], data + sent, left) : 0;

		sent += n > 0 ? n : 0;
		n = read(pair[1], copy + got, SIZE - got);
		got += n > 0 ? n : 0;
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			give_up("read", errno);
	}
	must(setitimer(ITIMER_VIRTUAL, &never, NULL));
	must(sigaction(SIGVTALRM, &old, NULL));
	fact("same %d", !memcmp(data, copy, SIZE));
	close(pair[0]);
	close(pair[1]);
}
