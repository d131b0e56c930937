/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ASM_LKL_STRING_H
#define _ASM_LKL_STRING_H

#include <linux/types.h>

#define __HAVE_ARCH_MEMCPY
void *memcpy(void *dst, const void *src, size_t len);
#define __HAVE_ARCH_MEMMOVE
void *memmove(void *dst, const void *src, size_t len);
#define __HAVE_ARCH_MEMSET
void *memset(void *dst, int c, size_t len);
#define __HAVE_ARCH_STRLEN
size_t strlen(const char *s);

#endif /* _ASM_LKL_STRING_H */
