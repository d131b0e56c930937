/* SPDX-License-Identifier: GPL-2.0 */
/* Helpers for programs that run hijacked. */
#ifndef LKL_TESTS_HIJACK_H
#define LKL_TESTS_HIJACK_H

#include <arpa/inet.h>
#include <check.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/*
 * Return whether the program is hijacked; otherwise it would test the host's
 * stack.
 */
static inline int is_hijacked(void)
{
	return getenv("LKL_HIJACK_PID") != NULL;
}

static inline struct sockaddr_in local_address(int port)
{
	struct sockaddr_in a = { .sin_family = AF_INET };

	a.sin_port = htons(port);
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return a;
}

/* A listening socket on a free port of the loopback. */
static inline int make_listener(struct sockaddr_in *a)
{
	socklen_t len = sizeof(*a);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	ck_assert_int_ge(fd, 0);
	*a = local_address(0);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)a, sizeof(*a)), 0);
	ck_assert_int_eq(listen(fd, 16), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)a, &len), 0);
	return fd;
}

/* Two ends of a TCP connection. */
static inline void make_pair(int pair[2])
{
	struct sockaddr_in a;
	int listener = make_listener(&a);

	pair[0] = socket(AF_INET, SOCK_STREAM, 0);
	ck_assert_int_eq(connect(pair[0], (struct sockaddr *)&a, sizeof(a)), 0);
	pair[1] = accept(listener, NULL, NULL);
	ck_assert_int_ge(pair[1], 0);
	close(listener);
}

static inline void close_pair(const int pair[2])
{
	close(pair[0]);
	close(pair[1]);
}

#endif /* LKL_TESTS_HIJACK_H */
