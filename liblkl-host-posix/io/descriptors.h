/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Descriptors of the program for which tasks of the kernel wait: the sub-table
 * @fd of the host's table.
 */
#ifndef LKL_POSIX_DESCRIPTORS_H
#define LKL_POSIX_DESCRIPTORS_H

#include <lkl_host.h>

extern const struct lkl_host_fd_ops lkl_posix_fd_ops;

#endif /* LKL_POSIX_DESCRIPTORS_H */
