// SPDX-License-Identifier: GPL-2.0
/*
 * Decompression of LZO1X.  Documentation/staging/lzo.rst of the kernel describes
 * the format: instructions copy literals from the input, or a match, which is
 * some of the previous output.  The last two bits of most instructions are the
 * number of literals that follow the match.
 */
#include <string.h>

#include "copy/lzop/lzo.h"

/* State after a run of at least four literals; else it is their number. */
#define LZO_RUN		4
/* Distance of a match that marks the end */
#define LZO_END		16384

/**
 * struct lzo - a decompression
 * @in:		next byte of the input
 * @in_end:	end of the input
 * @begin:	begin of the output
 * @out:	next byte of the output
 * @out_end:	end of the output
 * @state:	number of literals that the last instruction has copied
 * @ended:	the end was found
 */
struct lzo {
	const uint8_t *in;
	const uint8_t *in_end;
	uint8_t *begin;
	uint8_t *out;
	uint8_t *out_end;
	unsigned int state;
	bool ended;
};

/* Return the next byte of the input; a missing one is damage. */
static bool lzo_byte(struct lzo *l, size_t *byte)
{
	if (l->in == l->in_end)
		return false;
	*byte = *l->in++;
	return true;
}

/* Complete a length of which @bits are in the instruction, 0: more follow. */
static bool lzo_length(struct lzo *l, size_t bits, size_t max, size_t *len)
{
	size_t byte = 0, zeros = 0;

	*len = bits;
	if (bits)
		return true;
	while (lzo_byte(l, &byte) && !byte)
		zeros++;
	*len = max + zeros * 255 + byte;
	return byte;
}

static bool lzo_copy_literals(struct lzo *l, size_t n)
{
	if (n > (size_t)(l->in_end - l->in) ||
	    n > (size_t)(l->out_end - l->out))
		return false;
	memcpy(l->out, l->in, n);
	l->in += n;
	l->out += n;
	l->state = n < LZO_RUN ? n : LZO_RUN;
	return true;
}

/* Copy @len bytes from @distance bytes before; the two may overlap. */
static bool lzo_copy_match(struct lzo *l, size_t distance, size_t len)
{
	const uint8_t *from;

	if (distance > (size_t)(l->out - l->begin) ||
	    len > (size_t)(l->out_end - l->out))
		return false;
	from = l->out - distance;
	if (distance >= len) {
		memcpy(l->out, from, len);
		l->out += len;
	} else {
		while (len--)
			*l->out++ = *from++;
	}
	return true;
}

/* Do an instruction below 16, whose meaning depends on the one before. */
static bool lzo_do_low(struct lzo *l, size_t op)
{
	size_t distance, high, len;

	if (!l->state)
		return lzo_length(l, op, 15, &len) &&
		       lzo_copy_literals(l, len + 3);
	if (!lzo_byte(l, &high))
		return false;
	distance = (high << 2) + (op >> 2) + 1;
	len = 2;
	if (l->state == LZO_RUN) {
		distance += 2048;
		len = 3;
	}
	return lzo_copy_match(l, distance, len) &&
	       lzo_copy_literals(l, op & 3);
}

/* Do an instruction from 16 to 63: a distance of 14 bits follows. */
static bool lzo_do_far(struct lzo *l, size_t op)
{
	bool farther = op < 32;
	size_t distance, len, low, high;

	if (!lzo_length(l, op & (farther ? 7 : 31), farther ? 7 : 31, &len) ||
	    !lzo_byte(l, &low) || !lzo_byte(l, &high))
		return false;
	distance = ((high << 8) + low) >> 2;
	if (farther)
		distance += LZO_END + ((op & 8) << 11);
	else
		distance++;
	if (farther && distance == LZO_END) {
		l->ended = true;
		return len == 1;
	}
	return lzo_copy_match(l, distance, len + 2) &&
	       lzo_copy_literals(l, low & 3);
}

/* Do an instruction of at least 64: one byte of the distance follows. */
static bool lzo_do_near(struct lzo *l, size_t op)
{
	size_t high, len = op < 128 ? 3 + ((op >> 5) & 1) : 5 + ((op >> 5) & 3);

	return lzo_byte(l, &high) &&
	       lzo_copy_match(l, (high << 3) + ((op >> 2) & 7) + 1, len) &&
	       lzo_copy_literals(l, op & 3);
}

bool lzo_decompress(const uint8_t *in, size_t in_len, uint8_t *out,
		    size_t out_len)
{
	struct lzo l = {
		.in = in,
		.in_end = in + in_len,
		.begin = out,
		.out = out,
		.out_end = out + out_len,
	};
	size_t op;
	bool ok = true;

	/* Only the first byte may be a number of literals. */
	if (in_len && *in > 17)
		ok = lzo_byte(&l, &op) && lzo_copy_literals(&l, op - 17);
	while (ok && !l.ended) {
		ok = lzo_byte(&l, &op);
		if (!ok)
			break;
		if (op < 16)
			ok = lzo_do_low(&l, op);
		else if (op < 64)
			ok = lzo_do_far(&l, op);
		else
			ok = lzo_do_near(&l, op);
	}
	return ok && l.in == l.in_end && l.out == l.out_end;
}
