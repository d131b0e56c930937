// SPDX-License-Identifier: GPL-2.0
/*
 * The user asks for debug information, by Ctrl-Break.  The system calls the
 * handler in a new thread, so the handler may call LKL.
 */
#include <windows.h>

#include <lkl.h>

#include "threads/debug-key.h"
#include "base/error.h"

static void (*debug_fn)(void);
/* A thread that handles the key holds the lock. */
static SRWLOCK debug_lock = SRWLOCK_INIT;

static BOOL WINAPI debug_handle_key(DWORD event)
{
	BOOL handled = FALSE;

	if (event != CTRL_BREAK_EVENT)
		return FALSE;
	AcquireSRWLockExclusive(&debug_lock);
	if (debug_fn) {
		debug_fn();
		handled = TRUE;
	}
	ReleaseSRWLockExclusive(&debug_lock);
	return handled;
}

static int debug_begin(void (*fn)(void))
{
	int ret = 0;

	AcquireSRWLockExclusive(&debug_lock);
	if (debug_fn)
		ret = -LKL_EBUSY;
	else if (!SetConsoleCtrlHandler(debug_handle_key, TRUE))
		ret = lkl_host_win32_last_error();
	else
		debug_fn = fn;
	ReleaseSRWLockExclusive(&debug_lock);
	return ret;
}

static void debug_end(void)
{
	SetConsoleCtrlHandler(debug_handle_key, FALSE);
	/* A thread that was started before finds no function. */
	AcquireSRWLockExclusive(&debug_lock);
	debug_fn = NULL;
	ReleaseSRWLockExclusive(&debug_lock);
}

int lkl_host_win32_debug_key(void (*fn)(void))
{
	if (fn)
		return debug_begin(fn);
	debug_end();
	return 0;
}
