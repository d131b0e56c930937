/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Netlink messages: building requests and walking through answers.  The layout
 * is the same on the host and in LKL, so one header serves clients of both;
 * sending and receiving are up to the client.
 *
 * A buffer of messages is aligned to 4 bytes.  Lengths that a message or an
 * attribute claims are checked before anything behind the header is read.
 */
#ifndef SHARED_NETLINK_H
#define SHARED_NETLINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "shared/macros.h"

#define NETLINK_ALIGNMENT	4
/* An attribute's type without the flags "nested" and "network byte order" */
#define NETLINK_TYPE_MASK	0x3fff

/**
 * struct netlink_message - header of a message, struct nlmsghdr
 * @len:	bytes of the message, header included
 * @type:	kind of the message
 * @flags:	NLM_F_*
 * @seq:	number that the answers repeat
 * @port:	sender, 0 in a request
 */
struct netlink_message {
	uint32_t len;
	uint16_t type;
	uint16_t flags;
	uint32_t seq;
	uint32_t port;
};

/**
 * struct netlink_attribute - header of an attribute, struct nlattr
 * @len:	bytes of the attribute, header included
 * @type:	kind of the attribute, with flags
 */
struct netlink_attribute {
	uint16_t len;
	uint16_t type;
};

/*
 * Return the family header of message @m, which follows the message's header.
 */
static inline const void *netlink_body(const struct netlink_message *m)
{
	return m + 1;
}

/* Return true when message @m has a family header of at least @len bytes. */
static inline bool netlink_has_body(const struct netlink_message *m, size_t len)
{
	return m->len >= sizeof(*m) + len;
}

/*
 * Begin a request in @m with its family header, @len bytes at @body.  The
 * buffer of @m must have room for both.
 */
static inline void netlink_begin(struct netlink_message *m, uint16_t type,
				 uint16_t flags, const void *body, size_t len)
{
	*m = (struct netlink_message) {
		.len = sizeof(*m) + len,
		.type = type,
		.flags = flags,
		.seq = 1,
	};
	memcpy(m + 1, body, len);
}

/*
 * Add an attribute to request @m, whose buffer has @size bytes.  Return false
 * when there is no room.
 */
static inline bool netlink_add(struct netlink_message *m, size_t size,
			       uint16_t type, const void *data, size_t len)
{
	struct netlink_attribute a = {
		.len = sizeof(a) + len,
		.type = type,
	};
	size_t at = ALIGN_UP(m->len, NETLINK_ALIGNMENT);

	if (len > UINT16_MAX - sizeof(a) || at > size ||
	    size - at < ALIGN_UP(sizeof(a) + len, NETLINK_ALIGNMENT))
		return false;
	memset((char *)m + m->len, 0, at - m->len);
	memcpy((char *)m + at, &a, sizeof(a));
	memcpy((char *)m + at + sizeof(a), data, len);
	m->len = at + sizeof(a) + len;
	return true;
}

/* Return the message at @buf when all of it lies in the @len bytes, or NULL. */
static inline const struct netlink_message *netlink_message_at(const void *buf,
							       size_t len)
{
	const struct netlink_message *m = buf;

	return len >= sizeof(*m) && m->len >= sizeof(*m) && m->len <= len ? m :
	       NULL;
}

/* Return the message after @m in the @len bytes at @buf, or NULL. */
static inline const struct netlink_message *
netlink_next_message(const void *buf, size_t len,
		     const struct netlink_message *m)
{
	size_t at = (const char *)m - (const char *)buf +
		    ALIGN_UP((size_t)m->len, NETLINK_ALIGNMENT);

	return at > len ? NULL :
	       netlink_message_at((const char *)buf + at, len - at);
}

/* Visit each message @m of the @len bytes at @buf. */
#define netlink_for_each_message(m, buf, len)				      \
	for ((m) = netlink_message_at(buf, len); (m);			      \
	     (m) = netlink_next_message(buf, len, m))

static inline const void *netlink_data(const struct netlink_attribute *a)
{
	return a + 1;
}

static inline size_t netlink_data_len(const struct netlink_attribute *a)
{
	return a->len - sizeof(*a);
}

/*
 * Return the attribute at @buf when all of it lies in the @len bytes, or NULL.
 */
static inline const struct netlink_attribute *
netlink_attribute_at(const void *buf, size_t len)
{
	const struct netlink_attribute *a = buf;

	return len >= sizeof(*a) && a->len >= sizeof(*a) && a->len <= len ? a :
	       NULL;
}

/* Return the attribute after @a in the @len bytes at @buf, or NULL. */
static inline const struct netlink_attribute *
netlink_next_attribute(const void *buf, size_t len,
		       const struct netlink_attribute *a)
{
	size_t at = (const char *)a - (const char *)buf +
		    ALIGN_UP((size_t)a->len, NETLINK_ALIGNMENT);

	return at > len ? NULL :
	       netlink_attribute_at((const char *)buf + at, len - at);
}

/*
 * Return the first attribute of type @type in the @len bytes at @buf, or NULL.
 */
static inline const struct netlink_attribute *
netlink_find(const void *buf, size_t len, uint16_t type)
{
	const struct netlink_attribute *a = netlink_attribute_at(buf, len);

	while (a && (a->type & NETLINK_TYPE_MASK) != type)
		a = netlink_next_attribute(buf, len, a);
	return a;
}

/*
 * Return the attribute of type @type of message @m, whose family header has
 * @body_len bytes; or NULL.
 */
static inline const struct netlink_attribute *
netlink_find_in_message(const struct netlink_message *m, size_t body_len,
			uint16_t type)
{
	size_t at = sizeof(*m) + ALIGN_UP(body_len, NETLINK_ALIGNMENT);

	return at > m->len ? NULL :
	       netlink_find((const char *)m + at, m->len - at, type);
}

/* Return the attribute of type @type that is nested in @a, or NULL. */
static inline const struct netlink_attribute *
netlink_find_nested(const struct netlink_attribute *a, uint16_t type)
{
	return a ? netlink_find(netlink_data(a), netlink_data_len(a), type) :
	       NULL;
}

#endif /* SHARED_NETLINK_H */
