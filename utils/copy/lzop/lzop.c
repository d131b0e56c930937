// SPDX-License-Identifier: GPL-2.0
/*
 * Files of lzop: a header, blocks with their sizes and checksums, and a size of
 * 0.  Such files may follow each other.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/alloc.h"
#include "copy/lzop/lzo.h"
#include "copy/lzop/lzop.h"

/* Largest block that lzop reads itself */
#define LZOP_BLOCK_MAX	(64U << 20)
/* All of a header but its name */
#define LZOP_HEADER_MAX	64
/* Version from which a header has more fields */
#define LZOP_VERSION_LONG 0x940

/* Flags of a file */
#define LZOP_ADLER_PLAIN	0x1U
#define LZOP_ADLER_PACKED	0x2U
#define LZOP_EXTRA_FIELD	0x40U
#define LZOP_CRC_PLAIN		0x100U
#define LZOP_CRC_PACKED		0x200U
#define LZOP_MULTIPART		0x400U
#define LZOP_FILTER		0x800U
#define LZOP_CRC_HEADER		0x1000U

static const uint8_t lzop_magic[LZOP_MAGIC_SIZE] = "\x89LZO\0\r\n\x1a\n";

/**
 * struct lzop - a reader
 * @more:	see lzop_new()
 * @arg:	argument of @more
 * @next:	next byte of the file
 * @avail:	number of bytes at @next
 * @in_file:	a header was read, and not the end of its file
 * @flags:	flags of the header
 * @header:	bytes of the header, for its checksum
 * @header_len:	their number
 * @packed:	a compressed block
 * @plain:	a decompressed block
 * @error:	what is wrong
 */
struct lzop {
	long (*more)(void *arg, const void **buf);
	void *arg;
	const uint8_t *next;
	size_t avail;
	bool in_file;
	uint32_t flags;
	uint8_t header[LZOP_HEADER_MAX + 255];
	size_t header_len;
	uint8_t *packed;
	uint8_t *plain;
	const char *error;
};

/* Checksums */

static uint32_t lzop_adler(const uint8_t *p, size_t len)
{
	uint32_t a = 1, b = 0;
	size_t i, n;

	while (len) {
		/* The sums of 5552 bytes do not overflow. */
		n = len < 5552 ? len : 5552;
		for (i = 0; i < n; i++) {
			a += p[i];
			b += a;
		}
		a %= 65521;
		b %= 65521;
		p += n;
		len -= n;
	}
	return b << 16 | a;
}

static uint32_t lzop_crc(const uint8_t *p, size_t len)
{
	uint32_t crc = ~0U;
	int i;

	while (len--) {
		crc ^= *p++;
		for (i = 0; i < 8; i++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320U : 0);
	}
	return ~crc;
}

/* Bytes of the file */

static bool lzop_fail(struct lzop *l, const char *why)
{
	l->error = why;
	return false;
}

/* Have at least one byte.  Return 1, 0 at the end of the input, or -1. */
static int lzop_fill(struct lzop *l)
{
	const void *buf;
	long n;

	if (l->avail)
		return 1;
	n = l->more(l->arg, &buf);
	if (n <= 0)
		return n;
	l->next = buf;
	l->avail = n;
	return 1;
}

static bool lzop_get(struct lzop *l, void *buf, size_t len)
{
	uint8_t *to = buf;

	while (len) {
		int ret = lzop_fill(l);
		size_t n = l->avail < len ? l->avail : len;

		if (!ret)
			return lzop_fail(l, "the archive is cut off");
		if (ret < 0)
			return false;
		memcpy(to, l->next, n);
		l->next += n;
		l->avail -= n;
		to += n;
		len -= n;
	}
	return true;
}

static uint32_t lzop_number(const uint8_t *p, size_t len)
{
	uint32_t n = 0;

	while (len--)
		n = n << 8 | *p++;
	return n;
}

static bool lzop_get_32(struct lzop *l, uint32_t *n)
{
	uint8_t bytes[4];

	if (!lzop_get(l, bytes, sizeof(bytes)))
		return false;
	*n = lzop_number(bytes, sizeof(bytes));
	return true;
}

/* Headers */

/* Read a number of the header, which counts for its checksum. */
static bool lzop_get_field(struct lzop *l, size_t len, uint32_t *n)
{
	uint8_t *to = l->header + l->header_len;

	if (!lzop_get(l, to, len))
		return false;
	l->header_len += len;
	*n = lzop_number(to, len);
	return true;
}

/* Compare the header with its checksum, and begin the next one. */
static bool lzop_check_header(struct lzop *l)
{
	uint32_t sum;

	if (!lzop_get_32(l, &sum))
		return false;
	if (sum != (l->flags & LZOP_CRC_HEADER ?
			    lzop_crc(l->header, l->header_len) :
			    lzop_adler(l->header, l->header_len)))
		return lzop_fail(l, "the archive is damaged");
	return true;
}

static bool lzop_skip_extra(struct lzop *l)
{
	uint32_t len;
	uint8_t byte;

	if (!lzop_get_32(l, &len))
		return false;
	while (len--)
		if (!lzop_get(l, &byte, 1))
			return false;
	/* The checksum */
	return lzop_get_32(l, &len);
}

static bool lzop_read_header(struct lzop *l)
{
	uint32_t version, method, n;
	uint8_t magic[LZOP_MAGIC_SIZE];
	bool is_long;

	l->header_len = 0;
	if (!lzop_get(l, magic, sizeof(magic)))
		return false;
	if (!lzop_is_magic(magic, sizeof(magic)))
		return lzop_fail(l, "other data follow the end of the archive");
	/* The version, the library's version, and the version that is needed */
	if (!lzop_get_field(l, 2, &version) || !lzop_get_field(l, 2, &n))
		return false;
	is_long = version >= LZOP_VERSION_LONG;
	/* The method and its level, the flags, and what to do with the data */
	if ((is_long && !lzop_get_field(l, 2, &n)) ||
	    !lzop_get_field(l, 1, &method) ||
	    (is_long && !lzop_get_field(l, 1, &n)) ||
	    !lzop_get_field(l, 4, &l->flags) ||
	    (l->flags & LZOP_FILTER && !lzop_get_field(l, 4, &n)))
		return false;
	/* The mode and the time of the file, and its name */
	if (!lzop_get_field(l, 4, &n) || !lzop_get_field(l, 4, &n) ||
	    (is_long && !lzop_get_field(l, 4, &n)) ||
	    !lzop_get_field(l, 1, &n) ||
	    (n && !lzop_get_field(l, n, &n)) || !lzop_check_header(l))
		return false;
	if (method < 1 || method > 3 ||
	    l->flags & (LZOP_FILTER | LZOP_MULTIPART))
		return lzop_fail(l, "its kind of lzop compression is not supported: decompress it with 'lzop -d'");
	return !(l->flags & LZOP_EXTRA_FIELD) || lzop_skip_extra(l);
}

/* Blocks */

static bool lzop_is_sum(struct lzop *l, const uint8_t *p, size_t len,
			uint32_t adler, uint32_t crc, bool is_plain)
{
	uint32_t a = is_plain ? LZOP_ADLER_PLAIN : LZOP_ADLER_PACKED;
	uint32_t c = is_plain ? LZOP_CRC_PLAIN : LZOP_CRC_PACKED;

	return (!(l->flags & a) || lzop_adler(p, len) == adler) &&
	       (!(l->flags & c) || lzop_crc(p, len) == crc);
}

/* Read the checksums of a block that the flags announce. */
static bool lzop_get_sums(struct lzop *l, uint32_t adler_flag,
			  uint32_t crc_flag, uint32_t *adler, uint32_t *crc)
{
	return (!(l->flags & adler_flag) || lzop_get_32(l, adler)) &&
	       (!(l->flags & crc_flag) || lzop_get_32(l, crc));
}

/* Read the block of which @size bytes are the contents. */
static bool lzop_read_block(struct lzop *l, uint32_t size, const void **buf)
{
	uint32_t packed, adler = 0, crc = 0, packed_adler = 0, packed_crc = 0;
	const uint8_t *plain;

	if (!lzop_get_32(l, &packed))
		return false;
	if (size > LZOP_BLOCK_MAX || packed > size || !packed)
		return lzop_fail(l, "the archive is damaged");
	if (!lzop_get_sums(l, LZOP_ADLER_PLAIN, LZOP_CRC_PLAIN, &adler, &crc))
		return false;
	if (packed < size &&
	    !lzop_get_sums(l, LZOP_ADLER_PACKED, LZOP_CRC_PACKED,
			   &packed_adler, &packed_crc))
		return false;
	l->packed = xrealloc(l->packed, packed);
	l->plain = xrealloc(l->plain, size);
	if (!lzop_get(l, l->packed, packed))
		return false;
	plain = packed < size ? l->plain : l->packed;
	if (packed < size &&
	    (!lzop_is_sum(l, l->packed, packed, packed_adler, packed_crc,
			  false) ||
	     !lzo_decompress(l->packed, packed, l->plain, size)))
		return lzop_fail(l, "the archive is damaged");
	if (!lzop_is_sum(l, plain, size, adler, crc, true))
		return lzop_fail(l, "the archive is damaged");
	*buf = plain;
	return true;
}

/* Return 0 if only zeros follow, as on a tape, or -1. */
static long lzop_check_end(struct lzop *l)
{
	int ret;

	while ((ret = lzop_fill(l)) > 0) {
		while (l->avail && !*l->next) {
			l->next++;
			l->avail--;
		}
		if (l->avail) {
			lzop_fail(l, "other data follow the end of the archive");
			return -1;
		}
	}
	return ret;
}

long lzop_next(struct lzop *l, const void **buf)
{
	uint32_t size = 0;
	int ret;

	while (!size) {
		if (!l->in_file) {
			ret = lzop_fill(l);
			if (ret <= 0)
				return ret;
			if (!*l->next)
				return lzop_check_end(l);
			if (!lzop_read_header(l))
				return -1;
			l->in_file = true;
		}
		if (!lzop_get_32(l, &size))
			return -1;
		l->in_file = size;
	}
	return lzop_read_block(l, size, buf) ? (long)size : -1;
}

const char *lzop_error(const struct lzop *l)
{
	return l->error;
}

bool lzop_is_magic(const void *buf, size_t len)
{
	return len >= LZOP_MAGIC_SIZE &&
	       !memcmp(buf, lzop_magic, LZOP_MAGIC_SIZE);
}

struct lzop *lzop_new(long (*more)(void *arg, const void **buf), void *arg)
{
	struct lzop *l = xzalloc(sizeof(*l));

	l->more = more;
	l->arg = arg;
	return l;
}

void lzop_free(struct lzop *l)
{
	if (!l)
		return;
	free(l->packed);
	free(l->plain);
	free(l);
}
