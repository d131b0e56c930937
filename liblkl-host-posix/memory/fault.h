/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Access faults: the sub-table @fault of the host's table.
 */
#ifndef LKL_POSIX_FAULT_H
#define LKL_POSIX_FAULT_H

#include <lkl_host.h>

extern const struct lkl_host_fault_ops lkl_posix_fault_ops;

#endif /* LKL_POSIX_FAULT_H */
