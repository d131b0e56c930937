/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Values in super blocks: numbers at any address, and UUIDs.
 */
#ifndef MEMBERS_SUPER_BLOCK_H
#define MEMBERS_SUPER_BLOCK_H

#include <stdint.h>

#define UUID_SIZE	16
#define UUID_TEXT_SIZE	37

static inline uint16_t super_le16(const uint8_t *at)
{
	return at[0] | at[1] << 8;
}

static inline uint32_t super_le32(const uint8_t *at)
{
	return super_le16(at) | (uint32_t)super_le16(at + 2) << 16;
}

static inline uint64_t super_le64(const uint8_t *at)
{
	return super_le32(at) | (uint64_t)super_le32(at + 4) << 32;
}

static inline void super_put_le32(uint8_t *at, uint32_t value)
{
	at[0] = value;
	at[1] = value >> 8;
	at[2] = value >> 16;
	at[3] = value >> 24;
}

static inline uint32_t super_be32(const uint8_t *at)
{
	return __builtin_bswap32(super_le32(at));
}

static inline uint64_t super_be64(const uint8_t *at)
{
	return __builtin_bswap64(super_le64(at));
}

/* Write @uuid in the usual form to @text, of UUID_TEXT_SIZE bytes. */
void super_uuid_text(const uint8_t *uuid, char *text);

#endif /* MEMBERS_SUPER_BLOCK_H */
