/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What tests of the network's configuration look at: lists of the kernel, read
 * by code of their own.
 */
#ifndef LKL_TESTS_RTNL_H
#define LKL_TESTS_RTNL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <lkl.h>
#include <lkl/linux/netlink.h>
#include <lkl/linux/rtnetlink.h>

/* One message of a list, taken apart: attributes by their types. */
struct rtnl_object {
	const void *head;
	const void *attr[64];
	unsigned int len[64];
};

/* How many objects of a list @match says true to. */
int rtnl_count(uint16_t type, int family, size_t head,
	       bool (*match)(const struct rtnl_object *o, const void *arg),
	       const void *arg);

/* A new interface of that kind; its index. */
int rtnl_add_link(const char *kind, const char *name);
/* Two that are connected with each other. */
void rtnl_add_veth(const char *name, const char *peer);

/* Contents of a file of the kernel, until the next call. */
const char *file_of(const char *path);
/* Whether a line of it has all these words, in this order. */
bool has_line(const char *path, const char *const *words);
#define HAS_LINE(path, ...) \
	has_line(path, (const char *const[]){ __VA_ARGS__, NULL })

/* "10.0.0.1" in network byte order, and "2001:db8::1" in 16 bytes. */
uint32_t ip4(const char *text);
void *ip6(const char *text);

/* Boot with /proc and /sys; halt. */
void boot_net(const char *cmdline);
void halt_net(void);

#endif /* LKL_TESTS_RTNL_H */
