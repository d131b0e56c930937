/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ASM_LKL_RAM_H
#define _ASM_LKL_RAM_H

#include <linux/types.h>

/* The size that guest RAM never exceeds. */
extern phys_addr_t lkl_ram_max;

#ifdef CONFIG_MEMORY_HOTPLUG
bool lkl_ram_low(void);
void lkl_ram_grow(void);
#else
static inline bool lkl_ram_low(void)
{
	return false;
}

static inline void lkl_ram_grow(void)
{
}
#endif

#endif /* _ASM_LKL_RAM_H */
