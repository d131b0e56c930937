/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Long TCP segments as a host sends them: offsets in a packet that begins with
 * struct lkl_virtio_net_hdr_v1, and functions that make one.
 */
#ifndef LKL_TESTS_SEGMENT_H
#define LKL_TESTS_SEGMENT_H

#include <stdint.h>
#include <string.h>

#include <lkl/linux/virtio_net.h>

enum {
	AT_ETH = sizeof(struct lkl_virtio_net_hdr_v1),
	AT_TYPE = AT_ETH + 12,
	AT_IP = AT_TYPE + 2,
	AT_IP_LEN = AT_IP + 2,
	AT_IP_ID = AT_IP + 4,
	AT_IP_FRAG = AT_IP + 6,
	AT_IP_PROTO = AT_IP + 9,
	AT_IP_SUM = AT_IP + 10,
	AT_ADDRS = AT_IP + 12,
	AT_TCP = AT_IP + 20,
	AT_SEQ = AT_TCP + 4,
	AT_DOFF = AT_TCP + 12,
	AT_FLAGS = AT_TCP + 13,
	AT_TCP_SUM = AT_TCP + 16,
	AT_OPTIONS = AT_TCP + 20,
};

#define SEGMENT_ACK	0x10
#define SEGMENT_PSH	0x08

static inline uint16_t seg_get16(const unsigned char *p)
{
	return p[0] << 8 | p[1];
}

static inline void seg_put16(unsigned char *p, uint32_t v)
{
	p[0] = v >> 8;
	p[1] = v;
}

static inline uint16_t seg_fold(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

static inline uint32_t seg_sum(const unsigned char *p, uint32_t len)
{
	uint32_t i, sum = 0;

	for (i = 0; i < len; i += 2)
		sum += seg_get16(p + i);
	return sum;
}

/* The pseudo header of TCP: addresses, protocol, length */
static inline uint16_t seg_pseudo(const unsigned char *packet, uint32_t len)
{
	return seg_fold(seg_sum(packet + AT_ADDRS, 8) + 6 + (len >> 16) +
			(len & 0xffff));
}

/*
 * Write the headers of a segment with @payload bytes from @seq and @options bytes
 * of options; return the length of the headers.
 */
static inline uint32_t make_segment(unsigned char *p, uint32_t seq,
				    uint32_t payload, uint32_t options)
{
	const struct lkl_virtio_net_hdr_v1 h = {
		.flags = LKL_VIRTIO_NET_HDR_F_NEEDS_CSUM,
		.gso_type = LKL_VIRTIO_NET_HDR_GSO_TCPV4,
		.hdr_len = AT_OPTIONS + options - AT_ETH,
		.gso_size = 1000,
		.csum_start = AT_TCP - AT_ETH,
		.csum_offset = AT_TCP_SUM - AT_TCP,
	};
	uint32_t i, header = AT_OPTIONS + options;

	for (i = 0; i < header; i++)
		p[i] = i * 3;
	memcpy(p, &h, sizeof(h));
	seg_put16(p + AT_TYPE, 0x0800);
	p[AT_IP] = 0x45;
	seg_put16(p + AT_IP_LEN, header - AT_IP + payload);
	seg_put16(p + AT_IP_FRAG, 0x4000);
	p[AT_IP_PROTO] = 6;
	seg_put16(p + AT_IP_SUM, 0);
	seg_put16(p + AT_IP_SUM, ~seg_fold(seg_sum(p + AT_IP, 20)));
	seg_put16(p + AT_SEQ, seq >> 16);
	seg_put16(p + AT_SEQ + 2, seq);
	p[AT_DOFF] = (20 + options) / 4 << 4;
	p[AT_FLAGS] = SEGMENT_ACK;
	seg_put16(p + AT_TCP_SUM,
		  seg_pseudo(p, header - AT_TCP + payload));
	return header;
}

#endif /* LKL_TESTS_SEGMENT_H */
