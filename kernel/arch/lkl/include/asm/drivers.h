/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ASM_LKL_DRIVERS_H
#define _ASM_LKL_DRIVERS_H

/*
 * Functions of arch/lkl/drivers/ for the rest of arch/lkl.
 */
#include <linux/types.h>

/* bus.c */
long lkl_mmio_add(const s64 *params);
long lkl_mmio_remove(const s64 *params);

/* console.c */
void lkl_console_init(void);
void lkl_console_booted(void);

/* hostfd.c */
long lkl_hostfd_create(const s64 *params);
void lkl_hostfd_wake(void);

#endif /* _ASM_LKL_DRIVERS_H */
