// SPDX-License-Identifier: GPL-2.0
/*
 * Copying and filling memory, and the length of strings.  Most areas are small:
 * up to 64 bytes are copied through registers, with loads and stores that
 * overlap instead of a loop over the rest.
 */
#include <linux/compiler.h>
#include <linux/export.h>
#include <linux/string.h>
#include <asm/cpu_string.h>
#include <asm/word-at-a-time.h>

typedef u64 vec __attribute__((vector_size(16), may_alias)) __aligned(1);
typedef u64 word __attribute__((may_alias)) __aligned(1);
typedef u32 half __attribute__((may_alias)) __aligned(1);
typedef u16 quarter __attribute__((may_alias)) __aligned(1);

#define COPY_ENDS(type, dst, src, len)					\
	do {								\
		type __a = *(const type *)(src);			\
		type __b = *(const type *)((src) + (len) - sizeof(type)); \
									\
		*(type *)(dst) = __a;					\
		*(type *)((dst) + (len) - sizeof(type)) = __b;		\
	} while (0)

/* Copy up to 64 bytes; all loads come before the first store. */
static __always_inline void copy_small(char *dst, const char *src, size_t len)
{
	if (len >= 32) {
		vec a = *(const vec *)src, b = *(const vec *)(src + 16);
		vec c = *(const vec *)(src + len - 32);
		vec d = *(const vec *)(src + len - 16);

		*(vec *)dst = a;
		*(vec *)(dst + 16) = b;
		*(vec *)(dst + len - 32) = c;
		*(vec *)(dst + len - 16) = d;
	} else if (len >= 16) {
		COPY_ENDS(vec, dst, src, len);
	} else if (len >= 8) {
		COPY_ENDS(word, dst, src, len);
	} else if (len >= 4) {
		COPY_ENDS(half, dst, src, len);
	} else if (len >= 2) {
		COPY_ENDS(quarter, dst, src, len);
	} else if (len) {
		*dst = *src;
	}
}

void *memcpy(void *dst, const void *src, size_t len)
{
	if (len <= 64)
		copy_small(dst, src, len);
	else
		lkl_copy(dst, src, len);
	return dst;
}
EXPORT_SYMBOL(memcpy);

static void copy_backward(char *dst, const char *src, size_t len)
{
	while (len > 64) {
		len -= 32;
		copy_small(dst + len, src + len, 32);
	}
	copy_small(dst, src, len);
}

static void copy_forward(char *dst, const char *src, size_t len)
{
	while (len > 64) {
		copy_small(dst, src, 32);
		dst += 32;
		src += 32;
		len -= 32;
	}
	copy_small(dst, src, len);
}

void *memmove(void *dst, const void *src, size_t len)
{
	if (len <= 64)
		copy_small(dst, src, len);
	else if ((size_t)((char *)dst - (char *)src) < len)
		copy_backward(dst, src, len);
	else if ((size_t)((char *)src - (char *)dst) < len)
		copy_forward(dst, src, len);
	else
		lkl_copy(dst, src, len);
	return dst;
}
EXPORT_SYMBOL(memmove);

static __always_inline void fill_small(char *dst, u64 pattern, size_t len)
{
	if (len >= 16) {
		vec v = pattern + (vec) { 0 };

		*(vec *)dst = v;
		if (len >= 32) {
			*(vec *)(dst + 16) = v;
			*(vec *)(dst + len - 32) = v;
		}
		*(vec *)(dst + len - 16) = v;
	} else if (len >= 8) {
		*(word *)dst = pattern;
		*(word *)(dst + len - 8) = pattern;
	} else if (len >= 4) {
		*(half *)dst = pattern;
		*(half *)(dst + len - 4) = pattern;
	} else if (len >= 2) {
		*(quarter *)dst = pattern;
		*(quarter *)(dst + len - 2) = pattern;
	} else if (len) {
		*dst = pattern;
	}
}

void *memset(void *dst, int c, size_t len)
{
	if (len <= 64)
		fill_small(dst, (u8)c * 0x0101010101010101ULL, len);
	else
		cpu_fill(dst, c, len);
	return dst;
}
EXPORT_SYMBOL(memset);

/*
 * Read aligned words: such a word lies in one page, so the bytes behind the end
 * of the string can be read, too.
 */
size_t strlen(const char *s)
{
	const struct word_at_a_time constants = WORD_AT_A_TIME_CONSTANTS;
	unsigned long skip = (unsigned long)s % sizeof(word);
	const word *at = (const word *)(s - skip);
	/* No byte before the string is an end. */
	unsigned long bytes = *at | ~(~0UL << skip * 8), zeros;

	while (!has_zero(bytes, &zeros, &constants))
		bytes = *++at;
	return (const char *)at + (__ffs(zeros) >> 3) - s;
}
EXPORT_SYMBOL(strlen);
