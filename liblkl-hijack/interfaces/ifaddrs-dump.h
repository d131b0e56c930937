/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Links and addresses of the LKL instance, from its rtnetlink.
 */
#ifndef LKL_HIJACK_IFADDRS_DUMP_H
#define LKL_HIJACK_IFADDRS_DUMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sys/socket.h>
#include <linux/rtnetlink.h>

#include "shared/netlink.h"

/* All messages of one dump, one after the other. */
struct ifaddrs_dump {
	char *data;
	size_t len;
	size_t size;
};

/* An address; its pointers lead into the message. */
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

/*
 * Ask for all links (@type RTM_GETLINK) or addresses (RTM_GETADDR).  Return 0, and
 * a dump for ifaddrs_dump_free(), or -errno.
 */
int ifaddrs_dump(int type, struct ifaddrs_dump *dump);
void ifaddrs_dump_free(struct ifaddrs_dump *dump);

/*
 * Return the next message of type @type after @prev (NULL: the first), or NULL at
 * the end.
 */
const struct netlink_message *ifaddrs_next(const struct ifaddrs_dump *dump,
					   const struct netlink_message *prev,
					   int type);

/*
 * Parse an address.  Return false if the message is malformed, or of a family other
 * than IPv4 and IPv6.
 */
bool ifaddrs_parse_address(const struct netlink_message *nh,
			   struct ifaddrs_address *addr);

#endif /* LKL_HIJACK_IFADDRS_DUMP_H */
