// SPDX-License-Identifier: GPL-2.0
/*
 * Shows what a program writes to a console.
 *
 * usage: run-on-console PROGRAM [ARGUMENT...]
 *
 * Runs the program in a new console, whose code page has few characters, and prints
 * the lines of the console in UTF-8.  The exit status is the program's.
 */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#include <stdio.h>
#include <stdlib.h>

/* United States, which has neither Greek nor Japanese letters */
#define CODE_PAGE	437

static void die(const char *what)
{
	fprintf(stderr, "run-on-console: cannot %s: error %lu\n", what, GetLastError());
	exit(127);
}

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

static DWORD run(wchar_t *command, HANDLE console)
{
	STARTUPINFOW startup = {
		.cb = sizeof(startup),
		.dwFlags = STARTF_USESTDHANDLES,
		.hStdOutput = console,
		.hStdError = console,
	};
	PROCESS_INFORMATION process;
	DWORD status;

	if (!CreateProcessW(NULL, command, NULL, NULL, TRUE, 0, NULL, NULL, &startup, &process))
		die("start the program");
	WaitForSingleObject(process.hProcess, INFINITE);
	if (!GetExitCodeProcess(process.hProcess, &status))
		die("get the exit status");
	return status;
}

/* Print line @y of the console without the spaces at its end. */
static void print_line(HANDLE console, SHORT y, SHORT width, HANDLE out)
{
	COORD start = { .Y = y };
	wchar_t units[1024];
	char text[3 * 1024 + 1];
	DWORD n;
	int len;

	if (!ReadConsoleOutputCharacterW(console, units, width < 1024 ? width : 1024, start, &n))
		die("read the console");
	while (n && units[n - 1] == ' ')
		n--;
	len = WideCharToMultiByte(CP_UTF8, 0, units, n, text, sizeof(text) - 1, NULL, NULL);
	text[len++] = '\n';
	WriteFile(out, text, len, &n, NULL);
}

int main(void)
{
	SECURITY_ATTRIBUTES inherited = { .nLength = sizeof(inherited), .bInheritHandle = TRUE };
	wchar_t *command = skip_word(GetCommandLineW());
	HANDLE console, out = GetStdHandle(STD_OUTPUT_HANDLE);
	CONSOLE_SCREEN_BUFFER_INFO info;
	DWORD status;
	SHORT y;

	FreeConsole();
	if (!AllocConsole() || !SetConsoleOutputCP(CODE_PAGE))
		die("get a console");
	console = CreateFileW(L"CONOUT$", GENERIC_READ | GENERIC_WRITE,
			      FILE_SHARE_READ | FILE_SHARE_WRITE, &inherited, OPEN_EXISTING, 0,
			      NULL);
	if (console == INVALID_HANDLE_VALUE)
		die("open the console");
	status = run(command, console);
	if (!GetConsoleScreenBufferInfo(console, &info))
		die("find the cursor");
	if (GetConsoleOutputCP() != CODE_PAGE)
		die("see the old code page");
	for (y = 0; y <= info.dwCursorPosition.Y; y++)
		print_line(console, y, info.dwSize.X, out);
	return status;
}
