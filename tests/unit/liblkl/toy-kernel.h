/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A kernel of a hundred lines, to test the hand-over with.
 */
#ifndef TOY_KERNEL_H
#define TOY_KERNEL_H

#include "core/vcpu.h"

/* "System calls" of the toy. */
enum toy_call {
	TOY_COUNT,	/* returns at once */
	TOY_WAIT,	/* blocks until TOY_WAKE */
	TOY_WAKE,	/* finishes the oldest TOY_WAIT, or fails with EAGAIN */
	TOY_SLEEP,	/* blocks for param[0] ns */
	TOY_WAIT_IRQ,	/* blocks until TOY_IRQ_WAKE was raised */
	TOY_READ,	/* blocks until a disk request is done, EBUSY: another is */
	TOY_LATER,	/* returns, and leaves work that tells like TOY_IRQ_TELL */
	TOY_DIE,	/* panics */
};

#define TOY_IRQ_WAKE	7
#define TOY_IRQ_DISK	8
#define TOY_IRQ_TELL	9

/* Queues a disk request, which raises TOY_IRQ_DISK; false: it cannot. */
extern bool (*toy_disk)(void);

/* Called when TOY_IRQ_TELL was raised, which no call waits for. */
extern void (*toy_told)(void);

extern struct lkl_vcpu toy_vcpu;

void toy_boot(const struct lkl_host_operations *host);
/* Another one, after lkl_vcpu_quiesce(). */
void toy_reboot(void);
void toy_halt(void);
/* Number of TOY_COUNT calls so far. */
unsigned long toy_count(void);

#endif /* TOY_KERNEL_H */
