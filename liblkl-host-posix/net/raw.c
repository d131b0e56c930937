// SPDX-License-Identifier: GPL-2.0
/*
 * A packet socket on an interface of the host.
 *
 * Packets carry the header for offloads.  The header of a packet socket lacks
 * the last member of a device's header, num_buffers, which is cut out on the
 * way.
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
#include <unistd.h>

#include "base/host-report.h"
#include "base/nocancel.h"
#include "net/backend.h"
#include "net/packet.h"

/* Some kernel headers lack this. */
#ifndef PACKET_IGNORE_OUTGOING
#define PACKET_IGNORE_OUTGOING	23
#endif

/* Packets and buffers of one system call */
#define RAW_BATCH	16
#define RAW_PARTS	1024
#define RAW_HDR_SIZE	sizeof(struct lkl_virtio_net_hdr)
#define RAW_TAG_SIZE	4

/* A struct tpacket_auxdata as control message */
union raw_aux {
	char buf[CMSG_SPACE(sizeof(struct tpacket_auxdata))];
	struct cmsghdr align;
};

/**
 * struct net_raw - a back end
 * @net:	descriptor of the socket; first
 * @iov:	buffers of a batch, without num_buffers of each packet
 * @msgs:	packets of a batch
 * @aux:	what the host reports about each packet
 * @frame:	a frame into which its VLAN tag is put back
 */
struct net_raw {
	struct lkl_net_fd net;
	struct iovec iov[RAW_PARTS];
	struct mmsghdr msgs[RAW_BATCH];
	union raw_aux aux[RAW_BATCH];
	unsigned char frame[NET_PACKET_MAX];
};

/*
 * Offer the offloads for receiving whatever is wanted: senders on the host
 * leave segmentation and checksums to the receiver, and a packet socket cannot
 * ask them not to.
 */
static uint64_t raw_features(struct lkl_netdev *nd, uint64_t wanted)
{
	wanted |= NET_F(GUEST_CSUM) | NET_F(GUEST_TSO4) | NET_F(GUEST_TSO6) |
		  NET_F(GUEST_ECN);
	return wanted & (NET_F(CSUM) | NET_F(GUEST_CSUM) | NET_F(HOST_TSO4) |
			 NET_F(HOST_TSO6) | NET_F(HOST_ECN) |
			 NET_F(GUEST_TSO4) | NET_F(GUEST_TSO6) |
			 NET_F(GUEST_ECN) | NET_F(MRG_RXBUF));
}

/*
 * List the buffers of @p in @out, without num_buffers at the end of the header.
 * Return the number of entries in @out.
 */
static uint32_t raw_strip(const struct lkl_packet *p, struct iovec *out)
{
	const size_t gap = NET_HDR_SIZE - RAW_HDR_SIZE;
	uint32_t i;

	/* The device guarantees that the header is in one buffer. */
	out[0].iov_base = p->iov[0].iov_base;
	out[0].iov_len = RAW_HDR_SIZE;
	out[1].iov_base = (char *)p->iov[0].iov_base + RAW_HDR_SIZE + gap;
	out[1].iov_len = p->iov[0].iov_len - NET_HDR_SIZE;
	for (i = 1; i < p->iov_count; i++)
		out[i + 1] = p->iov[i];
	return p->iov_count + 1;
}

/* Prepare a batch of up to @n packets.  Return the number of packets. */
static uint32_t raw_prepare(struct net_raw *raw, struct lkl_packet *packets,
			    uint32_t n)
{
	uint32_t i, used = 0;

	for (i = 0; i < n && i < RAW_BATCH; i++) {
		struct msghdr *m = &raw->msgs[i].msg_hdr;

		if (used + packets[i].iov_count + 1 > RAW_PARTS)
			break;
		memset(m, 0, sizeof(*m));
		m->msg_iov = &raw->iov[used];
		m->msg_iovlen = raw_strip(&packets[i], m->msg_iov);
		used += m->msg_iovlen;
	}
	return i;
}

/* Adjust the offsets in the header of @packet to a tag that was inserted. */
static void raw_move_offsets(unsigned char *packet)
{
	struct lkl_virtio_net_hdr h;

	memcpy(&h, packet, sizeof(h));
	if (h.flags & LKL_VIRTIO_NET_HDR_F_NEEDS_CSUM)
		h.csum_start += RAW_TAG_SIZE;
	if (h.hdr_len)
		h.hdr_len += RAW_TAG_SIZE;
	memcpy(packet, &h, sizeof(h));
}

/*
 * Insert the VLAN tag that the host has taken out of @p; without the tag, the
 * frame would belong to another network.
 */
static void raw_insert_tag(struct net_raw *raw, struct lkl_packet *p,
			   const struct tpacket_auxdata *aux)
{
	const uint32_t at = NET_HDR_SIZE + 2 * ETH_ALEN;
	uint16_t tag[] = { htons(ETH_P_8021Q), htons(aux->tp_vlan_tci) };
	uint32_t len = p->len - at;

	if (p->len < at || len > sizeof(raw->frame) - RAW_TAG_SIZE ||
	    p->len + RAW_TAG_SIZE > lkl_packet_room(p)) {
		p->len = 0;
		return;
	}
	if (aux->tp_status & TP_STATUS_VLAN_TPID_VALID)
		tag[0] = htons(aux->tp_vlan_tpid);
	memcpy(raw->frame, tag, RAW_TAG_SIZE);
	lkl_packet_read(p, at, raw->frame + RAW_TAG_SIZE, len);
	lkl_packet_write(p, at, raw->frame, RAW_TAG_SIZE + len);
	p->len += RAW_TAG_SIZE;
	raw_move_offsets(p->iov[0].iov_base);
}

static void raw_restore_tag(struct net_raw *raw, struct lkl_packet *p,
			    struct msghdr *m)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(m);
	struct tpacket_auxdata aux;

	if (!c || c->cmsg_level != SOL_PACKET || c->cmsg_type != PACKET_AUXDATA)
		return;
	memcpy(&aux, CMSG_DATA(c), sizeof(aux));
	if (aux.tp_status & TP_STATUS_VLAN_VALID)
		raw_insert_tag(raw, p, &aux);
}

static int raw_recv(struct lkl_netdev *nd, struct lkl_packet *packets,
		    uint32_t n)
{
	struct net_raw *raw = (struct net_raw *)nd;
	int i, got;

	n = raw_prepare(raw, packets, n);
	for (i = 0; i < (int)n; i++) {
		raw->msgs[i].msg_hdr.msg_control = &raw->aux[i];
		raw->msgs[i].msg_hdr.msg_controllen = sizeof(raw->aux[i]);
	}
	do {
		got = nocancel_recvmmsg(raw->net.fd, raw->msgs, n);
	} while (got < 0 && errno == EINTR);
	for (i = 0; i < got; i++) {
		packets[i].len = raw->msgs[i].msg_len + NET_HDR_SIZE -
				 RAW_HDR_SIZE;
		raw_restore_tag(raw, &packets[i], &raw->msgs[i].msg_hdr);
	}
	return got > 0 ? got : 0;
}

/*
 * Send a batch of up to @n packets.  Return the number of packets that are
 * finished, 0: the host takes none for now.
 */
static int raw_send_batch(struct net_raw *raw, struct lkl_packet *packets,
			  uint32_t n)
{
	int sent;

	n = raw_prepare(raw, packets, n);
	do {
		sent = nocancel_sendmmsg(raw->net.fd, raw->msgs, n);
	} while (sent < 0 && errno == EINTR);
	if (sent > 0)
		return sent;
	/*
	 * The host refuses the first packet, which is lost, as on a wire.
	 * ENOBUFS means that a queue or a filter of the host has dropped it.
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
		sent = raw_send_batch(raw, packets + done, n - done);
		done += sent;
	}
	lkl_net_fd_want_tx(&raw->net, done < n);
	return done;
}

static const struct lkl_host_net_ops raw_ops = {
	.size = sizeof(raw_ops),
	.features = raw_features,
	.open = lkl_net_fd_open,
	.want_rx = lkl_net_fd_want_rx,
	.send = raw_send,
	.recv = raw_recv,
	.close = lkl_net_fd_close,
	.forked = lkl_net_fd_forked,
};

/* Bind @fd to interface @ifname.  Return 0 or a host errno. */
static int raw_attach(int fd, const char *ifname)
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
	/* Leave out the packets that the host sends, where the host can. */
	if (setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &one,
		       sizeof(one)) && errno != ENOPROTOOPT)
		return errno;
	return 0;
}

__attribute__((visibility("default")))
struct lkl_netdev *lkl_netdev_raw_create(const char *ifname)
{
	/* Protocol 0: receive nothing before the socket is bound. */
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	struct net_raw *raw;
	int err;

	if (fd < 0) {
		lkl_posix_report_open_error("packet socket on", ifname, errno);
		return NULL;
	}
	err = raw_attach(fd, ifname);
	raw = err ? NULL : calloc(1, sizeof(*raw));
	if (!raw) {
		lkl_posix_report_open_error("packet socket on", ifname,
					    err ? err : ENOMEM);
		close(fd);
		return NULL;
	}
	lkl_net_fd_init(&raw->net, fd, &raw_ops, lkl_net_fd_free);
	lkl_net_fd_set_name(&raw->net, "packet socket on", ifname);
	raw->net.nd.has_vnet_hdr = 1;
	return &raw->net.nd;
}
