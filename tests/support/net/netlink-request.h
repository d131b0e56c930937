/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Requests to rtnetlink or generic netlink, of the host or of LKL.
 */
#ifndef LKL_TESTS_NETLINK_REQUEST_H
#define LKL_TESTS_NETLINK_REQUEST_H

#include <stdint.h>
#include <stdlib.h>

#include "shared/netlink.h"

/* The flag NLA_F_NESTED of an attribute's type */
#define NETLINK_NESTED	0x8000

struct netlink_request {
	union {
		struct netlink_message header;
		char bytes[2048];
	};
};

/* Begin a request with its family header, @len bytes at @body. */
static inline void request_begin(struct netlink_request *r, uint16_t type,
				 uint16_t flags, const void *body, size_t len)
{
	netlink_begin(&r->header, type, flags, body, len);
}

/* Add an attribute; end the program when the request is too long. */
static inline void request_add(struct netlink_request *r, uint16_t type,
			       const void *data, size_t len)
{
	if (!netlink_add(&r->header, sizeof(*r), type, data, len))
		abort();
}

/* Begin an attribute that consists of the attributes up to request_end_nest(). */
static inline struct netlink_attribute *
request_nest(struct netlink_request *r, uint16_t type)
{
	size_t at = ALIGN_UP(r->header.len, NETLINK_ALIGNMENT);

	request_add(r, type | NETLINK_NESTED, "", 0);
	return (struct netlink_attribute *)(r->bytes + at);
}

static inline void request_end_nest(struct netlink_request *r,
				    struct netlink_attribute *nest)
{
	nest->len = r->bytes + r->header.len - (char *)nest;
}

#endif /* LKL_TESTS_NETLINK_REQUEST_H */
