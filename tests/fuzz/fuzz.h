/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tests that do at random what nobody would do, in a process of their own:
 *
 * usage: NAME [SEED]
 *
 * Without SEED, those from 1 to $SEEDS.  The same seed does the same again.
 */
#ifndef LKL_TESTS_FUZZ_H
#define LKL_TESTS_FUZZ_H

#include <stdbool.h>
#include <stdint.h>

#define FUZZ_COUNTS	3

/**
 * struct fuzz - such a test
 * @name:	of the program
 * @seeds:	number of seeds unless $SEEDS says another
 * @counts:	what fuzz_count[] means; each has to happen, or the test did not
 *		test anything
 * @try_seed:	do what the seed leads to
 */
struct fuzz {
	const char *name;
	uint64_t seeds;
	const char *counts[FUZZ_COUNTS];
	void (*try_seed)(void);
};

/* Shared with the parent, which reports. */
extern uint64_t *fuzz_count;

/* Never twice in one expression without an order: it would be the compiler's. */
uint64_t random64(void);
unsigned int below(unsigned int n);
bool one_in(unsigned int n);

int fuzz_main(const struct fuzz *f, int argc, char **argv);

#endif /* LKL_TESTS_FUZZ_H */
