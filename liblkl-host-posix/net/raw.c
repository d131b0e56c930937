// SPDX-License-Identifier: GPL-2.0
/*
 * A packet socket on an interface of the host.
 *
 * The socket's header is shorter than virtio's by the number of buffers, which
 * is left out on the way.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "net/backend.h"

/* Of newer hosts than some headers. */
#ifndef PACKET_IGNORE_OUTGOING
#define PACKET_IGNORE_OUTGOING	23
#endif

#define BATCH		16
#define HOST_HDR_SIZE	sizeof(struct lkl_virtio_net_hdr)
#define PARTS		1024
#define TAG_SIZE	4

/* A struct tpacket_auxdata as control message */
union aux {
	char buf[CMSG_SPACE(sizeof(struct tpacket_auxdata))];
	struct cmsghdr align;
};

/**
 * struct net_raw - a back end
 * @net:	what it shares with others; first
 * @iov:	buffers of a batch, less the number of buffers of each
 * @msgs:	a batch
 * @aux:	what the host says of each packet
 * @frame:	one that gets its VLAN tag back
 */
struct net_raw {
	struct net_fd net;
	struct iovec iov[PARTS];
	struct mmsghdr msgs[BATCH];
	union aux aux[BATCH];
	unsigned char frame[NET_PACKET_MAX];
};

/*
 * Nobody can ask those who send to the interface not to leave segments and
 * checksums to the receiver: they do, whatever is wanted.
 */
static uint64_t raw_features(struct lkl_netdev *nd, uint64_t wanted)
{
	(void)nd;
	wanted |= NET_F(GUEST_CSUM) | NET_F(GUEST_TSO4) | NET_F(GUEST_TSO6) |
		  NET_F(GUEST_ECN);
	return wanted & (NET_F(CSUM) | NET_F(GUEST_CSUM) | NET_F(HOST_TSO4) |
			 NET_F(HOST_TSO6) | NET_F(HOST_ECN) |
			 NET_F(GUEST_TSO4) | NET_F(GUEST_TSO6) |
			 NET_F(GUEST_ECN) | NET_F(MRG_RXBUF));
}

/* Copy @p's buffers without what is between the headers' ends. */
static uint32_t strip(const struct lkl_packet *p, struct iovec *out)
{
	const size_t gap = NET_HDR_SIZE - HOST_HDR_SIZE;
	uint32_t i;

	/* The device sees to it that the header is in one piece. */
	out[0].iov_base = p->iov[0].iov_base;
	out[0].iov_len = HOST_HDR_SIZE;
	out[1].iov_base = (char *)p->iov[0].iov_base + HOST_HDR_SIZE + gap;
	out[1].iov_len = p->iov[0].iov_len - NET_HDR_SIZE;
	for (i = 1; i < p->iov_count; i++)
		out[i + 1] = p->iov[i];
	return p->iov_count + 1;
}

/* How many of the packets fit into a batch. */
static uint32_t prepare(struct net_raw *raw, struct lkl_packet *packets,
			uint32_t n)
{
	uint32_t i, used = 0;

	for (i = 0; i < n && i < BATCH; i++) {
		struct msghdr *m = &raw->msgs[i].msg_hdr;

		if (used + packets[i].iov_count + 1 > PARTS)
			break;
		memset(m, 0, sizeof(*m));
		m->msg_iov = &raw->iov[used];
		m->msg_iovlen = strip(&packets[i], m->msg_iov);
		used += m->msg_iovlen;
	}
	return i;
}

/* Copy @len bytes between @buf and what is at @pos of @p. */
static void copy(const struct lkl_packet *p, uint32_t pos, unsigned char *buf,
		 uint32_t len, bool out)
{
	uint32_t i, n;

	for (i = 0; i < p->iov_count && len; i++) {
		unsigned char *base = p->iov[i].iov_base;

		if (pos >= p->iov[i].iov_len) {
			pos -= p->iov[i].iov_len;
			continue;
		}
		n = p->iov[i].iov_len - pos;
		if (n > len)
			n = len;
		if (out)
			memcpy(buf, base + pos, n);
		else
			memcpy(base + pos, buf, n);
		buf += n;
		len -= n;
		pos = 0;
	}
}

static uint32_t room(const struct lkl_packet *p)
{
	uint32_t i, len = 0;

	for (i = 0; i < p->iov_count; i++)
		len += p->iov[i].iov_len;
	return len;
}

/* What the header says of places behind the tag. */
static void move_offsets(unsigned char *packet)
{
	struct lkl_virtio_net_hdr h;

	memcpy(&h, packet, sizeof(h));
	if (h.flags & LKL_VIRTIO_NET_HDR_F_NEEDS_CSUM)
		h.csum_start += TAG_SIZE;
	if (h.hdr_len)
		h.hdr_len += TAG_SIZE;
	memcpy(packet, &h, sizeof(h));
}

/* The host takes VLAN tags out; without it the frame is another's. */
static void put_tag(struct net_raw *raw, struct lkl_packet *p,
		    const struct tpacket_auxdata *aux)
{
	const uint32_t at = NET_HDR_SIZE + 2 * ETH_ALEN;
	uint16_t tag[] = { htons(ETH_P_8021Q), htons(aux->tp_vlan_tci) };
	uint32_t len = p->len - at;

	if (p->len < at || len > sizeof(raw->frame) - TAG_SIZE ||
	    p->len + TAG_SIZE > room(p)) {
		p->len = 0;
		return;
	}
	if (aux->tp_status & TP_STATUS_VLAN_TPID_VALID)
		tag[0] = htons(aux->tp_vlan_tpid);
	memcpy(raw->frame, tag, TAG_SIZE);
	copy(p, at, raw->frame + TAG_SIZE, len, true);
	copy(p, at, raw->frame, TAG_SIZE + len, false);
	p->len += TAG_SIZE;
	move_offsets(p->iov[0].iov_base);
}

static void look_for_tag(struct net_raw *raw, struct lkl_packet *p,
			 struct msghdr *m)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(m);
	struct tpacket_auxdata aux;

	if (!c || c->cmsg_level != SOL_PACKET || c->cmsg_type != PACKET_AUXDATA)
		return;
	memcpy(&aux, CMSG_DATA(c), sizeof(aux));
	if (aux.tp_status & TP_STATUS_VLAN_VALID)
		put_tag(raw, p, &aux);
}

static int raw_recv(struct lkl_netdev *nd, struct lkl_packet *packets,
		    uint32_t n)
{
	struct net_raw *raw = (struct net_raw *)nd;
	int i, got;

	n = prepare(raw, packets, n);
	for (i = 0; i < (int)n; i++) {
		raw->msgs[i].msg_hdr.msg_control = &raw->aux[i];
		raw->msgs[i].msg_hdr.msg_controllen = sizeof(raw->aux[i]);
	}
	do {
		got = syscall(SYS_recvmmsg, raw->net.fd, raw->msgs, n,
			      MSG_DONTWAIT, NULL);
	} while (got < 0 && errno == EINTR);
	for (i = 0; i < got; i++) {
		packets[i].len = raw->msgs[i].msg_len + NET_HDR_SIZE -
				 HOST_HDR_SIZE;
		look_for_tag(raw, &packets[i], &raw->msgs[i].msg_hdr);
	}
	return got > 0 ? got : 0;
}

/* One batch; how many packets are done with, 0: none for now. */
static int send_batch(struct net_raw *raw, struct lkl_packet *packets,
		      uint32_t n)
{
	int sent;

	n = prepare(raw, packets, n);
	do {
		sent = syscall(SYS_sendmmsg, raw->net.fd, raw->msgs, n,
			       MSG_DONTWAIT);
	} while (sent < 0 && errno == EINTR);
	if (sent > 0)
		return sent;
	/*
	 * The first one is what it does not like: lost, as on a wire.  ENOBUFS
	 * says that the host's own queue or filter dropped it.
	 */
	return errno == EAGAIN ? 0 : 1;
}

static int raw_send(struct lkl_netdev *nd, struct lkl_packet *packets,
		    uint32_t n)
{
	struct net_raw *raw = (struct net_raw *)nd;
	uint32_t done = 0;
	int sent = 1;

	while (done < n && sent) {
		sent = send_batch(raw, packets + done, n - done);
		done += sent;
	}
	net_fd_want_tx(&raw->net, done < n);
	return done;
}

static const struct lkl_host_net_ops raw_ops = {
	.size = sizeof(raw_ops),
	.features = raw_features,
	.open = net_fd_open,
	.want_rx = net_fd_want_rx,
	.send = raw_send,
	.recv = raw_recv,
	.close = net_fd_close,
	.forked = net_fd_forked,
};

/* 0 or a host errno */
static int attach(int fd, const char *ifname)
{
	struct sockaddr_ll addr = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
		.sll_ifindex = ifname ? if_nametoindex(ifname) : 0,
	};
	struct packet_mreq mreq = {
		.mr_ifindex = addr.sll_ifindex,
		.mr_type = PACKET_MR_PROMISC,
	};
	socklen_t len = sizeof(addr);
	const int one = 1;

	if (!addr.sll_ifindex)
		return ENODEV;
	if (setsockopt(fd, SOL_PACKET, PACKET_VNET_HDR, &one, sizeof(one)) ||
	    setsockopt(fd, SOL_PACKET, PACKET_AUXDATA, &one, sizeof(one)) ||
	    bind(fd, (struct sockaddr *)&addr, sizeof(addr)) ||
	    getsockname(fd, (struct sockaddr *)&addr, &len))
		return errno;
	/* A tun, for example, has no Ethernet header. */
	if (addr.sll_hatype != ARPHRD_ETHER &&
	    addr.sll_hatype != ARPHRD_LOOPBACK)
		return EMEDIUMTYPE;
	if (setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &mreq,
		       sizeof(mreq)))
		return errno;
	/* What the host sends is not for us; old hosts cannot leave it out. */
	if (setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &one,
		       sizeof(one)) && errno != ENOPROTOOPT)
		return errno;
	return 0;
}

__attribute__((visibility("default")))
struct lkl_netdev *lkl_netdev_raw_create(const char *ifname)
{
	/* Without a protocol it receives nothing before it is bound. */
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	struct net_raw *raw;
	int err;

	if (fd < 0) {
		net_complain("raw", ifname, errno);
		return NULL;
	}
	err = attach(fd, ifname);
	raw = err ? NULL : calloc(1, sizeof(*raw));
	if (!raw) {
		net_complain("raw", ifname, err ? err : ENOMEM);
		close(fd);
		return NULL;
	}
	net_fd_init(&raw->net, fd, &raw_ops, net_fd_free);
	net_fd_name(&raw->net, "raw", ifname);
	raw->net.nd.has_vnet_hdr = 1;
	return &raw->net.nd;
}
