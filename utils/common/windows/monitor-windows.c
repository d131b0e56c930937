// SPDX-License-Identifier: GPL-2.0
/*
 * A lock, and conditions for which its holder can wait, on Windows.  The functions
 * of winpthreads would make several system calls for each wait and each signal.
 */
#include <windows.h>
#include <stdlib.h>

#include "common/alloc.h"
#include "common/host/monitor.h"

struct monitor {
	SRWLOCK lock;
	CONDITION_VARIABLE conditions[MONITOR_CONDITIONS];
};

struct monitor *monitor_new(void)
{
	struct monitor *m = xzalloc(sizeof(*m));
	int i;

	InitializeSRWLock(&m->lock);
	for (i = 0; i < MONITOR_CONDITIONS; i++)
		InitializeConditionVariable(&m->conditions[i]);
	return m;
}

/* Windows has nothing to release but the memory. */
void monitor_free(struct monitor *m)
{
	free(m);
}

void monitor_lock(struct monitor *m)
{
	AcquireSRWLockExclusive(&m->lock);
}

void monitor_unlock(struct monitor *m)
{
	ReleaseSRWLockExclusive(&m->lock);
}

void monitor_wait(struct monitor *m, int i)
{
	SleepConditionVariableSRW(&m->conditions[i], &m->lock, INFINITE, 0);
}

void monitor_wait_ms(struct monitor *m, int i, unsigned int ms)
{
	SleepConditionVariableSRW(&m->conditions[i], &m->lock, ms, 0);
}

void monitor_signal(struct monitor *m, int i)
{
	WakeAllConditionVariable(&m->conditions[i]);
}
