/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Access faults: the sub-table @fault of the host's table.
 */
#ifndef LKL_WIN32_FAULT_H
#define LKL_WIN32_FAULT_H

#include <lkl_host.h>

extern const struct lkl_host_fault_ops lkl_host_win32_fault_ops;

#endif /* LKL_WIN32_FAULT_H */
