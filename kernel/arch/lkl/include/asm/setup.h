/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ASM_LKL_SETUP_H
#define _ASM_LKL_SETUP_H

#include <uapi/asm/setup.h>
#include <lkl/abi.h>

/* A copy of what lkl_boot() was called with. */
extern struct lkl_boot_args lkl_boot_args;

void lkl_clock_init(void);
void lkl_fault_init(void);
void lkl_ram_init(void);
void lkl_paging_init(void);

#endif /* _ASM_LKL_SETUP_H */
