/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ASM_LKL_CPU_STRING_H
#define _ASM_LKL_CPU_STRING_H

#include <linux/types.h>

/* Copy more than 64 bytes; the two areas do not overlap. */
void lkl_copy(void *to, const void *from, size_t len);

static __always_inline void cpu_fill(void *dst, int c, size_t len)
{
	asm volatile("rep stosb" : "+D" (dst), "+c" (len)
		     : "a" (c) : "memory");
}

#endif /* _ASM_LKL_CPU_STRING_H */
