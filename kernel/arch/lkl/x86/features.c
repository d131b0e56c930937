// SPDX-License-Identifier: GPL-2.0
/*
 * Detection of the processor's features that arch/lkl/x86/ uses.
 */
#include <linux/bits.h>
#include <linux/cache.h>
#include <linux/init.h>
#include <linux/types.h>
#include <asm/cpu_features.h>

#define CPUID_1_ECX_SSE4_2	BIT(20)
#define CPUID_7_EBX_ERMS	BIT(9)

bool lkl_cpu_has_crc32 __ro_after_init;
bool lkl_cpu_has_erms __ro_after_init;

struct cpuid_regs {
	u32 eax, ebx, ecx, edx;
};

static struct cpuid_regs __init features_cpuid(u32 leaf)
{
	struct cpuid_regs r = { .eax = leaf };

	asm volatile("cpuid" : "+a" (r.eax), "=b" (r.ebx), "+c" (r.ecx),
		     "=d" (r.edx));
	return r;
}

static int __init features_detect(void)
{
	u32 max_leaf = features_cpuid(0).eax;

	lkl_cpu_has_crc32 = features_cpuid(1).ecx & CPUID_1_ECX_SSE4_2;
	if (max_leaf >= 7)
		lkl_cpu_has_erms = features_cpuid(7).ebx & CPUID_7_EBX_ERMS;
	return 0;
}
early_initcall(features_detect);
