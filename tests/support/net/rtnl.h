/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The network's configuration as the kernel lists it, read without functions of
 * liblkl, which the tests check.
 */
#ifndef LKL_TESTS_RTNL_H
#define LKL_TESTS_RTNL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <lkl.h>
#include <lkl/linux/netlink.h>
#include <lkl/linux/rtnetlink.h>

/* One message of a list: its attributes by their types */
struct rtnl_object {
	const void *head;
	const void *attr[64];
	unsigned int len[64];
};

/* Return the number of objects of a list for which @match returns true. */
int rtnl_count(uint16_t type, int family, size_t head,
	       bool (*match)(const struct rtnl_object *o, const void *arg),
	       const void *arg);

/* Add an interface of kind @kind; return its index. */
int rtnl_add_link(const char *kind, const char *name);
/* Add two interfaces that are connected with each other. */
void rtnl_add_veth(const char *name, const char *peer);

/* Return the contents of a file of the kernel, valid until the next call. */
const char *file_of(const char *path);
/* Return whether a line of the file has all these words, in this order. */
bool has_line(const char *path, const char *const *words);
#define HAS_LINE(path, ...) \
	has_line(path, (const char *const[]){ __VA_ARGS__, NULL })

/* Return an address in network byte order: 4 bytes, or a buffer of 16 bytes. */
uint32_t ip4(const char *text);
void *ip6(const char *text);

/* Boot a kernel and mount /proc and /sys; halt the kernel. */
void boot_net(const char *cmdline);
void halt_net(void);

#endif /* LKL_TESTS_RTNL_H */
