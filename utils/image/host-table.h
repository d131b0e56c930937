/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The table of host operations that a tool hands to lkl_init().
 */
#ifndef IMAGE_HOST_TABLE_H
#define IMAGE_HOST_TABLE_H

#include <lkl_host.h>

/*
 * Return the table of host operations that image_boot() uses: a copy of the
 * host library's default table.  A process has one kernel, so there is one such
 * table.
 *
 * A tool may change members of the table before image_boot(), for example set
 * @print, or let @wait point to a table of its own.
 *
 * Context: the first call is made while the process has one thread.
 */
struct lkl_host_operations *image_host(void);

#endif /* IMAGE_HOST_TABLE_H */
