// SPDX-License-Identifier: GPL-2.0
/*
 * Measure small requests and responses over TCP, one at a time: the time of each, and
 * the connections that are made per second.
 *
 * usage: rr server PORT
 *	  rr latency ADDRESS PORT COUNT		prints mean, median and 99 % in us
 *	  rr connect ADDRESS PORT COUNT		prints connections per second
 */
#include <arpa/inet.h>
#include <err.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "shared/clock.h"

static void rr_set(int fd, int level, int option)
{
	int one = 1;

	if (setsockopt(fd, level, option, &one, sizeof(one)))
		err(1, "setsockopt");
}

static double now_us(void)
{
	return now_ns() / 1e3;
}

static void rr_serve(int port)
{
	struct sockaddr_in any = { .sin_family = AF_INET, .sin_port = htons(port) };
	int s = socket(AF_INET, SOCK_STREAM, 0);

	if (s < 0)
		err(1, "socket");
	rr_set(s, SOL_SOCKET, SO_REUSEADDR);
	if (bind(s, (struct sockaddr *)&any, sizeof(any)) || listen(s, 100))
		err(1, "listen");
	for (;;) {
		int fd = accept(s, NULL, NULL);
		char c;

		if (fd < 0)
			err(1, "accept");
		rr_set(fd, IPPROTO_TCP, TCP_NODELAY);
		while (read(fd, &c, 1) == 1) {
			if (write(fd, &c, 1) != 1)
				break;
		}
		close(fd);
	}
}

static int connect_to(const char *address, int port)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(port) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (inet_pton(AF_INET, address, &to.sin_addr) != 1)
		errx(2, "%s is no address", address);
	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)))
		err(1, "connect");
	rr_set(fd, IPPROTO_TCP, TCP_NODELAY);
	return fd;
}

static void rr_ask(int fd)
{
	char c = 'x';

	if (write(fd, &c, 1) != 1 || read(fd, &c, 1) != 1)
		err(1, "no answer");
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void rr_latency(int fd, int count)
{
	double *us = calloc(count, sizeof(*us)), sum = 0;

	if (!us)
		err(1, "calloc");
	for (int i = 0; i < count / 10; i++)
		rr_ask(fd);
	for (int i = 0; i < count; i++) {
		double t = now_us();

		rr_ask(fd);
		us[i] = now_us() - t;
		sum += us[i];
	}
	qsort(us, count, sizeof(*us), by_value);
	printf("%.1f %.1f %.1f\n", sum / count, us[count / 2], us[count * 99 / 100]);
	free(us);
}

static void rr_connections(const char *address, int port, int count)
{
	/* Reset connections, so that no port waits for late packets. */
	struct linger reset = { .l_onoff = 1 };
	double t = now_us();

	for (int i = 0; i < count; i++) {
		int fd = connect_to(address, port);

		rr_ask(fd);
		if (setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset)))
			err(1, "SO_LINGER");
		close(fd);
	}
	printf("%.0f\n", count / (now_us() - t) * 1e6);
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "server"))
		rr_serve(atoi(argv[2]));
	if (argc != 5 || atoi(argv[4]) < 100)
		errx(2, "usage: rr server PORT | latency|connect ADDRESS PORT COUNT");
	if (!strcmp(argv[1], "latency"))
		rr_latency(connect_to(argv[2], atoi(argv[3])), atoi(argv[4]));
	else
		rr_connections(argv[2], atoi(argv[3]), atoi(argv[4]));
	return 0;
}
