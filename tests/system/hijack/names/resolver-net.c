// SPDX-License-Identifier: GPL-2.0
/* The sockets, interfaces and files that tests of the resolver use. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>

#include <lkl_host.h>

#include "support/net/netlink-request.h"
#include "resolver-net.h"
#include "state/thread-state.h"

/* False: the functions are about the host. */
static bool net_in_lkl;
static pid_t net_kernel_of;

bool thread_uses_lkl(void)
{
	return net_kernel_of && net_kernel_of == getpid();
}

void net_boot_lkl(void)
{
	lkl_host_ops.print = NULL;
	net_expect(lkl_init(&lkl_host_ops) == 0);
	net_expect(lkl_start_kernel("quiet") == 0);
	net_in_lkl = true;
	net_kernel_of = getpid();
	net_expect(net_set_up(1) == 0);
}

void net_halt_lkl(void)
{
	net_kernel_of = 0;
	net_expect(lkl_sys_halt() == 0);
	lkl_cleanup();
}

static long net_request_host(long ret)
{
	return ret < 0 ? -errno : ret;
}

long net_socket(int family, int type, int protocol)
{
	return net_in_lkl ? lkl_sys_socket(family, type, protocol)
			  : net_request_host(socket(family, type, protocol));
}

long net_bind(int fd, const struct sockaddr *addr, socklen_t len)
{
	return net_in_lkl ? lkl_sys_bind(fd, (struct lkl_sockaddr *)addr, len)
			  : net_request_host(bind(fd, addr, len));
}

long net_listen(int fd)
{
	return net_in_lkl ? lkl_sys_listen(fd, 16)
			  : net_request_host(listen(fd, 16));
}

long net_accept(int fd)
{
	return net_in_lkl ? lkl_sys_accept4(fd, NULL, NULL, 0)
			  : net_request_host(accept(fd, NULL, NULL));
}

long net_send(int fd, const void *buf, size_t len, const struct sockaddr *to, socklen_t to_len)
{
	return net_in_lkl ? lkl_sys_sendto(fd, (void *)buf, len, MSG_NOSIGNAL,
					   (struct lkl_sockaddr *)to, to_len)
			  : net_request_host(sendto(fd, buf, len, MSG_NOSIGNAL,
						    to, to_len));
}

long net_receive(int fd, void *buf, size_t len, struct sockaddr *from, socklen_t *from_len)
{
	return net_in_lkl ? lkl_sys_recvfrom(fd, buf, len, 0,
					     (struct lkl_sockaddr *)from,
					     (int *)from_len)
			  : net_request_host(
				    recvfrom(fd, buf, len, 0, from, from_len));
}

long net_poll(struct pollfd *fds, unsigned int n)
{
	return net_in_lkl ? lkl_sys_ppoll((struct lkl_pollfd *)fds, n, NULL,
					  NULL, 0)
			  : net_request_host(poll(fds, n, -1));
}

long net_close(int fd)
{
	return net_in_lkl ? lkl_sys_close(fd) : net_request_host(close(fd));
}

static long net_request_send_request(const struct netlink_request *r)
{
	long fd = net_socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE), ret;
	struct {
		struct nlmsghdr nh;
		struct nlmsgerr err;
		char rest[1024];
	} reply;

	if (fd < 0)
		return fd;
	ret = net_send(fd, r, r->header.len, NULL, 0);
	if (ret >= 0)
		ret = net_receive(fd, &reply, sizeof(reply), NULL, NULL);
	net_close(fd);
	return ret < 0 ? ret : reply.err.error;
}

long net_set_up(unsigned int index)
{
	struct ifinfomsg info = { .ifi_index = index, .ifi_flags = IFF_UP, .ifi_change = IFF_UP };
	struct netlink_request r;

	request_begin(&r, RTM_NEWLINK, NLM_F_REQUEST | NLM_F_ACK, &info, sizeof(info));
	return net_request_send_request(&r);
}

long net_add_link(const char *name, const char *type, const unsigned char mac[6])
{
	const struct ifinfomsg info = { };
	struct netlink_attribute *nest;
	struct netlink_request r;

	request_begin(&r, RTM_NEWLINK, NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL,
		      &info, sizeof(info));
	request_add(&r, IFLA_IFNAME, name, strlen(name) + 1);
	if (mac)
		request_add(&r, IFLA_ADDRESS, mac, 6);
	nest = request_nest(&r, IFLA_LINKINFO);
	request_add(&r, IFLA_INFO_KIND, type, strlen(type));
	request_end_nest(&r, nest);
	return net_request_send_request(&r);
}

long net_delete_link(unsigned int index)
{
	const struct ifinfomsg info = { .ifi_index = index };
	struct netlink_request r;

	request_begin(&r, RTM_DELLINK, NLM_F_REQUEST | NLM_F_ACK, &info, sizeof(info));
	return net_request_send_request(&r);
}

static void add_address(struct netlink_request *r, int type, int family, const char *text)
{
	unsigned char addr[16];

	if (!text)
		return;
	net_expect(inet_pton(family, text, addr) == 1);
	request_add(r, type, addr, family == AF_INET ? 4 : 16);
}

long net_add_address(unsigned int index, int family, const char *addr, const char *peer,
		     const char *broadcast, unsigned int prefix_len, const char *label)
{
	const struct ifaddrmsg info = {
		.ifa_family = family, .ifa_prefixlen = prefix_len, .ifa_index = index,
		.ifa_flags = family == AF_INET6 ? IFA_F_NODAD : 0,
	};
	struct netlink_request r;

	request_begin(&r, RTM_NEWADDR, NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL,
		      &info, sizeof(info));
	add_address(&r, IFA_LOCAL, family, addr);
	add_address(&r, IFA_ADDRESS, family, peer ? peer : addr);
	add_address(&r, IFA_BROADCAST, family, broadcast);
	if (label)
		request_add(&r, IFA_LABEL, label, strlen(label) + 1);
	return net_request_send_request(&r);
}

bool net_make_private(void)
{
	if (unshare(CLONE_NEWNET | CLONE_NEWNS) < 0 &&
	    unshare(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWNS) < 0)
		return false;
	return !mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) && !net_set_up(1);
}

FILE *net_ask_libc(bool (*ask)(FILE *out))
{
	FILE *out = fdopen(memfd_create("libc", 0), "w+");
	pid_t pid = fork();
	int status;

	if (!pid)
		_exit(ask(out) && !fflush(out) ? 0 : 77);
	waitpid(pid, &status, 0);
	if (!WIFEXITED(status) || WEXITSTATUS(status)) {
		printf("# no private network: the comparison with libc is skipped\n");
		fclose(out);
		return NULL;
	}
	rewind(out);
	return out;
}

bool net_replace_file(const char *path, const char *text)
{
	char name[] = "/tmp/lkl-resolver-XXXXXX";
	int fd = mkstemp(name);
	bool ok;

	if (fd < 0)
		return false;
	ok = write(fd, text, strlen(text)) == (ssize_t)strlen(text) && !fchmod(fd, 0644) &&
	     !mount(name, path, NULL, MS_BIND, NULL);
	close(fd);
	unlink(name);
	return ok;
}

void net_write_lkl_file(const char *path, const char *text)
{
	long fd;

	lkl_sys_mkdir("/etc", 0755);
	if (!text) {
		lkl_sys_unlink(path);
		return;
	}
	fd = lkl_sys_open(path, LKL_O_CREAT | LKL_O_TRUNC | LKL_O_WRONLY, 0644);
	net_expect(fd >= 0);
	net_expect(lkl_sys_write(fd, text, strlen(text)) == (long)strlen(text));
	lkl_sys_close(fd);
}
