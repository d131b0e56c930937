/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Links and addresses of the LKL instance, from its rtnetlink.
 * (Not ifaddrs.h: that would be found instead of the one of libc.)
 */
#ifndef LKL_HIJACK_IFADDRS_NETLINK_H
#define LKL_HIJACK_IFADDRS_NETLINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sys/socket.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>

/* All messages of one dump, one after the other; ifaddrs_dump_free() them. */
struct ifaddrs_dump {
	char *data;
	size_t len;
	size_t size;
};

/* One address: pointers are into the message. */
struct ifaddrs_address {
	int family;
	unsigned int index;
	unsigned int flags;
	unsigned int prefix_len;
	const void *address;
	const void *local;
	const void *broadcast;
	const char *label;
	size_t label_len;
};

/* @type: RTM_GETLINK or RTM_GETADDR.  0, or -1 with errno. */
int ifaddrs_dump(int type, struct ifaddrs_dump *dump);
void ifaddrs_dump_free(struct ifaddrs_dump *dump);

/* The message after @prev (NULL: the first) of type @type; NULL at the end. */
const struct nlmsghdr *ifaddrs_next(const struct ifaddrs_dump *dump,
				    const struct nlmsghdr *prev, int type);

/* Attribute @type of a message with a header of @header bytes, or NULL. */
const struct rtattr *ifaddrs_attr(const struct nlmsghdr *nh, size_t header,
				  int type);

/* False for a family that is neither IPv4 nor IPv6, and when one is malformed. */
bool ifaddrs_parse_address(const struct nlmsghdr *nh,
			   struct ifaddrs_address *addr);

#endif /* LKL_HIJACK_IFADDRS_NETLINK_H */
