// SPDX-License-Identifier: GPL-2.0
/*
 * Ends in one way or another, and says what it could still do then.
 *
 * usage: ends stdin|thread|quick_exit|pending|library|last
 */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../early.h"

static int fd;
static int rounds;

static void ends_start(void *(*fn)(void *arg))
{
	pthread_t t;

	if (pthread_create(&t, NULL, fn, NULL))
		abort();
}

static void make_socket(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET };

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	if (bind(fd, (struct sockaddr *)&a, sizeof(a)))
		abort();
}

static void *read_stdin(void *arg)
{
	char line[10];

	return fgets(line, sizeof(line), stdin);
}

/* Not before the thread has the stream. */
static void end_with_a_reader(void)
{
	ends_start(read_stdin);
	while (!ftrylockfile(stdin)) {
		funlockfile(stdin);
		sched_yield();
	}
}

/* Computes most of the time, and is not to notice that the process ends. */
static void *ends_work(void *arg)
{
	volatile int i;
	int other;
	char c;

	for (;;) {
		for (i = 0; i < 20000; i++)
			;
		if (recv(fd, &c, 1, MSG_DONTWAIT) >= 0 || errno != EAGAIN)
			abort();
		other = socket(AF_INET, SOCK_DGRAM, 0);
		if (other < 0 || close(other))
			abort();
		__atomic_add_fetch(&rounds, 1, __ATOMIC_SEQ_CST);
	}
	return NULL;
}

static void end_with_workers(void)
{
	make_socket();
	ends_start(ends_work);
	ends_start(ends_work);
	while (__atomic_load_n(&rounds, __ATOMIC_SEQ_CST) < 20)
		sched_yield();
}

static void ends_say_goodbye(void)
{
	early_goodbye(fd);
}

/* The handler runs last that is registered first. */
static void end_quickly(void)
{
	make_socket();
	at_quick_exit(ends_say_goodbye);
	quick_exit(3);
}

static void end_with_a_pending_signal(void)
{
	sigset_t set;

	make_socket();
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	kill(getpid(), SIGTERM);
	kill(getpid(), SIGINT);
}

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "";

	if (!strcmp(how, "stdin"))
		end_with_a_reader();
	else if (!strcmp(how, "thread"))
		end_with_workers();
	else if (!strcmp(how, "quick_exit"))
		end_quickly();
	else if (!strcmp(how, "pending"))
		end_with_a_pending_signal();
	else if (!strcmp(how, "library"))
		make_socket();
	else if (strcmp(how, "last"))
		return 2;
	if (!strcmp(how, "library"))
		early_fd = fd;
	early_last = !strcmp(how, "last");
	return 0;
}
