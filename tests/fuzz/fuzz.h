/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tests with random actions, in a process of their own.
 *
 * usage: NAME [SEED]
 *
 * Without SEED, try the seeds from 1 to $SEEDS.  A seed repeats the same actions.
 */
#ifndef LKL_TESTS_FUZZ_H
#define LKL_TESTS_FUZZ_H

#include <stdbool.h>
#include <stdint.h>

#define FUZZ_COUNTS	3

/**
 * struct fuzz - a test with random actions
 * @name:	name of the program
 * @seeds:	number of seeds without $SEEDS
 * @counts:	meaning of each fuzz_count[]; each must be above zero, or the test
 *		did not test anything
 * @try_seed:	perform the actions of the seed
 */
struct fuzz {
	const char *name;
	uint64_t seeds;
	const char *counts[FUZZ_COUNTS];
	void (*try_seed)(void);
};

/* Shared with the parent, which reports it */
extern uint64_t *fuzz_count;

/* Call once in an expression: the compiler chooses the order of operands. */
uint64_t random64(void);
unsigned int below(unsigned int n);
bool one_in(unsigned int n);

int fuzz_main(const struct fuzz *f, int argc, char **argv);

#endif /* LKL_TESTS_FUZZ_H */
