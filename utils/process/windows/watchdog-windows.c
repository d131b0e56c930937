// SPDX-License-Identifier: GPL-2.0
/*
 * The watchdog on Windows: a timer that runs in a thread of the system.
 */
#include "common/windows/windows-error.h"

#include <string.h>

#include "process/watchdog-host.h"

#define MSEC_PER_SEC	1000

static void (*watchdog_host_check)(void);

static void CALLBACK watchdog_host_on_timer(void *arg, BOOLEAN fired)
{
	watchdog_host_check();
}

int watchdog_host_start(void (*check)(void), unsigned int seconds)
{
	DWORD every = seconds * MSEC_PER_SEC;
	HANDLE timer;

	watchdog_host_check = check;
	return CreateTimerQueueTimer(&timer, NULL, watchdog_host_on_timer, NULL,
				     every, every, WT_EXECUTEDEFAULT) ?
		       0 : windows_last_error();
}

/* A thread that hangs may have locked the streams of libc. */
void watchdog_host_write(const char *s)
{
	DWORD n;

	WriteFile(GetStdHandle(STD_ERROR_HANDLE), s, strlen(s), &n, NULL);
}

/* A thread that hangs may have what ExitProcess() waits for. */
void watchdog_host_exit(int status)
{
	TerminateProcess(GetCurrentProcess(), status);
	__builtin_unreachable();
}
