/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ASM_LKL_RAM_H
#define _ASM_LKL_RAM_H

#include <linux/types.h>

/* Guest RAM never grows beyond. */
extern phys_addr_t lkl_ram_max;

/* hotplug.c: is it time to grow?  Cheap: asked after every system call. */
bool lkl_ram_low(void);
/* Add RAM; may sleep. */
void lkl_ram_grow(void);

#endif /* _ASM_LKL_RAM_H */
