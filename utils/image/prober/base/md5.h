/* SPDX-License-Identifier: GPL-2.0 */
/*
 * MD5 of a short message, as UUIDs of version 3 use it.
 */
#ifndef PROBER_MD5_H
#define PROBER_MD5_H

#include <stdint.h>

#define MD5_MESSAGE_MAX	55
#define MD5_SIZE	16

/* Store the digest of a message of at most MD5_MESSAGE_MAX bytes. */
void prober_md5(const uint8_t *message, uint32_t len, uint8_t *digest);

#endif /* PROBER_MD5_H */
