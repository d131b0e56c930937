/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Properties of files and drives that serve as disks.
 */
#ifndef LKL_WIN32_DISK_INFO_H
#define LKL_WIN32_DISK_INFO_H

#include <lkl_host.h>

/*
 * Fill in @info for the file or drive @handle, store the alignment that transfers
 * need in *@align, and make a file sparse if it can be written.  Return 0 or a
 * negative LKL error.
 */
int lkl_host_win32_disk_info(void *handle, struct lkl_blk_info *info,
			     uint32_t *align);

#endif /* LKL_WIN32_DISK_INFO_H */
