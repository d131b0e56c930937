// SPDX-License-Identifier: GPL-2.0
/* An instance on a network, for programs that are linked with liblkl. */
#include "support/net/network-instance.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

void give_up(const char *what, long error)
{
	fprintf(stderr, "%s: %s\n", what, lkl_strerror(error));
	exit(1);
}

void boot(void)
{
	must(lkl_init(&lkl_host_ops));
	must(lkl_start_kernel("mem=128M loglevel=4"));
}

void set_address(int ifindex, const char *address)
{
	must(lkl_if_set_ipv4(ifindex, inet_addr(address), 24));
	must(lkl_if_up(ifindex));
}

int attach(struct lkl_netdev *nd, const char *address)
{
	/* All checksum and TCP segmentation offloads, in both directions */
	struct lkl_netdev_args args = { .offload = 0x8883 };
	int id;

	if (!nd) {
		fprintf(stderr, "no back end\n");
		exit(1);
	}
	id = must(lkl_netdev_add(nd, &args));
	set_address(must(lkl_netdev_get_ifindex(id)), address);
	return id;
}

struct lkl_sockaddr_in address_of(const char *address, int port)
{
	return (struct lkl_sockaddr_in){
		.sin_family = LKL_AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = inet_addr(address),
	};
}

int connect_to(const char *address, int port)
{
	struct lkl_sockaddr_in to = address_of(address, port);
	int fd = must(lkl_sys_socket(LKL_AF_INET, LKL_SOCK_STREAM, 0));
	long error = lkl_sys_connect(fd, (struct lkl_sockaddr *)&to, sizeof(to));

	if (!error)
		return fd;
	must(lkl_sys_close(fd));
	return error;
}

bool send_all(int fd, const void *data, size_t len)
{
	const char *at = data;

	while (len) {
		long n = lkl_sys_sendto(fd, (void *)at, len, LKL_MSG_NOSIGNAL, NULL, 0);

		if (n <= 0)
			return false;
		at += n;
		len -= n;
	}
	return true;
}

bool receive_all(int fd, void *data, size_t len)
{
	char *at = data;

	while (len) {
		long n = lkl_sys_read(fd, at, len);

		if (n <= 0)
			return false;
		at += n;
		len -= n;
	}
	return true;
}

void fill(void *data, size_t len, unsigned int seed)
{
	unsigned char *p = data;

	while (len--) {
		seed = seed * 1103515245 + 12345;
		*p++ = seed >> 16;
	}
}
