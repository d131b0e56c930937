// SPDX-License-Identifier: GPL-2.0
/*
 * The state of the kernel of this process: it takes calls, or not.  The state is
 * in a page that the host wipes in every child, because clone() calls no handlers
 * of pthread_atfork().
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>

#include "state/kernel-state.h"

#define PAGE	4096

struct kernel_state *kernel_state;
static bool was_usable;

bool kernel_was_usable(void)
{
	return was_usable;
}

void kernel_set_usable(bool usable)
{
	__atomic_store_n(&kernel_state->usable, usable, __ATOMIC_RELEASE);
	if (usable) {
		__atomic_store_n(&kernel_state->present, true,
				 __ATOMIC_RELEASE);
		was_usable = true;
	}
}

/* Hosts before Linux 4.14 cannot wipe the page. */
static void kernel_state_forked(void)
{
	memset(kernel_state, 0, sizeof(*kernel_state));
}

int kernel_state_init(void)
{
	void *p = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return -errno;
	madvise(p, PAGE, MADV_WIPEONFORK);
	kernel_state = p;
	return -pthread_atfork(NULL, NULL, kernel_state_forked);
}
