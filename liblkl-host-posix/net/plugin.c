// SPDX-License-Identifier: GPL-2.0
/*
 * Opening the back ends that are plug-ins.
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "net/plugin.h"

static const struct net_plugin_host plugin_host = {
	.size = sizeof(plugin_host),
	.watch = lkl_poller_watch,
	.unwatch = lkl_poller_unwatch,
	.rewatch = lkl_poller_rewatch,
	.again = lkl_poller_again,
	.complain = net_complain,
	.error = lkl_posix_error,
};

/* They stay: their code may be in use until the process ends. */
static struct lkl_netdev *plugin_create(const char *name, const char *param)
{
	const char *dir = getenv("LKL_PLUGIN_DIR");
	struct lkl_netdev *(*create)(const struct net_plugin_host *host,
				     const char *param);
	char path[4096];
	void *so;

	snprintf(path, sizeof(path), "%s/lkl-net-%s.so", dir ? dir :
		 LKL_PLUGIN_PATH, name);
	so = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
	if (so)
		*(void **)&create = dlsym(so, NET_PLUGIN_ENTRY);
	if (!so || !create) {
		lkl_posix_log("lkl: %s is not installed: %s\n", name,
			      dlerror());
		return NULL;
	}
	return create(&plugin_host, param);
}

__attribute__((visibility("default")))
struct lkl_netdev *lkl_netdev_vde_create(const char *switch_path)
{
	return plugin_create("vde", switch_path);
}

__attribute__((visibility("default")))
struct lkl_netdev *lkl_netdev_slirp_create(void)
{
	return plugin_create("slirp", "");
}

/* Its packets need threads and memory that are its own all the time. */
__attribute__((visibility("default")))
struct lkl_netdev *lkl_netdev_dpdk_create(const char *ifname, int offload,
					  unsigned char *mac)
{
	(void)offload;
	(void)mac;
	net_complain("dpdk", ifname, ENOSYS);
	return NULL;
}
