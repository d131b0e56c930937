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
#include "support/net/network-instance.h"

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

#include "support/net/netlink-request.h"

enum { SIZE = 1000000, TUNNEL_PORT = 51820, PORT = 5000 };

/* Send a request and read the answer, or the acknowledgement. */
static void wg_send_request(int protocol, struct netlink_request *r,
			    struct netlink_request *answer)
{
	int fd = must(lkl_sys_socket(LKL_AF_NETLINK, LKL_SOCK_RAW, protocol));

	r->header.flags |= LKL_NLM_F_REQUEST | (answer ? 0 : LKL_NLM_F_ACK);
	must(lkl_sys_sendto(fd, r, r->header.len, 0, NULL, 0));
	if (!answer)
		answer = r;
	must(lkl_sys_read(fd, answer->bytes, sizeof(*answer)));
	must(lkl_sys_close(fd));
	if (answer->header.type == LKL_NLMSG_ERROR) {
		const struct lkl_nlmsgerr *e = netlink_body(&answer->header);

		must(e->error);
	}
}

static int make_interface(void)
{
	const struct lkl_ifinfomsg info = { 0 };
	struct netlink_attribute *nest;
	struct netlink_request r;

	request_begin(&r, LKL_RTM_NEWLINK, LKL_NLM_F_CREATE | LKL_NLM_F_EXCL, &info, sizeof(info));
	request_add(&r, LKL_IFLA_IFNAME, "wg0", 4);
	nest = request_nest(&r, LKL_IFLA_LINKINFO);
	request_add(&r, LKL_IFLA_INFO_KIND, "wireguard", 9);
	request_end_nest(&r, nest);
	wg_send_request(LKL_NETLINK_ROUTE, &r, NULL);
	return must(lkl_ifname_to_ifindex("wg0"));
}

static int wireguard_family(void)
{
	const struct lkl_genlmsghdr g = { .cmd = LKL_CTRL_CMD_GETFAMILY, .version = 1 };
	const struct netlink_attribute *id;
	struct netlink_request r, answer;

	request_begin(&r, LKL_GENL_ID_CTRL, 0, &g, sizeof(g));
	request_add(&r, LKL_CTRL_ATTR_FAMILY_NAME, "wireguard", 10);
	wg_send_request(LKL_NETLINK_GENERIC, &r, &answer);
	id = netlink_find_in_message(&answer.header, sizeof(g), LKL_CTRL_ATTR_FAMILY_ID);
	if (!id)
		give_up("wireguard", -LKL_ENOENT);
	return *(const uint16_t *)netlink_data(id);
}

/* Decode the 32 bytes of a key as wg prints it. */
static void wg_decode(const char *text, unsigned char key[33])
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

static void add_peer(struct netlink_request *r, const char *public_key, const char *endpoint,
		     const char *allowed)
{
	struct lkl_sockaddr_in to = address_of(endpoint, TUNNEL_PORT);
	struct netlink_attribute *peers, *peer, *ips, *ip;
	uint32_t address = inet_addr(allowed);
	unsigned char key[33];
	uint16_t family = LKL_AF_INET;
	uint8_t mask = 32;

	wg_decode(public_key, key);
	peers = request_nest(r, LKL_WGDEVICE_A_PEERS);
	peer = request_nest(r, 0);
	request_add(r, LKL_WGPEER_A_PUBLIC_KEY, key, 32);
	request_add(r, LKL_WGPEER_A_ENDPOINT, &to, sizeof(to));
	ips = request_nest(r, LKL_WGPEER_A_ALLOWEDIPS);
	ip = request_nest(r, 0);
	request_add(r, LKL_WGALLOWEDIP_A_FAMILY, &family, sizeof(family));
	request_add(r, LKL_WGALLOWEDIP_A_IPADDR, &address, sizeof(address));
	request_add(r, LKL_WGALLOWEDIP_A_CIDR_MASK, &mask, sizeof(mask));
	request_end_nest(r, ip);
	request_end_nest(r, ips);
	request_end_nest(r, peer);
	request_end_nest(r, peers);
}

static void set_device(const char *private_key, const char *public_key,
		       const char *endpoint, const char *allowed)
{
	const struct lkl_genlmsghdr g = { .cmd = LKL_WG_CMD_SET_DEVICE, .version = 1 };
	struct netlink_request r;
	uint16_t port = TUNNEL_PORT;
	unsigned char key[33];

	wg_decode(private_key, key);
	request_begin(&r, wireguard_family(), 0, &g, sizeof(g));
	request_add(&r, LKL_WGDEVICE_A_IFNAME, "wg0", 4);
	request_add(&r, LKL_WGDEVICE_A_PRIVATE_KEY, key, 32);
	request_add(&r, LKL_WGDEVICE_A_LISTEN_PORT, &port, sizeof(port));
	add_peer(&r, public_key, endpoint, allowed);
	wg_send_request(LKL_NETLINK_GENERIC, &r, NULL);
}

static char data[SIZE], copy[SIZE];

static void wg_serve(void)
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

static void wg_ask(void)
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
	/* The kernel must not end before the connection does. */
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
		wg_serve();
	else
		wg_ask();
	must(lkl_sys_halt());
	lkl_cleanup();
	return 0;
}
