/* SPDX-License-Identifier: GPL-2.0 */
/* Helpers for the files of the socket suite, which sockets.c describes. */
#ifndef LKL_TESTS_SOCKETS_H
#define LKL_TESTS_SOCKETS_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

/* A case. It is registered by being defined, in the order of the file. */
#define TEST(name)							\
	static void name(void);						\
	static void __attribute__((constructor)) name##_register(void)	\
	{								\
		sockets_add(__FILE__, #name, name);			\
	}								\
	static void name(void)

void sockets_add(const char *file, const char *name, void (*run)(void));

/* Add an observed fact to the line of the case, which is compared. */
void fact(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same for the result of a call: its value, or the name of errno. */
#define report(what, call) do {						\
	errno = 0;							\
	report_result(what, (long)(call));				\
} while (0)
void report_result(const char *what, long result);

/* The result of a call that the case takes for granted; the case ends if it fails. */
#define must(call) ({							\
	long must_result = (long)(call);				\
									\
	if (must_result < 0)						\
		give_up(#call, errno);					\
	must_result;							\
})
void __attribute__((noreturn)) give_up(const char *what, int error);

union address {
	struct sockaddr sa;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
	struct sockaddr_storage storage;
};

/* Loopback, with a port (0: the kernel's choice). */
union address loopback(int family, int port);
socklen_t length_of(const union address *a);
int port_of(const union address *a);
union address name_of(int fd);
void report_address(const char *what, const union address *a);	/* without port */

int tcp_listener(int family, int backlog);
int tcp_connect(const union address *to);
/* A connection: pair[0] connected, pair[1] accepted. */
void tcp_pair(int family, int pair[2]);
int udp_socket(int family);			/* bound to loopback */

/* Blocks until one of @events (or an error) is there; what is there. */
short wait_for(int fd, short events);
void report_events(const char *what, int events);	/* POLL*, EPOLL* alike */
void read_all(int fd, void *data, size_t len);
void write_all(int fd, const void *data, size_t len);
long drain(int fd);				/* bytes until the end of the stream */
void fill(void *data, size_t len, unsigned int seed);

pthread_t start_thread(void *(*run)(void *), void *arg);
void join(pthread_t thread);
/* Returns when thread @tid is asleep, in a call that blocks. */
void until_asleep(pid_t tid);

/* File descriptors are at hand in any order; only their difference is a fact. */
int temporary_file(const void *data, size_t len);

#endif /* LKL_TESTS_SOCKETS_H */
