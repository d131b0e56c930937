/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ASM_LKL_CPU_STRING_H
#define _ASM_LKL_CPU_STRING_H

#include <linux/types.h>

/* More than 64 bytes that do not overlap. */
static __always_inline void cpu_copy(void *dst, const void *src, size_t len)
{
	asm volatile("rep movsb" : "+D" (dst), "+S" (src), "+c" (len)
		     : : "memory");
}

static __always_inline void cpu_fill(void *dst, int c, size_t len)
{
	asm volatile("rep stosb" : "+D" (dst), "+c" (len)
		     : "a" (c) : "memory");
}

#endif /* _ASM_LKL_CPU_STRING_H */
