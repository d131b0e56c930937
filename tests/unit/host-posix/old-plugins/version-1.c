// SPDX-License-Identifier: GPL-2.0
/*
 * A plug-in with the function of version 1 of the interface.
 */
#include <stdlib.h>

void *lkl_net_plugin_1(const void *host, const char *param);

void *lkl_net_plugin_1(const void *host, const char *param)
{
	abort();
}
