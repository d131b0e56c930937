/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Files and block devices as disks: the sub-table @blk of the host's table.
 */
#ifndef LKL_POSIX_BLOCK_H
#define LKL_POSIX_BLOCK_H

#include <lkl_host.h>

extern const struct lkl_host_blk_ops lkl_posix_blk_ops;

#endif /* LKL_POSIX_BLOCK_H */
