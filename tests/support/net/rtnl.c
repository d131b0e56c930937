// SPDX-License-Identifier: GPL-2.0
/*
 * Requests to rtnetlink and the kernel's lists, for tests.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lkl_host.h>
#include <lkl/linux/if_link.h>
#include <lkl/linux/veth.h>

#include "support/net/netlink-request.h"
#include "support/net/rtnl.h"

static int open_rtnl(void)
{
	struct lkl_sockaddr_nl addr = { .nl_family = LKL_AF_NETLINK };
	int fd = lkl_sys_socket(LKL_AF_NETLINK, LKL_SOCK_RAW, 0);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(lkl_sys_bind(fd, (struct lkl_sockaddr *)&addr,
				      sizeof(addr)), 0);
	return fd;
}

static void take_apart(struct rtnl_object *o, struct lkl_nlmsghdr *msg,
		       size_t head)
{
	struct lkl_rtattr *rta;
	int len = msg->nlmsg_len - LKL_NLMSG_LENGTH(LKL_NLMSG_ALIGN(head));

	memset(o, 0, sizeof(*o));
	o->head = LKL_NLMSG_DATA(msg);
	rta = (void *)((char *)msg + LKL_NLMSG_LENGTH(LKL_NLMSG_ALIGN(head)));
	for (; LKL_RTA_OK(rta, len); rta = LKL_RTA_NEXT(rta, len)) {
		if (rta->rta_type >= 64)
			continue;
		o->attr[rta->rta_type] = LKL_RTA_DATA(rta);
		o->len[rta->rta_type] = LKL_RTA_PAYLOAD(rta);
	}
}

int rtnl_count(uint16_t type, int family, size_t head,
	       bool (*match)(const struct rtnl_object *o, const void *arg),
	       const void *arg)
{
	static _Alignas(8) char buf[65536];
	struct {
		struct lkl_nlmsghdr hdr;
		char head[64];
	} req = {
		.hdr = {
			.nlmsg_len = LKL_NLMSG_LENGTH(head),
			.nlmsg_type = type,
			.nlmsg_flags = LKL_NLM_F_REQUEST | LKL_NLM_F_DUMP,
		},
		.head = { family },
	};
	int fd = open_rtnl(), found = 0;
	struct rtnl_object o;

	ck_assert_int_gt(lkl_sys_send(fd, &req, req.hdr.nlmsg_len, 0), 0);
	for (;;) {
		long len = lkl_sys_recv(fd, buf, sizeof(buf), 0);
		struct lkl_nlmsghdr *msg = (void *)buf;

		ck_assert_int_gt(len, 0);
		for (; LKL_NLMSG_OK(msg, len); msg = LKL_NLMSG_NEXT(msg, len)) {
			ck_assert_int_ne(msg->nlmsg_type, LKL_NLMSG_ERROR);
			if (msg->nlmsg_type == LKL_NLMSG_DONE) {
				lkl_sys_close(fd);
				return found;
			}
			take_apart(&o, msg, head);
			found += match(&o, arg);
		}
	}
}

static void begin_link(struct netlink_request *r, const char *name)
{
	const struct lkl_ifinfomsg info = { 0 };
	const uint32_t queues = 2;

	request_begin(r, LKL_RTM_NEWLINK, LKL_NLM_F_REQUEST | LKL_NLM_F_ACK |
		      LKL_NLM_F_CREATE | LKL_NLM_F_EXCL, &info, sizeof(info));
	request_add(r, LKL_IFLA_IFNAME, name, strlen(name) + 1);
	request_add(r, LKL_IFLA_NUM_TX_QUEUES, &queues, sizeof(queues));
}

static void send_request(const struct netlink_request *r)
{
	struct {
		struct lkl_nlmsghdr hdr;
		int error;
		char rest[2048];
	} answer;
	int fd = open_rtnl();

	ck_assert_int_gt(lkl_sys_send(fd, (void *)r, r->header.len, 0), 0);
	ck_assert_int_gt(lkl_sys_recv(fd, &answer, sizeof(answer), 0), 0);
	ck_assert_int_eq(answer.hdr.nlmsg_type, LKL_NLMSG_ERROR);
	ck_assert_int_eq(answer.error, 0);
	lkl_sys_close(fd);
}

int rtnl_add_link(const char *kind, const char *name)
{
	struct netlink_attribute *info;
	struct netlink_request r;

	begin_link(&r, name);
	info = request_nest(&r, LKL_IFLA_LINKINFO);
	request_add(&r, LKL_IFLA_INFO_KIND, kind, strlen(kind));
	request_end_nest(&r, info);
	send_request(&r);
	return lkl_ifname_to_ifindex(name);
}

void rtnl_add_veth(const char *name, const char *peer)
{
	struct netlink_attribute *info, *data, *other;
	const struct lkl_ifinfomsg head = { 0 };
	struct netlink_request r;

	begin_link(&r, name);
	info = request_nest(&r, LKL_IFLA_LINKINFO);
	request_add(&r, LKL_IFLA_INFO_KIND, "veth", 4);
	data = request_nest(&r, LKL_IFLA_INFO_DATA);
	/* The peer's attributes follow the family header of the peer. */
	other = request_nest(&r, LKL_VETH_INFO_PEER);
	memcpy(r.bytes + r.header.len, &head, sizeof(head));
	r.header.len += sizeof(head);
	request_add(&r, LKL_IFLA_IFNAME, peer, strlen(peer) + 1);
	request_end_nest(&r, other);
	request_end_nest(&r, data);
	request_end_nest(&r, info);
	send_request(&r);
}

const char *file_of(const char *path)
{
	static char text[65536];
	size_t len = 0;
	int fd = lkl_sys_open(path, LKL_O_RDONLY, 0);
	long n;

	ck_assert_msg(fd >= 0, "%s: %s", path, lkl_strerror(fd));
	while ((n = lkl_sys_read(fd, text + len, sizeof(text) - 1 - len)) > 0)
		len += n;
	ck_assert_int_eq(n, 0);
	lkl_sys_close(fd);
	text[len] = '\0';
	return text;
}

static bool has_words(char *line, const char *const *words)
{
	char *save = NULL, *w = strtok_r(line, " \t", &save);

	for (; w && *words; w = strtok_r(NULL, " \t", &save))
		if (!strcmp(w, *words))
			words++;
	return !*words;
}

bool has_line(const char *path, const char *const *words)
{
	char *text = strdup(file_of(path)), *save = NULL, *line;
	bool found = false;

	for (line = strtok_r(text, "\n", &save); line && !found;
	     line = strtok_r(NULL, "\n", &save))
		found = has_words(line, words);
	free(text);
	return found;
}

uint32_t ip4(const char *text)
{
	uint32_t addr;

	ck_assert_int_eq(inet_pton(AF_INET, text, &addr), 1);
	return addr;
}

void *ip6(const char *text)
{
	static unsigned char addr[4][16];
	static int n;
	void *p = addr[n++ % 4];

	ck_assert_int_eq(inet_pton(AF_INET6, text, p), 1);
	return p;
}

void boot_net(const char *cmdline)
{
	ck_assert_int_eq(lkl_init(&lkl_host_ops), 0);
	ck_assert_int_eq(lkl_start_kernel("%s", cmdline), 0);
	ck_assert_int_eq(lkl_mount_fs("proc"), 0);
	ck_assert_int_eq(lkl_mount_fs("sysfs"), 0);
}

void halt_net(void)
{
	ck_assert_int_eq(lkl_sys_halt(), 0);
	lkl_cleanup();
}
