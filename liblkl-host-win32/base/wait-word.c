// SPDX-License-Identifier: GPL-2.0
/*
 * Waiting for a word to change, by WaitOnAddress().
 */
#include <windows.h>

#include "base/clock.h"
#include "base/wait-word.h"

#define NSEC_PER_MSEC	1000000
/* About as long as the host needs to put a thread to sleep and wake it. */
#define WORD_SPIN_COUNT	2000

void lkl_host_win32_word_wait(uint32_t *word, uint32_t val)
{
	WaitOnAddress(word, &val, sizeof(val), INFINITE);
}

void lkl_host_win32_word_wait_until(uint32_t *word, uint32_t val,
				    int64_t deadline)
{
	int64_t left = deadline - (int64_t)lkl_host_win32_time();

	if (deadline == INT64_MAX || left / NSEC_PER_MSEC >= INFINITE)
		lkl_host_win32_word_wait(word, val);
	else if (left > 0)
		/* Less than a millisecond would be no wait at all. */
		WaitOnAddress(word, &val, sizeof(val),
			      (left + NSEC_PER_MSEC - 1) / NSEC_PER_MSEC);
}

void lkl_host_win32_word_wake(uint32_t *word)
{
	WakeByAddressSingle(word);
}

/* With one processor, no thread can change the word while the caller spins. */
uint32_t lkl_host_win32_spin(void)
{
	static uint32_t count = UINT32_MAX;
	uint32_t known = __atomic_load_n(&count, __ATOMIC_RELAXED);
	DWORD_PTR process, system;

	if (known == UINT32_MAX) {
		/* The mask of a process in several groups of CPUs is 0. */
		known = GetProcessAffinityMask(GetCurrentProcess(), &process,
					       &system) &&
			process && !(process & (process - 1)) ?
			0 : WORD_SPIN_COUNT;
		__atomic_store_n(&count, known, __ATOMIC_RELAXED);
	}
	return known;
}
