/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the plug-ins share.
 */
#ifndef LKL_PLUGIN_GLUE_H
#define LKL_PLUGIN_GLUE_H

#include <string.h>

#include "net/plugin.h"

/* Set by lkl_net_plugin_1() before anything else. */
extern const struct net_plugin_host *net_host;

/* Copy a packet out of its buffers, or into them; it is cut where it ends. */
size_t net_gather(const struct lkl_packet *p, void *buf, size_t size);
void net_scatter(struct lkl_packet *p, const void *buf, size_t len);

#endif /* LKL_PLUGIN_GLUE_H */
