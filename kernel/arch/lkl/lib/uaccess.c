// SPDX-License-Identifier: GPL-2.0
/*
 * The functions of asm/uaccess.h that are not inlined.
 */
#include <linux/export.h>
#include <linux/uaccess.h>

unsigned long __clear_user(void __user *to, unsigned long n)
{
	return cpu_clear_user((__force void *)to, n);
}
EXPORT_SYMBOL(__clear_user);
