// SPDX-License-Identifier: GPL-2.0
/*
 * Network back ends of <lkl_netdev.h>.  Only named pipes work on Windows; the
 * functions for the others say so.  Programs bring their own back ends, see
 * struct lkl_dev_net_ops.
 */
#include <string.h>

#include <lkl_host.h>

#include "base/host-report.h"
#include "net/create.h"
#include "net/pipe.h"

static struct lkl_netdev *create_fail(const char *type)
{
	lkl_host_win32_report("lkl: cannot create a network device of type %s: Windows does not support the type\n",
			      type);
	return NULL;
}

struct lkl_netdev *lkl_host_win32_netdev_create(const char *type,
						const char *param,
						unsigned int offload)
{
	return !strcmp(type, "pipe") ? lkl_host_win32_pipe_create(param) :
				       create_fail(type);
}

struct lkl_netdev *lkl_netdev_tap_create(const char *ifname, int offload)
{
	return create_fail("tap");
}

struct lkl_netdev *lkl_netdev_macvtap_create(const char *path, int offload)
{
	return create_fail("macvtap");
}

struct lkl_netdev *lkl_netdev_raw_create(const char *ifname)
{
	return create_fail("raw");
}

struct lkl_netdev *lkl_netdev_pipe_create(const char *names, int offload)
{
	return lkl_host_win32_pipe_create(names);
}

struct lkl_netdev *lkl_netdev_vde_create(const char *switch_path)
{
	return create_fail("vde");
}

struct lkl_netdev *lkl_netdev_slirp_create(void)
{
	return create_fail("slirp");
}

struct lkl_netdev *lkl_netdev_dpdk_create(const char *ifname, int offload,
					  unsigned char *mac)
{
	return create_fail("dpdk");
}
