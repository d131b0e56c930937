/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ASM_LKL_CPU_FEATURES_H
#define _ASM_LKL_CPU_FEATURES_H

#include <linux/types.h>

/* Features of the processor; false until features.c has looked. */

/* The instruction crc32, of SSE 4.2. */
extern bool lkl_cpu_has_crc32;
/* "rep movsb" is faster than a loop (ERMS). */
extern bool lkl_cpu_has_erms;

#endif /* _ASM_LKL_CPU_FEATURES_H */
