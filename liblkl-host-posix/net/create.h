/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Network back ends by the names that configurations use: the member
 * @netdev_create of the host's table.
 */
#ifndef LKL_POSIX_NET_CREATE_H
#define LKL_POSIX_NET_CREATE_H

struct lkl_netdev;

struct lkl_netdev *lkl_posix_netdev_create(const char *type, const char *param,
					   unsigned int offload);

#endif /* LKL_POSIX_NET_CREATE_H */
