/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ASM_LKL_CPU_UACCESS_H
#define _ASM_LKL_CPU_UACCESS_H

#include <linux/types.h>
#include <asm/extable.h>

/*
 * Read or write one word; evaluate to the number of bytes that were not copied.
 * A fault skips the instruction after the access, which clears the number.
 */
#define cpu_get_user(dst, src, size)					\
({									\
	unsigned long __left = (size);					\
	__typeof__(dst) __val = 0;					\
									\
	asm volatile("1:	mov %[from], %[to]\n"			\
		     "	xor %k[left], %k[left]\n"			\
		     "2:\n"						\
		     _ASM_EXTABLE(1b, 2b)				\
		     : [to] "+q" (__val), [left] "+r" (__left)		\
		     : [from] "m" (*(const __typeof__(dst) *)(src))	\
		     : "cc");						\
	(dst) = __val;							\
	__left;								\
})

#define cpu_put_user(val, dst, size)					\
({									\
	unsigned long __left = (size);					\
	__typeof__(val) __val = (val);					\
									\
	asm volatile("1:	mov %[from], %[to]\n"			\
		     "	xor %k[left], %k[left]\n"			\
		     "2:\n"						\
		     _ASM_EXTABLE(1b, 2b)				\
		     : [left] "+r" (__left)				\
		     : [from] "q" (__val),				\
		       [to] "m" (*(__typeof__(__val) *)(dst))		\
		     : "memory", "cc");					\
	__left;								\
})

/* Return the number of bytes that were not copied. */
unsigned long lkl_copy_user(void *to, const void *from, unsigned long n);

static __always_inline unsigned long
cpu_clear_user(void *to, unsigned long n)
{
	asm volatile("1:	rep stosb\n"
		     "2:\n"
		     _ASM_EXTABLE(1b, 2b)
		     : "+c" (n), "+D" (to) : "a" (0) : "memory");
	return n;
}

#endif /* _ASM_LKL_CPU_UACCESS_H */
