/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Requests to rtnetlink of the kernel.
 */
#ifndef LKL_NET_RTNETLINK_H
#define LKL_NET_RTNETLINK_H

#include <stddef.h>
#include <stdint.h>

#include <lkl.h>
#include <lkl/linux/netlink.h>
#include <lkl/linux/rtnetlink.h>

#include "shared/netlink.h"

/**
 * struct lkl_nl - a request that is being built
 * @err:	the first error of building it, which lkl_nl_send() returns
 * @message:	header of the request
 * @buf:	the whole request, with @message at its beginning
 */
struct lkl_nl {
	int err;
	union {
		struct netlink_message message;
		char buf[512];
	};
};

/* Begin a request; copy its family header of @len bytes. */
void lkl_nl_begin(struct lkl_nl *nl, uint16_t type, uint16_t flags,
		  const void *head, size_t len);
/* Add an attribute. */
void lkl_nl_put(struct lkl_nl *nl, uint16_t type, const void *data, size_t len);
void lkl_nl_put_u32(struct lkl_nl *nl, uint16_t type, uint32_t value);
/* Send a request, and wait for the answer of the kernel: 0 or an error. */
int lkl_nl_send(struct lkl_nl *nl);

/*
 * Send a request with LKL_NLM_F_DUMP (a list) or LKL_NLM_F_ACK (one object) in
 * its flags, and call @each for each message of the answer, until @each returns
 * a negative error.  Messages may come more than once: a list that changes
 * meanwhile is read again from its beginning.
 */
int lkl_nl_query(struct lkl_nl *nl,
		 int (*each)(const struct lkl_nlmsghdr *msg, void *arg),
		 void *arg);

/*
 * Find an attribute of at least @len bytes in a message with a family header of
 * @head bytes: return it, or NULL.
 */
const void *lkl_nl_attr(const struct lkl_nlmsghdr *msg, size_t head,
			uint16_t type, size_t len);

/* Open a socket that gets messages of changes in @groups, LKL_RTMGRP_*. */
int lkl_nl_subscribe(uint32_t groups);
/* Wait for the next such message. */
int lkl_nl_wait(int fd);

#endif /* LKL_NET_RTNETLINK_H */
