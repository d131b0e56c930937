/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The state of the kernel of this process: it takes calls, or not.
 */
#ifndef LKL_HIJACK_KERNEL_STATE_H
#define LKL_HIJACK_KERNEL_STATE_H

#include <stdbool.h>

struct hijack_thread;

/**
 * struct kernel_state - the kernel of this process
 * @present:	the kernel has booted in this process, not in its parent; still
 *		set when the kernel has halted
 * @usable:	the kernel takes calls
 * @ending:	the thread that ends the process, or NULL
 */
struct kernel_state {
	bool present;
	bool usable;
	struct hijack_thread *ending;
};

/* NULL before kernel_state_init(). */
extern struct kernel_state *kernel_state __attribute__((visibility("hidden")));

int kernel_state_init(void);

/* Note that the kernel has booted, or is about to halt. */
void kernel_set_usable(bool usable);

/* Return true between boot and halt, in the process that booted. */
static inline bool kernel_is_usable(void)
{
	return kernel_state &&
	       __atomic_load_n(&kernel_state->usable, __ATOMIC_RELAXED);
}

/* Return true in the process that booted, also when the kernel has halted. */
static inline bool kernel_is_present(void)
{
	return kernel_state &&
	       __atomic_load_n(&kernel_state->present, __ATOMIC_RELAXED);
}

/* Return true if this process or its parent ever had a kernel. */
bool kernel_was_usable(void);

#endif /* LKL_HIJACK_KERNEL_STATE_H */
