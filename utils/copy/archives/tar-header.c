// SPDX-License-Identifier: GPL-2.0
/*
 * Numbers and checksums in headers of the tar format.
 */
#include <string.h>

#include "copy/archives/tar-format.h"

static uint32_t header_sum(const struct tar_header *h, bool is_signed)
{
	const char *p = (const char *)h;
	const size_t from = offsetof(struct tar_header, checksum);
	uint32_t sum = 0;
	size_t i;

	for (i = 0; i < TAR_BLOCK; i++)
		if (i >= from && i < from + sizeof(h->checksum))
			sum += ' ';
		else
			sum += is_signed ? (uint32_t)(signed char)p[i] :
					   (unsigned char)p[i];
	return sum;
}

uint32_t tar_header_sum(const struct tar_header *h)
{
	return header_sum(h, false);
}

bool tar_header_is_valid(const struct tar_header *h)
{
	int64_t sum;

	if (!tar_header_get(h->checksum, sizeof(h->checksum), &sum) || !sum)
		return false;
	/* Some old programs have added signed characters. */
	return (uint32_t)sum == header_sum(h, false) ||
	       (uint32_t)sum == header_sum(h, true);
}

static bool header_get_binary(const unsigned char *p, size_t size,
			      int64_t *value)
{
	bool negative = p[0] & 0x40;
	uint64_t n = negative ? UINT64_MAX : 0;
	size_t i;

	for (i = 0; i < size; i++) {
		unsigned char c = i ? p[i] : (p[0] & 0x7f) | (negative ? 0x80 : 0);

		if (n >> 55 != (negative ? 0x1ff : 0))
			return false;
		n = n << 8 | c;
	}
	*value = (int64_t)n;
	return true;
}

bool tar_header_get(const char *field, size_t size, int64_t *value)
{
	uint64_t n = 0;
	size_t i = 0;

	if (field[0] & 0x80)
		return header_get_binary((const unsigned char *)field, size,
					 value);
	while (i < size && field[i] == ' ')
		i++;
	for (; i < size && field[i] >= '0' && field[i] <= '7'; i++)
		n = n << 3 | (field[i] - '0');
	*value = n;
	/* An empty field is zero. */
	return i == size || !field[i] || field[i] == ' ';
}

bool tar_header_put(char *field, size_t size, int64_t value)
{
	bool fits = value >= 0 && value >> (3 * (size - 1)) == 0;
	uint64_t n = fits ? value : 0;
	size_t i;

	field[size - 1] = 0;
	for (i = size - 1; i-- > 0; n >>= 3)
		field[i] = '0' + (n & 7);
	return fits;
}
