/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Back ends that need other libraries are plug-ins, so that this library does
 * not drag those in.  A plug-in is a shared object with one function.
 */
#ifndef LKL_NET_PLUGIN_H
#define LKL_NET_PLUGIN_H

#include "net/backend.h"

/**
 * struct net_plugin_host - what a plug-in may call
 * @size:	sizeof(struct net_plugin_host)
 * @watch:	lkl_poller_watch()
 * @unwatch:	lkl_poller_unwatch()
 * @rewatch:	lkl_poller_rewatch()
 * @again:	lkl_poller_again()
 * @complain:	net_complain()
 * @error:	lkl_posix_error()
 */
struct net_plugin_host {
	uint32_t size;
	int (*watch)(struct lkl_poller *p, struct lkl_watch *w);
	void (*unwatch)(struct lkl_poller *p, struct lkl_watch *w);
	void (*rewatch)(struct lkl_poller *p, struct lkl_watch *w, int events);
	void (*again)(struct lkl_poller *p, struct lkl_watch *w, int revents);
	void (*complain)(const char *what, const char *which, int host_errno);
	int (*error)(int host_errno);
};

/* The function: a back end for @param, or NULL after a complaint. */
#define NET_PLUGIN_ENTRY	"lkl_net_plugin_1"
typedef struct lkl_netdev *(*net_plugin_fn)(const struct net_plugin_host *host,
					    const char *param);
struct lkl_netdev *lkl_net_plugin_1(const struct net_plugin_host *host,
				    const char *param);

#endif /* LKL_NET_PLUGIN_H */
