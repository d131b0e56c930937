// SPDX-License-Identifier: GPL-2.0
/*
 * Building netlink messages and walking through them, also through messages
 * whose lengths are wrong.
 */
#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include "shared/netlink.h"
#include "support/check-main.h"

static union {
	struct netlink_message message;
	char bytes[256];
} buf;

/* Make a message about link 7 with two attributes; return its length. */
static size_t make_link(void)
{
	const struct ifinfomsg ifi = { .ifi_index = 7 };
	const uint32_t mtu = 1500;

	netlink_begin(&buf.message, RTM_NEWLINK, NLM_F_REQUEST, &ifi,
		      sizeof(ifi));
	ck_assert(netlink_add(&buf.message, sizeof(buf), IFLA_IFNAME, "eth0",
			      5));
	ck_assert(netlink_add(&buf.message, sizeof(buf), IFLA_MTU, &mtu,
			      sizeof(mtu)));
	return buf.message.len;
}

START_TEST(headers_have_the_layout_of_the_kernel)
{
	ck_assert_uint_eq(sizeof(struct netlink_message),
			  sizeof(struct nlmsghdr));
	ck_assert_uint_eq(offsetof(struct netlink_message, flags),
			  offsetof(struct nlmsghdr, nlmsg_flags));
	ck_assert_uint_eq(offsetof(struct netlink_message, seq),
			  offsetof(struct nlmsghdr, nlmsg_seq));
	ck_assert_uint_eq(sizeof(struct netlink_attribute),
			  sizeof(struct nlattr));
	ck_assert_uint_eq(NETLINK_TYPE_MASK, (uint16_t)NLA_TYPE_MASK);
}
END_TEST

START_TEST(a_message_is_as_the_macros_of_the_kernel_read_it)
{
	size_t len = make_link();
	struct nlmsghdr *nlh = (struct nlmsghdr *)&buf;
	struct rtattr *rta;
	int left;

	ck_assert(NLMSG_OK(nlh, len));
	ck_assert_int_eq(((struct ifinfomsg *)NLMSG_DATA(nlh))->ifi_index, 7);
	rta = IFLA_RTA(NLMSG_DATA(nlh));
	left = IFLA_PAYLOAD(nlh);
	ck_assert(RTA_OK(rta, left));
	ck_assert_str_eq((char *)RTA_DATA(rta), "eth0");
	rta = RTA_NEXT(rta, left);
	ck_assert(RTA_OK(rta, left));
	ck_assert_uint_eq(*(uint32_t *)RTA_DATA(rta), 1500);
	rta = RTA_NEXT(rta, left);
	ck_assert(!RTA_OK(rta, left));
}
END_TEST

START_TEST(attributes_are_found_by_their_type)
{
	const struct netlink_attribute *a;

	make_link();
	a = netlink_find_in_message(&buf.message, sizeof(struct ifinfomsg),
				    IFLA_MTU);
	ck_assert_ptr_nonnull(a);
	ck_assert_uint_eq(netlink_data_len(a), 4);
	ck_assert_uint_eq(*(const uint32_t *)netlink_data(a), 1500);
	ck_assert_ptr_null(netlink_find_in_message(&buf.message,
						   sizeof(struct ifinfomsg),
						   IFLA_MASTER));
}
END_TEST

START_TEST(nested_attributes_are_found)
{
	const struct netlink_attribute inner = { .len = 4, .type = 2 };

	make_link();
	ck_assert(netlink_add(&buf.message, sizeof(buf),
			      IFLA_LINKINFO | NLA_F_NESTED, &inner,
			      sizeof(inner)));
	ck_assert_ptr_nonnull(netlink_find_nested(
		netlink_find_in_message(&buf.message, sizeof(struct ifinfomsg),
					IFLA_LINKINFO), 2));
	ck_assert_ptr_null(netlink_find_nested(NULL, 2));
}
END_TEST

START_TEST(all_messages_of_a_buffer_are_visited)
{
	const struct netlink_message *m;
	const char byte = 1;
	size_t len = 0;
	int n = 0;

	while (n < 4) {
		struct netlink_message *next =
			(struct netlink_message *)(buf.bytes + len);

		netlink_begin(next, n++, 0, &byte, 1);
		len += ALIGN_UP(next->len, 4);
	}
	n = 0;
	netlink_for_each_message(m, &buf, len)
		ck_assert_uint_eq(m->type, n++);
	ck_assert_int_eq(n, 4);
}
END_TEST

START_TEST(a_request_that_is_too_long_is_refused)
{
	static const char data[UINT16_MAX];
	size_t len = make_link(), room;

	for (room = 0; room <= sizeof(buf) - len; room++)
		if (netlink_add(&buf.message, len + room, 1, data, 5)) {
			ck_assert_uint_ge(len + room, buf.message.len);
			buf.message.len = len;
		} else {
			ck_assert_uint_lt(room, 16);
			ck_assert_uint_eq(buf.message.len, len);
		}
	ck_assert(!netlink_add(&buf.message, SIZE_MAX, 1, data, sizeof(data)));
}
END_TEST

/* Any length of the second attribute, and any number of bytes in the buffer. */
START_TEST(wrong_lengths_lead_nowhere)
{
	struct netlink_attribute *a;
	size_t len = make_link(), cut;

	a = (struct netlink_attribute *)netlink_find_in_message(&buf.message,
			sizeof(struct ifinfomsg), IFLA_MTU);
	ck_assert_ptr_nonnull(a);
	for (a->len = 0; a->len < 1000; a->len++)
		if (a->len < 4 || a->len > 8)
			ck_assert_ptr_null(netlink_find_in_message(&buf.message,
					sizeof(struct ifinfomsg), IFLA_MTU));
	for (cut = 0; cut < len; cut++)
		ck_assert_ptr_null(netlink_message_at(&buf, cut));
	for (buf.message.len = 0; buf.message.len < 16; buf.message.len++)
		ck_assert_ptr_null(netlink_message_at(&buf, len));
	buf.message.len = 16;
	ck_assert(!netlink_has_body(&buf.message, 1));
	ck_assert_ptr_null(netlink_find_in_message(&buf.message, 16, IFLA_MTU));
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("netlink");

	tcase_add_test(tc, headers_have_the_layout_of_the_kernel);
	tcase_add_test(tc, a_message_is_as_the_macros_of_the_kernel_read_it);
	tcase_add_test(tc, attributes_are_found_by_their_type);
	tcase_add_test(tc, nested_attributes_are_found);
	tcase_add_test(tc, all_messages_of_a_buffer_are_visited);
	tcase_add_test(tc, a_request_that_is_too_long_is_refused);
	tcase_add_test(tc, wrong_lengths_lead_nowhere);
	return run_case(tc, CK_FORK);
}
