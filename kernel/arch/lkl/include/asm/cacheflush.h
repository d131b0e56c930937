/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ASM_LKL_CACHEFLUSH_H
#define _ASM_LKL_CACHEFLUSH_H

/*
 * Hooks that copy the kernel's page tables to the host.  The generic code calls
 * them with the exact range after each mapping of vmalloc space and before each
 * unmapping.
 */
void lkl_vmap(unsigned long start, unsigned long end);
void lkl_vunmap(unsigned long start, unsigned long end);

#define flush_cache_vmap(start, end)		lkl_vmap(start, end)
#define flush_cache_vmap_early(start, end)	lkl_vmap(start, end)
#define flush_cache_vunmap(start, end)		lkl_vunmap(start, end)

#include <asm-generic/cacheflush.h>

#endif /* _ASM_LKL_CACHEFLUSH_H */
