/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Helpers for network interfaces and addresses.
 */
#ifndef LKL_NET_INTERFACE_H
#define LKL_NET_INTERFACE_H

#include <stddef.h>

#include <lkl.h>

#define LKL_MAC_SIZE	6

/* Return the size of an address, 0 for a family other than IPv4 and IPv6. */
static inline size_t lkl_af_size(int af)
{
	switch (af) {
	case LKL_AF_INET:
		return 4;
	case LKL_AF_INET6:
		return 16;
	}
	return 0;
}

/* Fill in LKL_IFF_* of an interface: return 0 or an error. */
int lkl_if_get_flags(int ifindex, unsigned int *flags);

#endif /* LKL_NET_INTERFACE_H */
