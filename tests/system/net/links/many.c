// SPDX-License-Identifier: GPL-2.0
/*
 * Many connections with requests and responses of changing length, in an event loop:
 * edge-triggered epoll, non-blocking sockets, an eventfd that wakes the loop up, and a
 * timerfd that detects a stall.
 *
 * usage: many server ADDRESS PORT
 *	  many client ADDRESS PORT CONNECTIONS ROUNDS
 *	  many both ADDRESS PORT CONNECTIONS ROUNDS	a server thread, too
 *
 * The client succeeds when each connection has finished all its rounds.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

enum { LONGEST = 20000, STALL_S = 60 };

struct connection {
	int fd, number, round;
	bool open;
	size_t out, in, length;		/* bytes sent, received, of this round */
	char *data;			/* of the server: data to send back */
};

static struct addrinfo *address;
static int connections, rounds, done;

static void many_add(int epoll, int fd, unsigned int events, void *data)
{
	struct epoll_event e = { .events = events | EPOLLET, .data.ptr = data };

	if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &e))
		err(1, "epoll_ctl");
}

static struct addrinfo *many_resolve(const char *host, const char *port)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
				  .ai_flags = AI_NUMERICHOST | AI_PASSIVE };
	struct addrinfo *result;
	int error = getaddrinfo(host, port, &hints, &result);

	if (error)
		errx(1, "%s: %s", host, gai_strerror(error));
	return result;
}

/* --- server ------------------------------------------------------------- */

static int many_listener(void)
{
	int one = 1, fd = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK, 0);

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) ||
	    bind(fd, address->ai_addr, address->ai_addrlen) || listen(fd, 1000))
		err(1, "listen");
	return fd;
}

static void many_accept_all(int epoll, int s)
{
	int fd;

	while ((fd = accept4(s, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
		struct connection *c = calloc(1, sizeof(*c));

		if (!c || !(c->data = malloc(LONGEST)))
			err(1, "malloc");
		c->fd = fd;
		many_add(epoll, fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP, c);
	}
	if (errno != EAGAIN)
		err(1, "accept4");
}

/* Read and write until both would block. */
static void many_echo(struct connection *c)
{
	bool moved = true;

	while (moved) {
		ssize_t n;

		moved = false;
		if (c->in < LONGEST) {
			n = read(c->fd, c->data + c->in, LONGEST - c->in);
			if (!n || (n < 0 && errno != EAGAIN)) {
				close(c->fd);
				free(c->data);
				free(c);
				return;
			}
			moved = n > 0;
			c->in += n > 0 ? n : 0;
		}
		if (c->out < c->in) {
			n = write(c->fd, c->data + c->out, c->in - c->out);
			if (n < 0 && errno != EAGAIN)
				err(1, "write");
			moved |= n > 0;
			c->out += n > 0 ? n : 0;
		}
		if (c->out == c->in)
			c->out = c->in = 0;
	}
}

static void *many_serve(void *arg)
{
	int epoll = epoll_create1(EPOLL_CLOEXEC), s = *(int *)arg;
	struct epoll_event e[64];

	if (epoll < 0)
		err(1, "epoll_create1");
	many_add(epoll, s, EPOLLIN, NULL);
	for (;;) {
		int n = epoll_wait(epoll, e, 64, -1);

		if (n < 0 && errno != EINTR)
			err(1, "epoll_wait");
		for (int i = 0; i < n; i++) {
			if (e[i].data.ptr)
				many_echo(e[i].data.ptr);
			else
				many_accept_all(epoll, s);
		}
	}
	return NULL;
}

/* --- client ------------------------------------------------------------- */

static void next_round(struct connection *c)
{
	c->out = c->in = 0;
	c->length = 1 + (c->number * 7919 + c->round * 104729) % LONGEST;
}

static char byte_of(const struct connection *c, size_t at)
{
	return (c->number * 31 + c->round * 17 + at) * 40503 >> 7;
}

static bool many_send_some(struct connection *c)
{
	char text[4096];
	size_t len = c->length - c->out < sizeof(text) ? c->length - c->out : sizeof(text);
	ssize_t n;

	for (size_t i = 0; i < len; i++)
		text[i] = byte_of(c, c->out + i);
	n = len ? send(c->fd, text, len, MSG_NOSIGNAL) : 0;
	if (n < 0 && errno != EAGAIN)
		err(1, "connection %d, round %d: send", c->number, c->round);
	c->out += n > 0 ? n : 0;
	return n > 0;
}

static bool receive_some(struct connection *c)
{
	char text[4096];
	size_t len = c->length - c->in < sizeof(text) ? c->length - c->in : sizeof(text);
	ssize_t n = recv(c->fd, text, len, 0);

	if (!n || (n < 0 && errno != EAGAIN))
		err(1, "connection %d, round %d: recv %zd", c->number, c->round, n);
	for (ssize_t i = 0; i < n; i++) {
		if (text[i] != byte_of(c, c->in + i))
			errx(1, "connection %d, round %d: wrong byte at %zu", c->number,
			     c->round, c->in + i);
	}
	c->in += n > 0 ? n : 0;
	return n > 0;
}

static void many_opened(struct connection *c)
{
	socklen_t len = sizeof(int);
	int error;

	if (getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &len))
		err(1, "SO_ERROR");
	if (error)
		errx(1, "connection %d: %s", c->number, strerror(error));
	c->open = true;
}

static void many_talk(struct connection *c, int wake)
{
	bool moved = true;

	while (moved && c->round < rounds) {
		moved = many_send_some(c);
		moved |= receive_some(c);
		if (c->in < c->length)
			continue;
		if (++c->round == rounds) {
			done++;
			close(c->fd);
			if (write(wake, &(uint64_t){ 1 }, 8) != 8)
				err(1, "eventfd");
		}
		next_round(c);
	}
}

static void many_start(int epoll, struct connection *c, int number)
{
	c->number = number;
	next_round(c);
	c->fd = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (c->fd < 0)
		err(1, "socket");
	if (connect(c->fd, address->ai_addr, address->ai_addrlen) && errno != EINPROGRESS)
		err(1, "connect");
	many_add(epoll, c->fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP, c);
}

/* Every connection that is not ready, for who must find out why. */
static void many_stalled(const struct connection *c)
{
	for (int i = 0; i < connections; i++) {
		if (c[i].round < rounds)
			fprintf(stderr, "connection %d: %s, round %d, sent %zu, received %zu of %zu\n",
				i, c[i].open ? "open" : "not open", c[i].round, c[i].out,
				c[i].in, c[i].length);
	}
	errx(1, "stalled: %d of %d connections are done", done, connections);
}

static void many_client(void)
{
	struct connection *c = calloc(connections, sizeof(*c));
	int epoll = epoll_create1(EPOLL_CLOEXEC), wake = eventfd(0, EFD_NONBLOCK);
	int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK), woken = 0;
	struct itimerspec t = { .it_value.tv_sec = STALL_S };
	struct epoll_event e[64];

	if (!c || epoll < 0 || wake < 0 || timer < 0)
		err(1, "no resources");
	many_add(epoll, wake, EPOLLIN, &wake);
	many_add(epoll, timer, EPOLLIN, &timer);
	for (int i = 0; i < connections; i++)
		many_start(epoll, &c[i], i);
	while (woken < connections) {
		int n = epoll_wait(epoll, e, 64, -1);
		uint64_t sum;

		if (n < 0 && errno != EINTR)
			err(1, "epoll_wait");
		timerfd_settime(timer, 0, &t, NULL);
		for (int i = 0; i < n; i++) {
			struct connection *ready = e[i].data.ptr;

			if (e[i].data.ptr == &timer)
				many_stalled(c);
			if (e[i].data.ptr == &wake) {
				woken += read(wake, &sum, 8) == 8 ? (int)sum : 0;
				continue;
			}
			if (!ready->open)
				many_opened(ready);
			many_talk(ready, wake);
		}
	}
	free(c);
}

int main(int argc, char **argv)
{
	struct rlimit files = { 8192, 8192 };
	pthread_t thread;
	int s = -1;

	if (argc < 4)
		errx(2, "usage: many server|client|both ADDRESS PORT [CONNECTIONS ROUNDS]");
	if (setrlimit(RLIMIT_NOFILE, &files))
		warn("setrlimit");
	address = many_resolve(argv[2], argv[3]);
	if (strcmp(argv[1], "client"))
		s = many_listener();
	if (!strcmp(argv[1], "server"))
		many_serve(&s);
	if (argc < 6)
		errx(2, "how many connections and rounds?");
	connections = atoi(argv[4]);
	rounds = atoi(argv[5]);
	if (!strcmp(argv[1], "both") &&
	    pthread_create(&thread, NULL, many_serve, &s))
		errx(1, "no thread");
	many_client();
	printf("%d connections of %d rounds\n", done, rounds);
	freeaddrinfo(address);
	return done == connections ? 0 : 1;
}
