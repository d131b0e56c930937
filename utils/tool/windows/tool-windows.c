// SPDX-License-Identifier: GPL-2.0
/*
 * Signals, limits and users of a tool's process, on Windows.
 */
#include <windows.h>
#include <signal.h>

#include "tool/tool-host.h"

/* The number that POSIX gives a signal which Windows does not have */
#define SIGNAL_HANGUP	1

static void (*tool_stop)(int sig);

static int tool_signal_of(DWORD event)
{
	switch (event) {
	case CTRL_C_EVENT:
		return SIGINT;
	case CTRL_BREAK_EVENT:
		return SIGTERM;
	}
	return SIGNAL_HANGUP;
}

/* The system calls this function in a thread of its own. */
static BOOL WINAPI tool_on_event(DWORD event)
{
	tool_stop(tool_signal_of(event));
	/* The process would end when the function returns; it ends by itself. */
	if (event != CTRL_C_EVENT && event != CTRL_BREAK_EVENT)
		Sleep(INFINITE);
	return TRUE;
}

void tool_host_catch_signals(void (*stop)(int sig))
{
	tool_stop = stop;
	SetConsoleCtrlHandler(tool_on_event, TRUE);
}

/* There is no limit of handles that matters. */
void tool_host_raise_limits(void)
{
}

/* There are no numeric owners; files of Windows belong to root in an image. */
uint32_t tool_host_uid(void)
{
	return 0;
}

uint32_t tool_host_gid(void)
{
	return 0;
}

const char *tool_host_why_same_user(void)
{
	return "Windows does not let a process continue as another user";
}
