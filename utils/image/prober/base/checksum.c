// SPDX-License-Identifier: GPL-2.0
/*
 * The CRC32 of IEEE 802.3, as GPT and LVM use it.
 */
#include "image/prober/base/checksum.h"

#define POLYNOMIAL	0xedb88320

uint32_t prober_crc32(uint32_t crc, const void *bytes, size_t len)
{
	const uint8_t *at = bytes;
	uint32_t table[16];
	uint32_t i, bit;

	for (i = 0; i < 16; i++)
		for (table[i] = i, bit = 0; bit < 4; bit++)
			table[i] = table[i] >> 1 ^
				   (table[i] & 1 ? POLYNOMIAL : 0);
	for (; len; len--, at++) {
		crc ^= *at;
		crc = crc >> 4 ^ table[crc & 15];
		crc = crc >> 4 ^ table[crc & 15];
	}
	return crc;
}
