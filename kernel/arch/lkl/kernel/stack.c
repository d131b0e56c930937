// SPDX-License-Identifier: GPL-2.0
/*
 * Kernel stacks.  The host reserved a window of address space; it is cut into
 * slots of FIBER_SIZE, whose first page stays inaccessible.  Slots are reused
 * last in, first out, so that a stack that is warm is used again, and a new
 * task normally costs no host system call.
 */
#include <linux/moduleparam.h>
#include <linux/sched.h>
#include <linux/sysfs.h>
#include <asm/kstack.h>
#include <asm/host.h>
#include <asm/page.h>

static unsigned long window_start;
static unsigned long window_next;
static unsigned long window_end;
/* Freed stacks, linked through their task word. */
static unsigned long free_list;

void fiber_init(unsigned long window, unsigned long size)
{
	window_start = ALIGN(window, FIBER_SIZE);
	window_next = window_start;
	window_end = ALIGN_DOWN(window + size, FIBER_SIZE);
}

static unsigned long fiber_carve(void)
{
	unsigned long slot = window_next;

	if (slot == window_end ||
	    host_vm_commit(slot + PAGE_SIZE, FIBER_SIZE - PAGE_SIZE))
		return 0;
	window_next += FIBER_SIZE;
	return slot + FIBER_SIZE;
}

unsigned long fiber_alloc(struct task_struct *task)
{
	unsigned long top = free_list;

	if (top)
		free_list = (unsigned long)*fiber_task_slot(top - 1);
	else
		top = fiber_carve();
	if (!top)
		return 0;
	*fiber_task_slot(top - 1) = task;
	/* The task word and its alignment to a multiple of 16. */
	return top - 16;
}

void fiber_free(unsigned long sp)
{
	if (!sp)
		return;
	*fiber_task_slot(sp) = (struct task_struct *)free_list;
	free_list = (sp | (FIBER_SIZE - 1)) + 1;
}

static unsigned long fiber_depth(unsigned long slot)
{
	unsigned long *word = (unsigned long *)(slot + PAGE_SIZE);
	unsigned long *end = (unsigned long *)(slot + FIBER_SIZE);

	while (word < end && !*word)
		word++;
	return (end - word) * sizeof(*word);
}

/* Stacks start as zeros and are never cleared: what is not zero was used. */
static int get_deepest(char *buf, const struct kernel_param *kp)
{
	unsigned long slot, deepest = 0;

	for (slot = window_start; slot < window_next; slot += FIBER_SIZE)
		deepest = max(deepest, fiber_depth(slot));
	return sysfs_emit(buf, "%lu\n", deepest);
}

static const struct kernel_param_ops deepest_ops = { .get = get_deepest };

/* /sys/module/lkl/parameters/deepest_stack: bytes of any stack used so far */
#undef MODULE_PARAM_PREFIX
#define MODULE_PARAM_PREFIX "lkl."
module_param_cb(deepest_stack, &deepest_ops, NULL, 0444);
