/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ASM_LKL_WORD_AT_A_TIME_H
#define _ASM_LKL_WORD_AT_A_TIME_H

#include <linux/bitops.h>
#include <linux/wordpart.h>
#include <asm/cpu_uaccess.h>

struct word_at_a_time {
	const unsigned long one_bits, high_bits;
};

#define WORD_AT_A_TIME_CONSTANTS { REPEAT_BYTE(0x01), REPEAT_BYTE(0x80) }

static inline unsigned long has_zero(unsigned long a, unsigned long *bits,
				     const struct word_at_a_time *c)
{
	unsigned long mask = ((a - c->one_bits) & ~a) & c->high_bits;

	*bits = mask;
	return mask;
}

static inline unsigned long prep_zero_mask(unsigned long a, unsigned long bits,
					   const struct word_at_a_time *c)
{
	return bits;
}

/* Return ones in all bytes before the first zero byte. */
static inline unsigned long create_zero_mask(unsigned long bits)
{
	return ((bits - 1) & ~bits) >> 7;
}

#define zero_bytemask(mask)	(mask)
#define find_zero(mask)		(__ffs(~(mask)) >> 3)

/*
 * Load a word of which only the first bytes matter; bytes after the end of the
 * mapping read as zeros.
 */
static inline unsigned long load_unaligned_zeropad(const void *addr)
{
	unsigned long base, shift, ret;

	if (likely(!cpu_get_user(ret, addr, sizeof(ret))))
		return ret;
	base = (unsigned long)addr & ~(sizeof(long) - 1);
	shift = ((unsigned long)addr & (sizeof(long) - 1)) * 8;
	return *(unsigned long *)base >> shift;
}

#endif /* _ASM_LKL_WORD_AT_A_TIME_H */
