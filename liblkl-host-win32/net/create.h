/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Network back ends by the name of their type.
 */
#ifndef LKL_WIN32_CREATE_H
#define LKL_WIN32_CREATE_H

struct lkl_netdev;

/* The member @netdev_create of the host's table */
struct lkl_netdev *lkl_host_win32_netdev_create(const char *type,
						const char *param,
						unsigned int offload);

#endif /* LKL_WIN32_CREATE_H */
