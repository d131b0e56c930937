/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of the network's configuration share.
 */
#ifndef LKL_NET_H
#define LKL_NET_H

#include <stddef.h>

/* Bytes of an address; 0 for a family that is not IPv4 or IPv6. */
size_t lkl_af_size(int af);
/* LKL_IFF_* of an interface, or a negative error. */
int lkl_if_get_flags(int ifindex, unsigned int *flags);

/**
 * struct lkl_list_entry - an entry of a list such as "name=value;name=value"
 * @name:	what stands before the separator
 * @value:	what stands behind it; NULL without a separator
 */
struct lkl_list_entry {
	char *name;
	char *value;
};

/*
 * Call @each for the entries of @list, which are separated by @end, until it
 * returns something other than 0, which is the result.  Blanks around names and
 * values are left out, and so are empty entries.  @between: separator within an
 * entry, 0 for none.
 */
int lkl_list_each(const char *list, char end, char between,
		  int (*each)(const struct lkl_list_entry *entry, void *arg),
		  void *arg);

#endif /* LKL_NET_H */
