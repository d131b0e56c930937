// SPDX-License-Identifier: GPL-2.0
/*
 * Large receive offload for TCP over IPv4.
 *
 * The rules are those of the kernel's GRO, which does not merge segments of a
 * virtio device.  Segments with PSH are merged too, as no segment is held back
 * here.  A result of more than 64 KiB has the form of the kernel's BIG TCP: the
 * length in the IPv4 header is 0.
 */
#include <stddef.h>
#include <string.h>

#include <lkl/linux/virtio_net.h>

#include "virtio/tcp-lro.h"

/* Places in a packet */
#define ETH		sizeof(struct lkl_virtio_net_hdr_v1)
#define IP		(ETH + 14)
#define TCP		(IP + 20)
#define IP_TOS		(IP + 1)
#define IP_LEN		(IP + 2)
#define IP_FRAG		(IP + 6)
#define IP_PROTO	(IP + 9)
#define IP_SUM		(IP + 10)
#define IP_ADDRS	(IP + 12)
#define TCP_SEQ		(TCP + 4)
#define TCP_ACK		(TCP + 8)
#define TCP_DOFF	(TCP + 12)
#define TCP_FLAGS	(TCP + 13)
#define TCP_WINDOW	(TCP + 14)
#define TCP_SUM		(TCP + 16)
#define TCP_URGENT	(TCP + 18)
#define TCP_OPTIONS	(TCP + 20)

#define ETH_P_IPV4	0x0800
#define IP_VERSION_IHL	0x45
#define IP_DF		0x4000
#define PROTO_TCP	6
#define FLAG_PSH	0x08
#define FLAG_ACK	0x10

/* The kernel's own limit: 8 times the largest value of the length field */
#define LRO_MAX (8 * 65535)

static uint16_t be16_get(const unsigned char *p)
{
	return p[0] << 8 | p[1];
}

static void be16_put(unsigned char *p, uint16_t v)
{
	p[0] = v >> 8;
	p[1] = v;
}

static uint32_t be32_get(const unsigned char *p)
{
	return (uint32_t)be16_get(p) << 16 | be16_get(p + 2);
}

static uint16_t csum_fold(uint64_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

static struct lkl_virtio_net_hdr_v1 lro_net_header(const unsigned char *packet)
{
	struct lkl_virtio_net_hdr_v1 h;

	memcpy(&h, packet, sizeof(h));
	return h;
}

/* Return whether segmentation and checksum were left to the receiver. */
static bool lro_is_tcp4_gso(const unsigned char *packet)
{
	struct lkl_virtio_net_hdr_v1 h = lro_net_header(packet);

	return h.flags == LKL_VIRTIO_NET_HDR_F_NEEDS_CSUM &&
	       h.gso_type == LKL_VIRTIO_NET_HDR_GSO_TCPV4 && h.gso_size &&
	       h.csum_start == TCP - ETH && h.csum_offset == TCP_SUM - TCP;
}

uint32_t lkl_tcp_lro_headers(const unsigned char *packet, uint32_t room,
			     uint32_t len)
{
	uint32_t header;

	if (room < TCP_OPTIONS || !lro_is_tcp4_gso(packet))
		return 0;
	if (be16_get(packet + IP - 2) != ETH_P_IPV4 ||
	    packet[IP] != IP_VERSION_IHL || packet[IP_PROTO] != PROTO_TCP ||
	    be16_get(packet + IP_FRAG) != IP_DF)
		return 0;
	/* No padding, and no flags but ACK and PSH */
	if (be16_get(packet + IP_LEN) != len - IP ||
	    (packet[TCP_FLAGS] | FLAG_PSH) != (FLAG_ACK | FLAG_PSH))
		return 0;
	header = TCP + (packet[TCP_DOFF] >> 4) * 4;
	return header >= TCP_OPTIONS && header <= room && header < len ?
	       header : 0;
}

static bool lro_same_bytes(const unsigned char *a, const unsigned char *b,
			   uint32_t from, uint32_t to)
{
	return !memcmp(a + from, b + from, to - from);
}

bool lkl_tcp_lro_same_stream(const unsigned char *a, const unsigned char *b)
{
	return lro_same_bytes(a, b, IP_ADDRS, TCP_SEQ);
}

static bool lro_is_alike(const unsigned char *a, const unsigned char *b,
			 uint32_t header)
{
	struct lkl_virtio_net_hdr_v1 ha = lro_net_header(a),
				     hb = lro_net_header(b);

	return ha.gso_size == hb.gso_size &&
	       lro_same_bytes(a, b, ETH, IP_LEN) &&
	       lro_same_bytes(a, b, IP_FRAG, IP_SUM) &&
	       lkl_tcp_lro_same_stream(a, b) &&
	       lro_same_bytes(a, b, TCP_ACK, TCP_FLAGS) &&
	       lro_same_bytes(a, b, TCP_WINDOW, TCP_SUM) &&
	       lro_same_bytes(a, b, TCP_URGENT, header);
}

/* Change the length, and both checksums: TCP's covers the pseudo header only. */
static void lro_set_length(unsigned char *packet, uint32_t old, uint32_t len)
{
	uint64_t sum = 0;
	uint32_t i;

	be16_put(packet + IP_LEN, len - IP > 0xffff ? 0 : len - IP);
	be16_put(packet + IP_SUM, 0);
	for (i = IP; i < TCP; i += 2)
		sum += be16_get(packet + i);
	be16_put(packet + IP_SUM, ~csum_fold(sum));
	/* One's complement arithmetic: subtract by adding the inverse. */
	be16_put(packet + TCP_SUM,
		 csum_fold((uint64_t)be16_get(packet + TCP_SUM) + (len - TCP) +
			   (uint16_t)~csum_fold(old - TCP)));
}

bool lkl_tcp_lro_merge(unsigned char *first, uint32_t len,
		       const unsigned char *next, uint32_t next_len,
		       uint32_t header)
{
	uint32_t payload = len - header, more = next_len - header;
	uint16_t size = lro_net_header(first).gso_size;

	/* A broken driver may have given the same buffer twice. */
	if (len + more > LRO_MAX || !size || payload % size ||
	    be32_get(next + TCP_SEQ) != be32_get(first + TCP_SEQ) + payload ||
	    !lro_is_alike(first, next, header))
		return false;
	first[TCP_FLAGS] |= next[TCP_FLAGS] & FLAG_PSH;
	lro_set_length(first, len, len + more);
	return true;
}
