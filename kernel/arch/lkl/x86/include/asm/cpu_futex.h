/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ASM_LKL_CPU_FUTEX_H
#define _ASM_LKL_CPU_FUTEX_H

#include <linux/types.h>
#include <asm/extable.h>

/*
 * Compare and exchange a futex word.  Host threads that are not inside the
 * kernel change the word too, so the instruction is locked.
 *
 * Return 0 and the previous value in *@cur, or -EFAULT.
 */
static inline int cpu_futex_cmpxchg(u32 *cur, u32 __user *uaddr, u32 old,
				    u32 new)
{
	long ret = -EFAULT;

	asm volatile("1:	lock; cmpxchgl %[new], %[mem]\n"
		     "	mov $0, %k[ret]\n"
		     "2:\n"
		     _ASM_EXTABLE(1b, 2b)
		     : "+a" (old), [mem] "+m" (*(__force u32 *)uaddr),
		       [ret] "+r" (ret)
		     : [new] "r" (new)
		     : "memory", "cc");
	*cur = old;
	return ret;
}

#endif /* _ASM_LKL_CPU_FUTEX_H */
