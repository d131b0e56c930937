// SPDX-License-Identifier: GPL-2.0
/*
 * A plug-in that was built for another version of the interface.
 */
#include <stdlib.h>

#include "net/plugin.h"

static struct lkl_netdev *old_create(const struct lkl_net_services *services,
				     const char *param)
{
	abort();
}

const struct lkl_net_plugin *lkl_net_plugin(void)
{
	static const struct lkl_net_plugin plugin = {
		.version = LKL_NET_PLUGIN_VERSION + 1,
		.services_size = sizeof(struct lkl_net_services),
		.fd_size = sizeof(struct lkl_net_fd),
		.create = old_create,
	};

	return &plugin;
}
