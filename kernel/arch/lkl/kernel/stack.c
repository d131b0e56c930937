// SPDX-License-Identifier: GPL-2.0
/*
 * Kernel stacks.  The host reserved address space for stacks.  It is divided
 * into slots of KSTACK_SIZE, whose first page stays inaccessible.  The slot that
 * was freed last is reused first: its pages are likely in the cache, and a new
 * task rarely needs a call to the host.
 */
#include <linux/moduleparam.h>
#include <linux/sched.h>
#include <linux/sysfs.h>
#include <asm/host.h>
#include <asm/kstack.h>
#include <asm/page.h>

static unsigned long stack_space_start;
static unsigned long stack_space_next;
static unsigned long stack_space_end;
/* Free stacks, linked through the word that points to a task. */
static unsigned long stack_free_list;

/* Use @size bytes of reserved address space at @start for stacks. */
void lkl_stack_init(unsigned long start, unsigned long size)
{
	stack_space_start = ALIGN(start, KSTACK_SIZE);
	stack_space_next = stack_space_start;
	stack_space_end = ALIGN_DOWN(start + size, KSTACK_SIZE);
}

/* Make a stack of a new slot.  Return the end of the slot, or 0. */
static unsigned long stack_create(void)
{
	unsigned long slot = stack_space_next;

	if (slot == stack_space_end ||
	    lkl_host_vm_commit(slot + PAGE_SIZE, KSTACK_SIZE - PAGE_SIZE))
		return 0;
	stack_space_next += KSTACK_SIZE;
	return slot + KSTACK_SIZE;
}

/* Return the initial stack pointer of a stack for @task, 0 if there is none. */
unsigned long lkl_stack_alloc(struct task_struct *task)
{
	unsigned long top = stack_free_list;

	if (top)
		stack_free_list = (unsigned long)*kstack_task(top - 1);
	else
		top = stack_create();
	if (!top)
		return 0;
	*kstack_task(top - 1) = task;
	/* Leave room for the word, and keep the alignment of 16 bytes. */
	return top - 16;
}

/* Free the stack that @sp, which may be 0, lies in. */
void lkl_stack_free(unsigned long sp)
{
	if (!sp)
		return;
	*kstack_task(sp) = (struct task_struct *)stack_free_list;
	stack_free_list = (sp | (KSTACK_SIZE - 1)) + 1;
}

static unsigned long stack_depth(unsigned long slot)
{
	unsigned long *word = (unsigned long *)(slot + PAGE_SIZE);
	unsigned long *end = (unsigned long *)(slot + KSTACK_SIZE);

	while (word < end && !*word)
		word++;
	return (end - word) * sizeof(*word);
}

/* Stacks start as zeros and are never cleared: other words were used. */
static int stack_deepest_get(char *buf, const struct kernel_param *kp)
{
	unsigned long slot, deepest = 0;

	for (slot = stack_space_start; slot < stack_space_next;
	     slot += KSTACK_SIZE)
		deepest = max(deepest, stack_depth(slot));
	return sysfs_emit(buf, "%lu\n", deepest);
}

static const struct kernel_param_ops stack_deepest_ops = {
	.get = stack_deepest_get,
};

/* /sys/module/lkl/parameters/deepest_stack: bytes of any stack used so far */
#undef MODULE_PARAM_PREFIX
#define MODULE_PARAM_PREFIX "lkl."
module_param_cb(deepest_stack, &stack_deepest_ops, NULL, 0444);
