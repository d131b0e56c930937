// SPDX-License-Identifier: GPL-2.0
/*
 * Joining TCP segments: a joined segment is valid, and segments that are not
 * consecutive in one stream stay as they are.
 */
#include "shared/macros.h"
#include "virtio/tcp-lro.h"

#include "support/check-main.h"
#include "support/net/segment.h"

#define OPTIONS	12
#define HEADER	(AT_OPTIONS + OPTIONS)
#define SEQ	0xfffff000

static unsigned char first[200], next[200];

static void lro_setup(void)
{
	make_segment(first, SEQ, 2000, OPTIONS);
	make_segment(next, SEQ + 2000, 1500, OPTIONS);
	next[AT_IP_ID]++;
}

static uint32_t header_of(uint32_t payload)
{
	return lkl_tcp_lro_headers(first, HEADER, HEADER + payload);
}

static bool lro_joined(uint32_t payload, uint32_t more)
{
	return lkl_tcp_lro_merge(first, HEADER + payload, next, HEADER + more,
				 HEADER);
}

/* Check the joined segment as a receiver or a segmentation would. */
static void is_valid(uint32_t payload)
{
	uint32_t ip_len = HEADER - AT_IP + payload;

	ck_assert_uint_eq(seg_get16(first + AT_IP_LEN),
			  ip_len > 65535 ? 0 : ip_len);
	ck_assert_uint_eq(seg_fold(seg_sum(first + AT_IP, 20)), 0xffff);
	ck_assert_uint_eq(seg_get16(first + AT_TCP_SUM),
			  seg_pseudo(first, HEADER - AT_TCP + payload));
}

START_TEST(headers_of_all_lengths_are_recognized)
{
	uint32_t header;

	for (int options = 0; options <= 40; options += 4) {
		header = make_segment(first, 1, 5000, options);
		ck_assert_uint_eq(lkl_tcp_lro_headers(first, header, header + 5000),
				  header);
		ck_assert_uint_eq(lkl_tcp_lro_headers(first, header - 1,
						      header + 5000), 0);
		ck_assert_uint_eq(lkl_tcp_lro_headers(first, 20, header + 5000),
				  0);
	}
}
END_TEST

/* Each of these makes it something else, or something more. */
START_TEST(nothing_else_is_a_long_segment)
{
	static const struct {
		unsigned int at;
		unsigned char value;
	} cases[] = {
		{ 0, 0 },			/* its checksum is there */
		{ 1, LKL_VIRTIO_NET_HDR_GSO_NONE },
		{ 1, LKL_VIRTIO_NET_HDR_GSO_UDP_L4 },
		{ 1, LKL_VIRTIO_NET_HDR_GSO_TCPV6 },
		{ 1, LKL_VIRTIO_NET_HDR_GSO_TCPV4 | LKL_VIRTIO_NET_HDR_GSO_ECN },
		{ 6, 33 }, { 8, 6 },		/* where the checksum is */
		{ AT_TYPE, 0x86 },
		{ AT_IP, 0x46 }, { AT_IP, 0x65 },
		{ AT_IP_FRAG, 0 }, { AT_IP_FRAG, 0x60 }, { AT_IP_FRAG + 1, 1 },
		{ AT_IP_PROTO, 17 },
		{ AT_DOFF, 0x40 }, { AT_DOFF, 0xf0 },
		{ AT_FLAGS, 0 }, { AT_FLAGS, SEGMENT_PSH },
		{ AT_FLAGS, SEGMENT_ACK | 1 }, { AT_FLAGS, SEGMENT_ACK | 2 },
		{ AT_FLAGS, SEGMENT_ACK | 4 }, { AT_FLAGS, SEGMENT_ACK | 0x20 },
		{ AT_FLAGS, SEGMENT_ACK | 0x40 }, { AT_FLAGS, SEGMENT_ACK | 0x80 },
	};
	unsigned char old;

	ck_assert_uint_eq(header_of(2000), HEADER);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		old = first[cases[i].at];
		first[cases[i].at] = cases[i].value;
		ck_assert_msg(!header_of(2000), "byte %u: %#x", cases[i].at,
			      cases[i].value);
		first[cases[i].at] = old;
	}
	first[AT_FLAGS] |= SEGMENT_PSH;
	ck_assert_uint_eq(header_of(2000), HEADER);
	/* No segments, padding, nothing cut off, nothing in it. */
	memset(first + 4, 0, 2);
	ck_assert_uint_eq(header_of(2000), 0);
	make_segment(first, SEQ, 2000, OPTIONS);
	ck_assert_uint_eq(header_of(2001), 0);
	ck_assert_uint_eq(header_of(1999), 0);
	make_segment(first, SEQ, 0, OPTIONS);
	ck_assert_uint_eq(header_of(0), 0);
}
END_TEST

START_TEST(what_follows_is_joined)
{
	ck_assert(lro_joined(2000, 1500));
	is_valid(3500);
	ck_assert_uint_eq(first[AT_FLAGS], SEGMENT_ACK);
	/* The last one was not full. */
	make_segment(next, SEQ + 3500, 1000, OPTIONS);
	ck_assert(!lro_joined(3500, 1000));
	is_valid(3500);
}
END_TEST

START_TEST(a_push_is_kept)
{
	next[AT_FLAGS] |= SEGMENT_PSH;
	ck_assert(lro_joined(2000, 1500));
	ck_assert_uint_eq(first[AT_FLAGS], SEGMENT_ACK | SEGMENT_PSH);
	is_valid(3500);
	lro_setup();
	first[AT_FLAGS] |= SEGMENT_PSH;
	ck_assert(lro_joined(2000, 1500));
	ck_assert_uint_eq(first[AT_FLAGS], SEGMENT_ACK | SEGMENT_PSH);
}
END_TEST

/* Up to what the kernel can do, past the field for the length and back to 0. */
START_TEST(many_are_joined)
{
	const uint32_t each = 65000, most = 8 * 65535;
	uint32_t payload = each;

	make_segment(first, SEQ, each, OPTIONS);
	while (payload + each + HEADER <= most) {
		make_segment(next, SEQ + payload, each, OPTIONS);
		ck_assert(lro_joined(payload, each));
		payload += each;
		is_valid(payload);
	}
	make_segment(next, SEQ + payload, each, OPTIONS);
	ck_assert(!lro_joined(payload, each));
	is_valid(payload);
	ck_assert_uint_gt(payload, 7 * each);
}
END_TEST

/* The number of a packet, and what is worked out anew */
static bool may_differ(unsigned int at)
{
	/* lkl_tcp_lro_headers() has looked at these; the rest is not of the packet. */
	if (at < AT_ETH)
		return at != 4 && at != 5;
	return (at >= AT_IP_LEN && at < AT_IP_FRAG) ||
	       at == AT_IP_SUM || at == AT_IP_SUM + 1 ||
	       at == AT_FLAGS || at == AT_TCP_SUM || at == AT_TCP_SUM + 1;
}

START_TEST(each_difference_counts)
{
	unsigned char before[HEADER];

	for (unsigned int i = 0; i < HEADER; i++) {
		lro_setup();
		memcpy(before, first, HEADER);
		next[i] ^= 1 << _i;
		ck_assert_msg(lro_joined(2000, 1500) == may_differ(i),
			      "byte %u", i);
		if (!may_differ(i))
			ck_assert_mem_eq(first, before, HEADER);
	}
}
END_TEST

/* Streams are distinguished by addresses and ports only. */
START_TEST(a_stream_is_told_by_its_ends)
{
	for (unsigned int i = 0; i < HEADER; i++) {
		lro_setup();
		next[i] ^= 1 << _i;
		ck_assert_msg(lkl_tcp_lro_same_stream(first, next) ==
			      (i < AT_ADDRS || i >= AT_SEQ),
			      "byte %u", i);
	}
}
END_TEST

/* Whoever looked at it before may have seen something else. */
START_TEST(segments_of_no_length_are_not_joined)
{
	memset(first + 4, 0, 2);
	memset(next + 4, 0, 2);
	ck_assert(!lro_joined(2000, 1500));
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("tcp-join");

	tcase_add_checked_fixture(tc, lro_setup, NULL);
	tcase_add_test(tc, headers_of_all_lengths_are_recognized);
	tcase_add_test(tc, nothing_else_is_a_long_segment);
	tcase_add_test(tc, what_follows_is_joined);
	tcase_add_test(tc, a_push_is_kept);
	tcase_add_test(tc, many_are_joined);
	tcase_add_loop_test(tc, each_difference_counts, 0, 8);
	tcase_add_loop_test(tc, a_stream_is_told_by_its_ends, 0, 8);
	tcase_add_test(tc, segments_of_no_length_are_not_joined);
	return run_case(tc, CK_FORK);
}
