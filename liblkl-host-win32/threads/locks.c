// SPDX-License-Identifier: GPL-2.0
/*
 * Semaphores are the system's; mutexes are critical sections, which a thread
 * may always lock several times.
 */
#include <windows.h>
#include <limits.h>
#include <stdlib.h>

#include "threads/locks.h"

struct lkl_sem {
	HANDLE handle;
};

struct lkl_mutex {
	CRITICAL_SECTION section;
};

struct lkl_sem *lkl_host_win32_sem_alloc(int count)
{
	struct lkl_sem *sem = malloc(sizeof(*sem));

	if (!sem)
		return NULL;
	sem->handle = CreateSemaphoreW(NULL, count, LONG_MAX, NULL);
	if (!sem->handle) {
		free(sem);
		return NULL;
	}
	return sem;
}

void lkl_host_win32_sem_free(struct lkl_sem *sem)
{
	if (sem)
		CloseHandle(sem->handle);
	free(sem);
}

void lkl_host_win32_sem_up(struct lkl_sem *sem)
{
	ReleaseSemaphore(sem->handle, 1, NULL);
}

void lkl_host_win32_sem_down(struct lkl_sem *sem)
{
	WaitForSingleObject(sem->handle, INFINITE);
}

struct lkl_mutex *lkl_host_win32_mutex_alloc(int recursive)
{
	struct lkl_mutex *mutex = malloc(sizeof(*mutex));

	if (mutex)
		InitializeCriticalSection(&mutex->section);
	return mutex;
}

void lkl_host_win32_mutex_free(struct lkl_mutex *mutex)
{
	if (mutex)
		DeleteCriticalSection(&mutex->section);
	free(mutex);
}

void lkl_host_win32_mutex_lock(struct lkl_mutex *mutex)
{
	EnterCriticalSection(&mutex->section);
}

void lkl_host_win32_mutex_unlock(struct lkl_mutex *mutex)
{
	LeaveCriticalSection(&mutex->section);
}
