// SPDX-License-Identifier: GPL-2.0
/*
 * Network back ends by the names that configurations use.
 */
#include <string.h>

#include <lkl.h>

#include "base/host-report.h"
#include "net/create.h"

/* Report why there is no back end of @type, and return NULL. */
static struct lkl_netdev *create_refuse(const char *type, const char *why)
{
	lkl_posix_report("lkl: cannot make a network back end of type \"%s\": %s\n",
			 type, why);
	return NULL;
}

struct lkl_netdev *lkl_posix_netdev_create(const char *type, const char *param,
					   unsigned int offload)
{
	unsigned char mac[6];

	if (!strcmp(type, "slirp"))
		return lkl_netdev_slirp_create();
	if (!param)
		return create_refuse(type, "all types but slirp need a parameter, such as the name of an interface");
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
	return create_refuse(type, "the types are tap, macvtap, raw, pipe, vde and slirp");
}
