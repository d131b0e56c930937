/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Files and drives as disks: the sub-table @blk of the host's table.
 */
#ifndef LKL_WIN32_BLOCK_H
#define LKL_WIN32_BLOCK_H

#include <lkl_host.h>

extern const struct lkl_host_blk_ops lkl_host_win32_blk_ops;

#endif /* LKL_WIN32_BLOCK_H */
