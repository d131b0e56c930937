// SPDX-License-Identifier: GPL-2.0
/*
 * Interrupts a program as a user does who presses Ctrl-C.
 *
 * usage: press-ctrl-c BYTES PROGRAM [ARGUMENT...]
 *
 * Starts the program in a new console, waits until the program has written the number
 * of bytes to its standard output, and sends the event.  The exit status is the
 * program's.
 *
 * wine has no Ctrl-Break: it ends the thread that the event should interrupt.
 */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#include <stdio.h>
#include <stdlib.h>

/* Return the command line behind its first word. */
static wchar_t *skip_word(wchar_t *s)
{
	int quoted = 0;

	for (; *s && (quoted || *s != ' '); s++)
		quoted ^= *s == '"';
	while (*s == ' ')
		s++;
	return s;
}

/* Ignore the event, which this program gets, too. */
static BOOL WINAPI on_event(DWORD event)
{
	(void)event;
	return TRUE;
}

static void die(const char *what)
{
	fprintf(stderr, "press-ctrl-c: cannot %s: error %lu\n", what, GetLastError());
	exit(127);
}

/* Start the program; return the end of the pipe to read its output from. */
static HANDLE start(wchar_t *command, HANDLE err, PROCESS_INFORMATION *process)
{
	SECURITY_ATTRIBUTES inherited = { .nLength = sizeof(inherited), .bInheritHandle = TRUE };
	STARTUPINFOW startup = { .cb = sizeof(startup), .dwFlags = STARTF_USESTDHANDLES };
	HANDLE out, in;

	if (!CreatePipe(&out, &in, &inherited, 0) ||
	    !SetHandleInformation(out, HANDLE_FLAG_INHERIT, 0))
		die("create a pipe");
	startup.hStdOutput = in;
	startup.hStdError = err;
	if (!CreateProcessW(NULL, command, NULL, NULL, TRUE, 0, NULL, NULL, &startup, process))
		die("start the program");
	CloseHandle(in);
	return out;
}

/* Read at least @count bytes, or up to the end. */
static unsigned long long read_bytes(HANDLE out, unsigned long long count)
{
	unsigned long long total = 0;
	char buf[4096];
	DWORD n;

	while (total < count && ReadFile(out, buf, sizeof(buf), &n, NULL) && n)
		total += n;
	return total;
}

int main(int argc, char **argv)
{
	DWORD status;
	unsigned long long count;
	PROCESS_INFORMATION process;
	wchar_t *command;
	HANDLE out, err;

	if (argc < 3)
		return 127;
	count = strtoull(argv[1], NULL, 10);
	command = skip_word(skip_word(GetCommandLineW()));
	/* A new console changes the standard handles. */
	err = GetStdHandle(STD_ERROR_HANDLE);
	FreeConsole();
	if (!AllocConsole())
		die("get a console");
	SetConsoleCtrlHandler(on_event, TRUE);
	out = start(command, err, &process);
	if (read_bytes(out, count) < count) {
		fprintf(stderr, "press-ctrl-c: the program has ended too early\n");
		return 127;
	}
	if (!GenerateConsoleCtrlEvent(CTRL_C_EVENT, 0))
		die("send the event");
	read_bytes(out, ~0ULL);
	WaitForSingleObject(process.hProcess, INFINITE);
	if (!GetExitCodeProcess(process.hProcess, &status))
		die("get the exit status");
	return status;
}
