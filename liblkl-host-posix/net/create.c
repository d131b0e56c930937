// SPDX-License-Identifier: GPL-2.0
/*
 * Network back ends by the names that configurations use.
 */
#include <string.h>

#include <lkl.h>

#include "net/create.h"

struct lkl_netdev *lkl_posix_netdev_create(const char *type, const char *param,
					   unsigned int offload)
{
	unsigned char mac[6];

	if (!strcmp(type, "slirp"))
		return lkl_netdev_slirp_create();
	if (!param)
		return NULL;
	if (!strcmp(type, "tap"))
		return lkl_netdev_tap_create(param, offload);
	if (!strcmp(type, "macvtap"))
		return lkl_netdev_macvtap_create(param, offload);
	if (!strcmp(type, "raw"))
		return lkl_netdev_raw_create(param);
	if (!strcmp(type, "pipe"))
		return lkl_netdev_pipe_create(param, offload);
	if (!strcmp(type, "vde"))
		return lkl_netdev_vde_create(param);
	if (!strcmp(type, "dpdk"))
		return lkl_netdev_dpdk_create(param, offload, mac);
	return NULL;
}
