// SPDX-License-Identifier: GPL-2.0
/*
 * One end of a WireGuard tunnel, set up as ip and wg do it, by netlink; no other program
 * can do that, because each process has a kernel of its own.
 *
 * usage: wireguard server|client PIPES PRIVATE-KEY PEER'S-PUBLIC-KEY
 *
 * The instances have 10.1.0.1 and 10.1.0.2 on the pipes, 10.2.0.1 and 10.2.0.2 in the
 * tunnel, through which a million bytes are sent back.
 */
#include "support/network-instance.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lkl/linux/genetlink.h>
#include <lkl/linux/if_link.h>
#include <lkl/linux/netlink.h>
#include <lkl/linux/rtnetlink.h>
#include <lkl/linux/tcp.h>
#include <lkl/linux/wireguard.h>

enum { SIZE = 1000000, TUNNEL_PORT = 51820, PORT = 5000 };

struct message {
	struct lkl_nlmsghdr header;
	char rest[2000];
};

static void *append(struct message *m, const void *data, size_t len)
{
	char *at = (char *)m + LKL_NLMSG_ALIGN(m->header.nlmsg_len);

	m->header.nlmsg_len = at - (char *)m + len;
	if (data)
		memcpy(at, data, len);
	return at;
}

static struct lkl_nlattr *attribute(struct message *m, int type, const void *data,
				    size_t len)
{
	struct lkl_nlattr a = { .nla_type = type, .nla_len = LKL_NLA_HDRLEN + len };
	struct lkl_nlattr *result = append(m, &a, sizeof(a));

	if (len)
		append(m, data, len);
	return result;
}

static void nested_end(struct message *m, struct lkl_nlattr *nest)
{
	m->header.nlmsg_len = LKL_NLMSG_ALIGN(m->header.nlmsg_len);
	nest->nla_type |= LKL_NLA_F_NESTED;
	nest->nla_len = (char *)m + m->header.nlmsg_len - (char *)nest;
}

/* Sends a request and takes the answer, or the acknowledgement. */
static void transact(int protocol, struct message *m, struct message *answer)
{
	int fd = must(lkl_sys_socket(LKL_AF_NETLINK, LKL_SOCK_RAW, protocol));

	m->header.nlmsg_flags |= LKL_NLM_F_REQUEST | (answer ? 0 : LKL_NLM_F_ACK);
	must(lkl_sys_sendto(fd, m, m->header.nlmsg_len, 0, NULL, 0));
	if (!answer)
		answer = m;
	must(lkl_sys_read(fd, (char *)answer, sizeof(*answer)));
	must(lkl_sys_close(fd));
	if (answer->header.nlmsg_type == LKL_NLMSG_ERROR) {
		struct lkl_nlmsgerr *e = (void *)answer->rest;

		must(e->error);
	}
}

static int make_interface(void)
{
	struct message m = { .header = { .nlmsg_len = LKL_NLMSG_HDRLEN,
					 .nlmsg_type = LKL_RTM_NEWLINK,
					 .nlmsg_flags = LKL_NLM_F_CREATE | LKL_NLM_F_EXCL } };
	struct lkl_ifinfomsg info = { 0 };
	struct lkl_nlattr *nest;

	append(&m, &info, sizeof(info));
	attribute(&m, LKL_IFLA_IFNAME, "wg0", 4);
	nest = attribute(&m, LKL_IFLA_LINKINFO, NULL, 0);
	attribute(&m, LKL_IFLA_INFO_KIND, "wireguard", 9);
	nested_end(&m, nest);
	transact(LKL_NETLINK_ROUTE, &m, NULL);
	return must(lkl_ifname_to_ifindex("wg0"));
}

static int wireguard_family(void)
{
	struct message answer, m = { .header = { .nlmsg_len = LKL_NLMSG_HDRLEN,
						 .nlmsg_type = LKL_GENL_ID_CTRL } };
	struct lkl_genlmsghdr g = { .cmd = LKL_CTRL_CMD_GETFAMILY, .version = 1 };
	struct lkl_nlattr *a = (void *)(answer.rest + LKL_GENL_HDRLEN);

	append(&m, &g, sizeof(g));
	attribute(&m, LKL_CTRL_ATTR_FAMILY_NAME, "wireguard", 10);
	transact(LKL_NETLINK_GENERIC, &m, &answer);
	while ((char *)a < (char *)&answer + answer.header.nlmsg_len) {
		if (a->nla_type == LKL_CTRL_ATTR_FAMILY_ID)
			return *(uint16_t *)(a + 1);
		a = (void *)((char *)a + LKL_NLA_ALIGN(a->nla_len));
	}
	give_up("wireguard", -LKL_ENOENT);
}

/* 32 bytes from the text that wg prints */
static void decode(const char *text, unsigned char key[33])
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	unsigned int bits = 0, n = 0, at = 0;

	for (; *text && *text != '='; text++) {
		const char *digit = strchr(digits, *text);

		if (!digit)
			give_up("a key", -LKL_EINVAL);
		bits = bits << 6 | (digit - digits);
		n += 6;
		if (n >= 8 && at < 33) {
			n -= 8;
			key[at++] = bits >> n;
		}
	}
	if (at != 32)
		give_up("a key", -LKL_EINVAL);
}

static void add_peer(struct message *m, const char *public_key, const char *endpoint,
		     const char *allowed)
{
	struct lkl_sockaddr_in to = address_of(endpoint, TUNNEL_PORT);
	struct lkl_nlattr *peers, *peer, *ips, *ip;
	uint32_t address = inet_addr(allowed);
	unsigned char key[33];
	uint16_t family = LKL_AF_INET;
	uint8_t mask = 32;

	decode(public_key, key);
	peers = attribute(m, LKL_WGDEVICE_A_PEERS, NULL, 0);
	peer = attribute(m, 0, NULL, 0);
	attribute(m, LKL_WGPEER_A_PUBLIC_KEY, key, 32);
	attribute(m, LKL_WGPEER_A_ENDPOINT, &to, sizeof(to));
	ips = attribute(m, LKL_WGPEER_A_ALLOWEDIPS, NULL, 0);
	ip = attribute(m, 0, NULL, 0);
	attribute(m, LKL_WGALLOWEDIP_A_FAMILY, &family, sizeof(family));
	attribute(m, LKL_WGALLOWEDIP_A_IPADDR, &address, sizeof(address));
	attribute(m, LKL_WGALLOWEDIP_A_CIDR_MASK, &mask, sizeof(mask));
	nested_end(m, ip);
	nested_end(m, ips);
	nested_end(m, peer);
	nested_end(m, peers);
}

static void set_device(const char *private_key, const char *public_key,
		       const char *endpoint, const char *allowed)
{
	struct message m = { .header = { .nlmsg_len = LKL_NLMSG_HDRLEN } };
	struct lkl_genlmsghdr g = { .cmd = LKL_WG_CMD_SET_DEVICE, .version = 1 };
	uint16_t port = TUNNEL_PORT;
	unsigned char key[33];

	m.header.nlmsg_type = wireguard_family();
	decode(private_key, key);
	append(&m, &g, sizeof(g));
	attribute(&m, LKL_WGDEVICE_A_IFNAME, "wg0", 4);
	attribute(&m, LKL_WGDEVICE_A_PRIVATE_KEY, key, 32);
	attribute(&m, LKL_WGDEVICE_A_LISTEN_PORT, &port, sizeof(port));
	add_peer(&m, public_key, endpoint, allowed);
	transact(LKL_NETLINK_GENERIC, &m, NULL);
}

static char data[SIZE], copy[SIZE];

static void serve(void)
{
	struct lkl_sockaddr_in any = address_of("10.2.0.1", PORT);
	int s = must(lkl_sys_socket(LKL_AF_INET, LKL_SOCK_STREAM, 0)), fd;

	must(lkl_sys_bind(s, (struct lkl_sockaddr *)&any, sizeof(any)));
	must(lkl_sys_listen(s, 1));
	printf("ready\n");
	fflush(stdout);
	fd = must(lkl_sys_accept(s, NULL, NULL));
	if (!receive_all(fd, data, SIZE) || !send_all(fd, data, SIZE))
		give_up("the connection", -LKL_EPIPE);
	/* The other side closes when it has got everything. */
	must(lkl_sys_read(fd, data, 1));
}

static void ask(void)
{
	struct lkl_sockaddr_in to = address_of("10.2.0.1", PORT);
	int fd = must(lkl_sys_socket(LKL_AF_INET, LKL_SOCK_STREAM, 0)), tries = 2;
	int linger[] = { 1, 30 };		/* struct linger */
	long error;

	must(lkl_sys_setsockopt(fd, LKL_IPPROTO_TCP, LKL_TCP_SYNCNT, (char *)&tries,
				sizeof(tries)));
	error = lkl_sys_connect(fd, (struct lkl_sockaddr *)&to, sizeof(to));
	if (error)
		give_up("connect", error);
	fill(data, SIZE, 1);
	if (!send_all(fd, data, SIZE) || !receive_all(fd, copy, SIZE))
		give_up("the connection", -LKL_EPIPE);
	if (memcmp(data, copy, SIZE))
		give_up("other bytes came back", -LKL_EIO);
	/* The end of this kernel must not come before that of the connection. */
	must(lkl_sys_setsockopt(fd, LKL_SOL_SOCKET, LKL_SO_LINGER, (char *)&linger,
				sizeof(linger)));
	must(lkl_sys_close(fd));
	printf("%d bytes came back\n", SIZE);
}

int main(int argc, char **argv)
{
	bool server = argc == 5 && !strcmp(argv[1], "server");

	if (argc != 5) {
		fprintf(stderr, "usage: wireguard server|client PIPES KEY PEER\n");
		return 2;
	}
	boot();
	attach(lkl_netdev_pipe_create(argv[2], 0x8883), server ? "10.1.0.1" : "10.1.0.2");
	set_address(make_interface(), server ? "10.2.0.1" : "10.2.0.2");
	set_device(argv[3], argv[4], server ? "10.1.0.2" : "10.1.0.1",
		   server ? "10.2.0.2" : "10.2.0.1");
	if (server)
		serve();
	else
		ask();
	must(lkl_sys_halt());
	lkl_cleanup();
	return 0;
}
