// SPDX-License-Identifier: GPL-2.0
/*
 * Threads.  An lkl_thread_t has 32 bits on Windows, so it is the number of the
 * thread, not a handle.  The system may give the number to another thread when
 * the thread has ended and all handles are closed; so one handle stays open
 * until the thread is joined or detached.
 */
#include <windows.h>
#include <process.h>
#include <stdlib.h>

#include "base/error.h"
#include "threads/thread-pin.h"
#include "threads/threads.h"
#include "shared/list.h"

/**
 * struct thread - a thread that was not joined or detached yet
 * @fn:		the function that the thread runs
 * @arg:	argument of @fn
 * @id:		number of the thread
 * @handle:	handle of the thread
 * @link:	link of thread_list
 */
struct thread {
	void (*fn)(void *arg);
	void *arg;
	DWORD id;
	HANDLE handle;
	struct list link;
};

static struct list thread_list = LIST_INIT(thread_list);
static SRWLOCK thread_lock = SRWLOCK_INIT;

static unsigned int __stdcall thread_main(void *arg)
{
	struct thread *t = arg;
	void (*fn)(void *arg) = t->fn;

	arg = t->arg;
	/* Wait until the creator has stored the handle. */
	AcquireSRWLockExclusive(&thread_lock);
	ReleaseSRWLockExclusive(&thread_lock);
	lkl_host_win32_thread_pin_new();
	fn(arg);
	return 0;
}

lkl_thread_t lkl_host_win32_thread_create(void (*fn)(void *), void *arg)
{
	struct thread *t = malloc(sizeof(*t));
	unsigned int id;

	if (!t)
		return 0;
	t->fn = fn;
	t->arg = arg;
	AcquireSRWLockExclusive(&thread_lock);
	t->handle = (HANDLE)_beginthreadex(NULL, 0, thread_main, t, 0, &id);
	if (!t->handle) {
		ReleaseSRWLockExclusive(&thread_lock);
		free(t);
		return 0;
	}
	t->id = id;
	list_add_head(&thread_list, &t->link);
	ReleaseSRWLockExclusive(&thread_lock);
	return id;
}

/* Return the thread with number @id, which nothing knows any more, or NULL. */
static struct thread *thread_take(DWORD id)
{
	struct thread *t, *found = NULL;

	AcquireSRWLockExclusive(&thread_lock);
	list_for_each(t, &thread_list, link)
		if (t->id == id)
			found = t;
	if (found)
		list_remove(&found->link);
	ReleaseSRWLockExclusive(&thread_lock);
	return found;
}

static void thread_free(struct thread *t)
{
	CloseHandle(t->handle);
	free(t);
}

void lkl_host_win32_thread_detach(void)
{
	struct thread *t = thread_take(GetCurrentThreadId());

	if (t)
		thread_free(t);
}

void lkl_host_win32_thread_exit(void)
{
	_endthreadex(0);
}

int lkl_host_win32_thread_join(lkl_thread_t tid)
{
	struct thread *t = thread_take(tid);
	int ret = 0;

	if (!t)
		return -LKL_EINVAL;
	if (WaitForSingleObject(t->handle, INFINITE) == WAIT_FAILED)
		ret = lkl_host_win32_last_error();
	thread_free(t);
	return ret;
}

lkl_thread_t lkl_host_win32_thread_self(void)
{
	return GetCurrentThreadId();
}

int lkl_host_win32_thread_equal(lkl_thread_t a, lkl_thread_t b)
{
	return a == b;
}

long lkl_host_win32_gettid(void)
{
	return GetCurrentThreadId();
}
