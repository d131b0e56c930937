// SPDX-License-Identifier: GPL-2.0
/*
 * Waiting for a word to change, by futex(2), which is no cancellation point.
 */
#define _GNU_SOURCE
#include <linux/futex.h>
#include <sched.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/futex.h"
#include "shared/clock.h"

/* About as long as the host needs to put a thread to sleep and wake it. */
#define FUTEX_SPIN_COUNT	2000

void lkl_posix_futex_wait(uint32_t *word, uint32_t val)
{
	syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, val, NULL, NULL, 0);
}

void lkl_posix_futex_wait_until(uint32_t *word, uint32_t val, int64_t deadline)
{
	struct timespec until = {
		.tv_sec = deadline / NSEC_PER_SEC,
		.tv_nsec = deadline % NSEC_PER_SEC,
	};

	/* FUTEX_WAIT_BITSET takes an absolute time of the monotonic clock. */
	syscall(SYS_futex, word, FUTEX_WAIT_BITSET_PRIVATE, val,
		deadline == INT64_MAX ? NULL : &until, NULL,
		FUTEX_BITSET_MATCH_ANY);
}

void lkl_posix_futex_wake(uint32_t *word)
{
	syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

/* With one processor, no thread can change the word while we spin. */
uint32_t lkl_posix_futex_spin(void)
{
	static int cpus;
	cpu_set_t set;
	int n = __atomic_load_n(&cpus, __ATOMIC_RELAXED);

	if (!n) {
		n = sched_getaffinity(0, sizeof(set), &set) ? 1 :
		    CPU_COUNT(&set);
		__atomic_store_n(&cpus, n, __ATOMIC_RELAXED);
	}
	return n > 1 ? FUTEX_SPIN_COUNT : 0;
}
