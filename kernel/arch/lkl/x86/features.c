// SPDX-License-Identifier: GPL-2.0
/*
 * What the processor does well.
 */
#include <linux/bits.h>
#include <linux/cache.h>
#include <linux/init.h>
#include <linux/types.h>
#include <asm/cpu_string.h>

#define CPUID_7_EBX_ERMS	BIT(9)

bool cpu_rep_is_fast __ro_after_init;

static void __init cpuid(u32 leaf, u32 *a, u32 *b)
{
	u32 c = 0, d;

	*a = leaf;
	asm volatile("cpuid" : "+a" (*a), "=b" (*b), "+c" (c), "=d" (d));
}

static int __init features_detect(void)
{
	u32 a, b;

	cpuid(0, &a, &b);
	if (a >= 7) {
		cpuid(7, &a, &b);
		cpu_rep_is_fast = b & CPUID_7_EBX_ERMS;
	}
	return 0;
}
early_initcall(features_detect);
