// SPDX-License-Identifier: GPL-2.0
/*
 * CRC-32C, the checksum of ext4, xfs and btrfs metadata, with the instruction
 * crc32.  The instruction works on general registers, so no state is saved.
 */
#include <linux/crc32.h>
#include <linux/types.h>
#include <linux/unaligned.h>
#include <asm/cpu_features.h>

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
	return lkl_cpu_has_crc32 ? crc32c_insn(crc, p, len) :
				   __crc32c_le_base(crc, p, len);
}
