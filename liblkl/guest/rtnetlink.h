/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Requests to the kernel's rtnetlink.
 */
#ifndef LKL_NETLINK_H
#define LKL_NETLINK_H

#include <stddef.h>
#include <stdint.h>

#include <lkl.h>
#include <lkl/linux/netlink.h>
#include <lkl/linux/rtnetlink.h>

/**
 * struct lkl_nl - a request that is being built
 * @err:	the first error of building it; lkl_nl_send() returns it
 * @hdr:	its header; the rest follows in @buf
 */
struct lkl_nl {
	int err;
	union {
		struct lkl_nlmsghdr hdr;
		char buf[512];
	};
};

/* Begin a request with its family header of @len bytes, which is copied. */
void lkl_nl_begin(struct lkl_nl *nl, uint16_t type, uint16_t flags,
		  const void *head, size_t len);
/* Add an attribute. */
void lkl_nl_put(struct lkl_nl *nl, uint16_t type, const void *data, size_t len);
void lkl_nl_put_u32(struct lkl_nl *nl, uint16_t type, uint32_t value);
/* Send it, and wait for the kernel's answer: 0 or its error. */
int lkl_nl_send(struct lkl_nl *nl);

/*
 * Send a request with LKL_NLM_F_DUMP (a list) or LKL_NLM_F_ACK (one object) in
 * its flags, and call @each for each message of the answer, until it returns a
 * negative error.  It may see messages again: a list that changes meanwhile is
 * read from its beginning.
 */
int lkl_nl_query(struct lkl_nl *nl,
		 int (*each)(const struct lkl_nlmsghdr *msg, void *arg),
		 void *arg);

/* An attribute of a message, behind a family header of @head bytes, or NULL. */
const void *lkl_nl_attr(const struct lkl_nlmsghdr *msg, size_t head,
			uint16_t type, size_t len);

/* A socket that is told of changes, LKL_RTMGRP_*; or a negative error. */
int lkl_nl_subscribe(uint32_t groups);
/* Wait for the next of them. */
int lkl_nl_wait(int fd);

#endif /* LKL_NETLINK_H */
