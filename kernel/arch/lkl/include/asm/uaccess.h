/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ASM_LKL_UACCESS_H
#define _ASM_LKL_UACCESS_H

#include <linux/compiler.h>
#include <asm/extable.h>
#include <asm/cpu_uaccess.h>

/*
 * A user pointer is a pointer of the host program.  The pointer may be wrong,
 * and its mapping may end.  Accesses go through instructions that are listed in
 * the exception table; the host's fault handler asks lkl_fixup() for the
 * address to continue at.
 */
static __always_inline unsigned long
raw_copy_from_user(void *to, const void __user *from, unsigned long n)
{
	if (__builtin_constant_p(n))
		switch (n) {
		case 1:
			return cpu_get_user(*(u8 *)to, from, n);
		case 2:
			return cpu_get_user(*(u16 *)to, from, n);
		case 4:
			return cpu_get_user(*(u32 *)to, from, n);
		case 8:
			return cpu_get_user(*(u64 *)to, from, n);
		}
	return lkl_copy_user(to, (__force const void *)from, n);
}

static __always_inline unsigned long
raw_copy_to_user(void __user *to, const void *from, unsigned long n)
{
	if (__builtin_constant_p(n))
		switch (n) {
		case 1:
			return cpu_put_user(*(u8 *)from, to, n);
		case 2:
			return cpu_put_user(*(u16 *)from, to, n);
		case 4:
			return cpu_put_user(*(u32 *)from, to, n);
		case 8:
			return cpu_put_user(*(u64 *)from, to, n);
		}
	return lkl_copy_user((__force void *)to, from, n);
}

#define INLINE_COPY_FROM_USER
#define INLINE_COPY_TO_USER

#define __clear_user __clear_user
unsigned long __clear_user(void __user *to, unsigned long n);

#include <asm-generic/uaccess.h>

#endif /* _ASM_LKL_UACCESS_H */
