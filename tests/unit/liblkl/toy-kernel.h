/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A kernel of a hundred lines, for tests of the virtual CPU.
 */
#ifndef LKL_TESTS_TOY_KERNEL_H
#define LKL_TESTS_TOY_KERNEL_H

#include "cpu/vcpu.h"

/* "System calls" of the toy. */
enum toy_call {
	TOY_COUNT,	/* returns at once */
	TOY_WAIT,	/* blocks until TOY_WAKE */
	TOY_WAKE,	/* finishes the oldest TOY_WAIT, or fails with EAGAIN */
	TOY_SLEEP,	/* blocks for param[0] ns */
	TOY_WAIT_IRQ,	/* blocks until TOY_IRQ_WAKE was raised */
	TOY_READ,	/* blocks until a disk request is done, EBUSY: no room */
	TOY_LATER,	/* returns and leaves work, as TOY_IRQ_WORK does */
	TOY_DIE,	/* panics */
};

#define TOY_IRQ_WAKE	7
#define TOY_IRQ_DISK	8
#define TOY_IRQ_WORK	9

/* Queue a disk request, which calls toy_disk_done(); return false without room. */
extern bool (*toy_disk)(void *reader);
/* Complete the disk request of @reader. */
void toy_disk_done(void *reader);

/* Called when the work of TOY_IRQ_WORK is done, which no call waits for */
extern void (*toy_work_done)(void);

extern struct lkl_vcpu toy_vcpu;

void toy_boot(const struct lkl_host_operations *host);
/* Boot another kernel, after lkl_vcpu_quiesce(). */
void toy_reboot(void);
void toy_halt(void);
/* Return the number of TOY_COUNT calls so far. */
unsigned long toy_count(void);

#endif /* LKL_TESTS_TOY_KERNEL_H */
