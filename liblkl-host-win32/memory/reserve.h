/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Address space of the process: members of struct lkl_host_vm_ops.
 */
#ifndef LKL_WIN32_RESERVE_H
#define LKL_WIN32_RESERVE_H

#include <stdint.h>

/* The members with these names */
void *lkl_host_win32_vm_reserve(uint64_t len, uint64_t align);
void lkl_host_win32_vm_release(void *addr, uint64_t len);
int lkl_host_win32_vm_commit(void *addr, uint64_t len);
void lkl_host_win32_vm_decommit(void *addr, uint64_t len);
int lkl_host_win32_stack_commit(void *addr, uint64_t len);

#endif /* LKL_WIN32_RESERVE_H */
