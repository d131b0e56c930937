/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A kernel of a hundred lines, to test the hand-over with.
 */
#ifndef TOY_KERNEL_H
#define TOY_KERNEL_H

#include "vcpu.h"

/* "System calls" of the toy. */
enum toy_call {
	TOY_COUNT,	/* returns at once */
	TOY_WAIT,	/* blocks until TOY_WAKE */
	TOY_WAKE,	/* finishes the oldest TOY_WAIT, or fails with EAGAIN */
	TOY_SLEEP,	/* blocks for param[0] ns */
	TOY_WAIT_IRQ,	/* blocks until TOY_IRQ_WAKE was raised */
	TOY_DIE,	/* panics */
};

#define TOY_IRQ_WAKE	7

extern struct lkl_vcpu toy_vcpu;

void toy_boot(const struct lkl_host_operations *host);
void toy_halt(void);
/* Number of TOY_COUNT calls so far. */
unsigned long toy_count(void);

#endif /* TOY_KERNEL_H */
