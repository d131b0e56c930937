// SPDX-License-Identifier: GPL-2.0
/*
 * CRC-32C, the checksum of ext4, xfs and btrfs metadata, with the instruction
 * for it.  It works on general registers, so there is no state to save.
 */
#include <linux/bits.h>
#include <linux/cache.h>
#include <linux/crc32.h>
#include <linux/init.h>
#include <linux/types.h>
#include <linux/unaligned.h>

#define CPUID_1_ECX_SSE4_2	BIT(20)

static bool has_crc32 __ro_after_init;

static int __init crc32_detect(void)
{
	u32 a = 1, b, c = 0, d;

	asm volatile("cpuid" : "+a" (a), "=b" (b), "+c" (c), "=d" (d));
	has_crc32 = c & CPUID_1_ECX_SSE4_2;
	return 0;
}
early_initcall(crc32_detect);

static u32 __pure crc32c_insn(u32 crc, const u8 *p, size_t len)
{
	u64 crc64 = crc;

	for (; len >= 8; len -= 8, p += 8)
		asm("crc32q %1, %0"
		    : "+r" (crc64) : "r" (get_unaligned((const u64 *)p)));
	crc = crc64;
	while (len--)
		asm("crc32b %1, %0" : "+r" (crc) : "rm" (*p++));
	return crc;
}

u32 __pure __crc32c_le(u32 crc, const u8 *p, size_t len)
{
	return has_crc32 ? crc32c_insn(crc, p, len) :
			   __crc32c_le_base(crc, p, len);
}
