/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The CRC32 of IEEE 802.3, as GPT and LVM use it.
 */
#ifndef PROBER_CHECKSUM_H
#define PROBER_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

/* Continue register @crc with @len bytes; the caller inverts the register. */
uint32_t prober_crc32(uint32_t crc, const void *bytes, size_t len);

#endif /* PROBER_CHECKSUM_H */
