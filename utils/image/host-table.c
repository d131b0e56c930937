// SPDX-License-Identifier: GPL-2.0
/*
 * The tools' own table of host operations.
 */
#include "image/host-table.h"

static struct lkl_host_operations table;

struct lkl_host_operations *image_host(void)
{
	if (!table.size) {
		table = *lkl_default_host_ops();
		/* The kernel need not run between the calls of a tool. */
		table.flags |= LKL_HOST_NO_DRIVER;
	}
	return &table;
}
