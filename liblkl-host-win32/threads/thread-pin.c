// SPDX-License-Identifier: GPL-2.0
/*
 * Threads that stay on one CPU.  Windows numbers CPUs within groups of up to 64.
 */
#include <windows.h>
#include <stdbool.h>

#include "base/error.h"
#include "threads/thread-pin.h"

/*
 * The CPU that pinned threads share: the caller's CPU at the first request to
 * pin a thread; an empty mask before.
 */
static GROUP_AFFINITY pin_cpu;
/* New threads are pinned. */
static bool pin_new;
/* Protects both. */
static SRWLOCK pin_lock = SRWLOCK_INIT;

static void pin_choose_cpu(void)
{
	PROCESSOR_NUMBER number;

	if (pin_cpu.Mask)
		return;
	GetCurrentProcessorNumberEx(&number);
	pin_cpu.Group = number.Group;
	pin_cpu.Mask = (KAFFINITY)1 << number.Number;
}

static int pin_set(HANDLE thread, const GROUP_AFFINITY *cpus)
{
	return SetThreadGroupAffinity(thread, cpus, NULL) ?
	       0 : lkl_host_win32_last_error();
}

/* Let @thread run wherever the caller may run. */
static int pin_undo(HANDLE thread)
{
	GROUP_AFFINITY cpus;

	return GetThreadGroupAffinity(GetCurrentThread(), &cpus) ?
	       pin_set(thread, &cpus) : lkl_host_win32_last_error();
}

static int pin_thread(DWORD id, bool on)
{
	HANDLE thread = OpenThread(THREAD_SET_INFORMATION |
				   THREAD_QUERY_INFORMATION, FALSE, id);
	int ret;

	if (!thread)
		return lkl_host_win32_last_error();
	ret = on ? pin_set(thread, &pin_cpu) : pin_undo(thread);
	CloseHandle(thread);
	return ret;
}

int lkl_host_win32_thread_pin(lkl_thread_t tid, int on)
{
	int ret = 0;

	AcquireSRWLockExclusive(&pin_lock);
	if (on)
		pin_choose_cpu();
	if (tid)
		ret = pin_thread(tid, on);
	else
		pin_new = on;
	ReleaseSRWLockExclusive(&pin_lock);
	return ret;
}

void lkl_host_win32_thread_pin_new(void)
{
	AcquireSRWLockShared(&pin_lock);
	if (pin_new)
		pin_set(GetCurrentThread(), &pin_cpu);
	ReleaseSRWLockShared(&pin_lock);
}
