// SPDX-License-Identifier: GPL-2.0
/*
 * Fetch a page by HTTP over a network stack of the program's own, without
 * privileges: libslirp makes the connections of the host.  10.0.2.2 is the host
 * itself.
 *
 *	cc http-get.c -o http-get $(pkg-config --cflags --libs lkl)
 *	./http-get 10.0.2.2 8000 /index.html
 */
#include <lkl_host.h>
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PREFIX_LEN	24

/* Give the device the address that libslirp expects: 10.0.2.15. */
static long device_set_up(int device)
{
	int ifindex = lkl_netdev_get_ifindex(device);
	long ret = ifindex < 0 ? ifindex : lkl_if_up(ifindex);

	if (!ret)
		ret = lkl_if_set_ipv4(ifindex, inet_addr("10.0.2.15"), PREFIX_LEN);
	if (!ret)
		ret = lkl_set_ipv4_gateway(inet_addr("10.0.2.2"));
	return ret;
}

static long send_all(int fd, const char *data, size_t len)
{
	while (len) {
		long n = lkl_sys_write(fd, data, len);

		if (n < 0)
			return n;
		data += n;
		len -= n;
	}
	return 0;
}

static long http_get(const char *address, unsigned short port, const char *path)
{
	struct lkl_sockaddr_in to = {
		.sin_family = LKL_AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = inet_addr(address),
	};
	char buf[4096];
	long ret, fd = lkl_sys_socket(LKL_AF_INET, LKL_SOCK_STREAM, 0);

	if (fd < 0)
		return fd;
	snprintf(buf, sizeof(buf), "GET %s HTTP/1.0\r\nHost: %s\r\n\r\n", path, address);
	ret = lkl_sys_connect(fd, (struct lkl_sockaddr *)&to, sizeof(to));
	if (!ret)
		ret = send_all(fd, buf, strlen(buf));
	while (!ret) {
		long n = lkl_sys_read(fd, buf, sizeof(buf));

		if (n <= 0) {
			ret = n;
			break;
		}
		if (fwrite(buf, 1, n, stdout) != (size_t)n)
			ret = -LKL_EIO;
	}
	lkl_sys_close(fd);
	return ret;
}

static long http_with_device(struct lkl_netdev *slirp, char **argv)
{
	int device = lkl_netdev_add(slirp, NULL);
	long ret, err;

	if (device < 0)
		return device;
	ret = lkl_start_kernel("quiet");
	if (!ret) {
		ret = device_set_up(device);
		if (!ret)
			ret = http_get(argv[1], atoi(argv[2]), argv[3]);
		err = lkl_sys_halt();
		if (!ret)
			ret = err;
	}
	err = lkl_netdev_remove(device);
	return ret ? ret : err;
}

int main(int argc, char **argv)
{
	struct lkl_netdev *slirp;
	long ret;

	if (argc != 4) {
		fprintf(stderr, "usage: http-get ADDRESS PORT PATH\n");
		return 2;
	}
	ret = lkl_init(&lkl_host_ops);
	if (!ret) {
		slirp = lkl_netdev_slirp_create();	/* reports its failures itself */
		ret = slirp ? http_with_device(slirp, argv) : -LKL_EOPNOTSUPP;
		lkl_netdev_free(slirp);
		lkl_cleanup();
	}
	if (ret)
		fprintf(stderr, "http-get: %s port %s: %s\n", argv[1], argv[2], lkl_strerror(ret));
	return ret ? 1 : 0;
}
