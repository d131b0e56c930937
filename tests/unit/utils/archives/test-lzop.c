// SPDX-License-Identifier: GPL-2.0
/*
 * The reader of files of lzop: a good file, and damaged ones, which must neither
 * touch memory of others nor give other data.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "copy/lzop/lzo.h"
#include "copy/lzop/lzop.h"
#include "support/check-main.h"

/* "lzop -9" of plain_text(): near and far matches, and runs of literals */
static const uint8_t sample[] = {
	0x89, 0x4c, 0x5a, 0x4f, 0x00, 0x0d, 0x0a, 0x1a, 0x0a, 0x10, 0x40,
	0x20, 0xa0, 0x09, 0x40, 0x03, 0x09, 0x03, 0x00, 0x00, 0x09, 0x00,
	0x00, 0x81, 0xa4, 0x6b, 0x0a, 0xc1, 0x8f, 0x00, 0x00, 0x00, 0x00,
	0x05, 0x73, 0x6d, 0x61, 0x6c, 0x6c, 0x54, 0x7d, 0x06, 0x7a, 0x00,
	0x00, 0x4e, 0x8e, 0x00, 0x00, 0x00, 0xaa, 0x90, 0x77, 0x29, 0x17,
	0x30, 0x74, 0x68, 0x65, 0x20, 0x71, 0x75, 0x69, 0x63, 0x6b, 0x20,
	0x62, 0x72, 0x6f, 0x77, 0x6e, 0x20, 0x66, 0x6f, 0x78, 0x20, 0x6a,
	0x75, 0x6d, 0x70, 0x73, 0x20, 0x6f, 0x76, 0x65, 0x72, 0x20, 0x32,
	0x79, 0x00, 0x00, 0x20, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0xe6, 0x00, 0x00, 0x20, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0xe6, 0x00, 0x00, 0x20, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0xe6, 0x00, 0x00, 0x20, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0xe6, 0x00, 0x00, 0x20, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0xe6, 0x00, 0x00, 0x20, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0xe6, 0x00, 0x00, 0x20, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0xe6, 0x00, 0x00, 0x20, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0xe6, 0x00, 0x00, 0x20, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0xe6, 0x00, 0x00, 0x20, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x04,
	0x00, 0x00, 0x10, 0x0b, 0xd0, 0x38, 0x03, 0x6c, 0x61, 0x7a, 0x79,
	0x61, 0x62, 0x2e, 0x05, 0x00, 0x78, 0x71, 0x00, 0x2e, 0x10, 0x02,
	0xbc, 0x39, 0x11, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
};

/* Where the compressed block begins, and its size */
#define BLOCK_SIZE	170
#define BLOCK_AT	(sizeof(sample) - 4 - BLOCK_SIZE)

#define PLAIN_SIZE	20111

/**
 * struct input - a file in pieces
 * @bytes:	the file
 * @len:	its length
 * @at:		number of bytes that were given
 * @piece:	size of a piece
 */
struct input {
	const uint8_t *bytes;
	size_t len;
	size_t at;
	size_t piece;
};

static const uint8_t *plain_text(void)
{
	static char text[PLAIN_SIZE];
	int n, all;

	n = snprintf(text, sizeof(text), "the quick brown fox jumps over the quick brown fox ");
	memset(text + n, 0, 20000);
	n += 20000;
	all = n + snprintf(text + n, sizeof(text) - n, "the quick brown fox lazy"
			   "ababababababababab" "x" "abab." "jumps over ");
	ck_assert_int_eq(all, PLAIN_SIZE - 1);
	return (uint8_t *)text;
}

static long input_more(void *arg, const void **buf)
{
	struct input *in = arg;
	size_t n = in->len - in->at;

	n = n < in->piece ? n : in->piece;
	*buf = in->bytes + in->at;
	in->at += n;
	return n;
}

/* Read all of a file.  Return its size, or -1, and store the contents. */
static long read_all(const uint8_t *bytes, size_t len, size_t piece,
		     uint8_t *out, size_t size)
{
	struct input in = { bytes, len, 0, piece };
	struct lzop *l = lzop_new(input_more, &in);
	size_t total = 0;
	const void *buf;
	long n;

	while ((n = lzop_next(l, &buf)) > 0) {
		ck_assert_uint_le(total + n, size);
		memcpy(out + total, buf, n);
		total += n;
	}
	ck_assert(n == 0 || lzop_error(l));
	lzop_free(l);
	return n < 0 ? -1 : (long)total;
}

static bool is_plain(const uint8_t *out, long n)
{
	return n == PLAIN_SIZE - 1 && !memcmp(out, plain_text(), n);
}

START_TEST(a_file_is_read_in_pieces_of_any_size)
{
	uint8_t *out = malloc(PLAIN_SIZE);
	size_t piece;

	for (piece = 1; piece <= sizeof(sample); piece++)
		ck_assert(is_plain(out, read_all(sample, sizeof(sample), piece,
						 out, PLAIN_SIZE)));
	free(out);
}
END_TEST

START_TEST(files_and_zeros_may_follow_each_other)
{
	size_t size = 2 * sizeof(sample), n = 2 * (PLAIN_SIZE - 1);
	uint8_t *file = calloc(1, size + 1000), *out = malloc(n);

	memcpy(file, sample, sizeof(sample));
	memcpy(file + sizeof(sample), sample, sizeof(sample));
	ck_assert_int_eq(read_all(file, size, 100, out, n), n);
	ck_assert(is_plain(out + PLAIN_SIZE - 1, PLAIN_SIZE - 1));
	ck_assert_int_eq(read_all(file, size + 1000, 100, out, n), n);
	file[size + 999] = 1;
	ck_assert_int_eq(read_all(file, size + 1000, 100, out, n), -1);
	file[size] = 1;
	ck_assert_int_eq(read_all(file, size + 1, 100, out, n), -1);
	free(file);
	free(out);
}
END_TEST

START_TEST(a_file_that_is_cut_off_is_damaged)
{
	uint8_t *out = malloc(PLAIN_SIZE), *file;
	size_t len;

	for (len = 1; len < sizeof(sample); len++) {
		/* The buffer has this size so that a sanitizer sees reads behind it. */
		file = malloc(len);
		memcpy(file, sample, len);
		ck_assert_int_eq(read_all(file, len, 1000, out, PLAIN_SIZE),
				 -1);
		free(file);
	}
	free(out);
}
END_TEST

START_TEST(no_changed_bit_gives_other_data)
{
	uint8_t *out = malloc(PLAIN_SIZE), file[sizeof(sample)];
	size_t bit;
	long n;

	for (bit = 0; bit < 8 * sizeof(sample); bit++) {
		memcpy(file, sample, sizeof(sample));
		file[bit / 8] ^= 1 << bit % 8;
		n = read_all(file, sizeof(file), 1000, out, PLAIN_SIZE);
		ck_assert(n < 0 || is_plain(out, n));
	}
	free(out);
}
END_TEST

/* Without checksums, the decompression itself has to be safe. */
START_TEST(a_damaged_block_stays_in_its_buffers)
{
	uint8_t *in = malloc(BLOCK_SIZE), *out = malloc(PLAIN_SIZE - 1);
	unsigned int i, k;

	memcpy(in, sample + BLOCK_AT, BLOCK_SIZE);
	ck_assert(lzo_decompress(in, BLOCK_SIZE, out, PLAIN_SIZE - 1));
	ck_assert(!lzo_decompress(in, BLOCK_SIZE, out, PLAIN_SIZE - 2));
	ck_assert(!lzo_decompress(in, BLOCK_SIZE - 1, out, PLAIN_SIZE - 1));
	ck_assert(!lzo_decompress(in, 0, out, PLAIN_SIZE - 1));
	srand(1);
	for (i = 0; i < 100000; i++) {
		memcpy(in, sample + BLOCK_AT, BLOCK_SIZE);
		for (k = 0; k <= i % 4; k++)
			in[rand() % BLOCK_SIZE] = rand();
		lzo_decompress(in, BLOCK_SIZE, out, PLAIN_SIZE - 1);
	}
	free(in);
	free(out);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("lzop");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, a_file_is_read_in_pieces_of_any_size);
	tcase_add_test(tc, files_and_zeros_may_follow_each_other);
	tcase_add_test(tc, a_file_that_is_cut_off_is_damaged);
	tcase_add_test(tc, no_changed_bit_gives_other_data);
	tcase_add_test(tc, a_damaged_block_stays_in_its_buffers);
	return run_case(tc, CK_FORK);
}
