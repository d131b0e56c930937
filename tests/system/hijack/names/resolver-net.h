/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sockets of LKL or of the host: a test does the same on both and compares.
 * Results are as the kernel's, negative errors included.
 */
#ifndef LKL_TESTS_RESOLVER_NET_H
#define LKL_TESTS_RESOLVER_NET_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

/* As ck_assert(), also for processes that Check does not know. */
#define net_expect(what) \
	do { \
		if (!(what)) { \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #what); \
			abort(); \
		} \
	} while (0)

/*
 * Boot a kernel with a loopback interface.  From now on, the functions below are
 * about LKL, and thread_uses_lkl() is true in this process, but not in a child.
 */
void net_boot_lkl(void);
void net_halt_lkl(void);

long net_socket(int family, int type, int protocol);
long net_bind(int fd, const struct sockaddr *addr, socklen_t len);
long net_listen(int fd);
long net_accept(int fd);
long net_send(int fd, const void *buf, size_t len, const struct sockaddr *to, socklen_t to_len);
long net_receive(int fd, void *buf, size_t len, struct sockaddr *from, socklen_t *from_len);
long net_poll(struct pollfd *fds, unsigned int n);
long net_close(int fd);

/* By rtnetlink; the first error is returned. */
long net_set_up(unsigned int index);
/* @type: of a link without options, as "dummy". */
long net_add_link(const char *name, const char *type, const unsigned char mac[6]);
long net_add_address(unsigned int index, int family, const char *addr, const char *peer,
		     const char *broadcast, unsigned int prefix_len, const char *label);
long net_delete_link(unsigned int index);

/*
 * A private network and private files over the host's, for a comparison with
 * libc's own resolver.  False when this is not allowed here.
 */
bool net_make_private(void);
/*
 * Call @ask in a child, whose network becomes private, before this process has a
 * kernel.  Return what @ask wrote, or NULL after a message if @ask returned false.
 */
FILE *net_ask_libc(bool (*ask)(FILE *out));
/* Puts @text in the place of the host's file @path. */
bool net_replace_file(const char *path, const char *text);

/* Writes a file of the LKL instance, or removes it (@text is NULL). */
void net_write_lkl_file(const char *path, const char *text);

#endif /* LKL_TESTS_RESOLVER_NET_H */
