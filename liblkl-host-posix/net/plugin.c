// SPDX-License-Identifier: GPL-2.0
/*
 * Loading back ends that are plug-ins.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/host-report.h"
#include "base/installed.h"
#include "net/packet.h"
#include "net/plugin.h"

static const struct lkl_net_services plugin_services = {
	.size = sizeof(plugin_services),
	.report = lkl_posix_report,
	.report_open_error = lkl_posix_report_open_error,
	.watch = lkl_poller_watch,
	.unwatch = lkl_poller_unwatch,
	.set_events = lkl_poller_set_events,
	.raise = lkl_poller_raise,
	.fd_init = lkl_net_fd_init,
	.fd_set_name = lkl_net_fd_set_name,
	.fd_open = lkl_net_fd_open,
	.fd_close = lkl_net_fd_close,
	.fd_free = lkl_net_fd_free,
	.fd_want_rx = lkl_net_fd_want_rx,
	.fd_want_tx = lkl_net_fd_want_tx,
	.packet_read = lkl_packet_read,
	.packet_set = lkl_packet_set,
};

static bool plugin_fits(const struct lkl_net_plugin *plugin)
{
	return plugin->version == LKL_NET_PLUGIN_VERSION &&
	       plugin->services_size <= sizeof(plugin_services) &&
	       plugin->fd_size == sizeof(struct lkl_net_fd);
}

/*
 * Load the plug-in at @path.  A plug-in is never unloaded, as its code may be
 * in use until the process ends.
 */
static const struct lkl_net_plugin *plugin_load(const char *name,
						const char *path)
{
	const struct lkl_net_plugin *(*entry)(void) = NULL;
	const struct lkl_net_plugin *plugin;
	void *so = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);

	if (!so) {
		lkl_posix_report("lkl: cannot load the %s back end: %s; install the package of this back end\n",
				 name, dlerror());
		return NULL;
	}
	*(void **)&entry = dlsym(so, LKL_NET_PLUGIN_ENTRY);
	plugin = entry ? entry() : NULL;
	if (!plugin || !plugin_fits(plugin)) {
		lkl_posix_report("lkl: cannot use the %s back end %s: the file belongs to another version of LKL; install the back end of this version\n",
				 name, path);
		return NULL;
	}
	return plugin;
}

static struct lkl_netdev *plugin_create(const char *name, const char *param)
{
	const char *dir = getenv("LKL_PLUGIN_DIR");
	const struct lkl_net_plugin *plugin;
	char file[64], path[4096];

	snprintf(file, sizeof(file), "lkl-net-%s.so", name);
	if (dir)
		snprintf(path, sizeof(path), "%s/%s", dir, file);
	else
		lkl_posix_installed_path(file, path, sizeof(path));
	plugin = plugin_load(name, path);
	return plugin ? plugin->create(&plugin_services, param) : NULL;
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

/* DPDK needs threads and memory that belong to it all the time. */
__attribute__((visibility("default")))
struct lkl_netdev *lkl_netdev_dpdk_create(const char *ifname, int offload,
					  unsigned char *mac)
{
	lkl_posix_report("lkl: cannot open the dpdk interface %s: dpdk is not supported; use another type, such as tap\n",
			 ifname ? ifname : "(no name)");
	return NULL;
}
