// SPDX-License-Identifier: GPL-2.0
/*
 * The beginning of a program, on Windows.
 *
 * The arguments of main() are in the code page of the system, in which most names
 * do not exist.  A manifest can make UTF-8 the code page of a program, but only
 * from version 1903 of Windows 10 on, and without halves of surrogate pairs.  So
 * the arguments are converted here.
 */
#include "common/windows/windows-error.h"

#include <fcntl.h>
#include <io.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/alloc.h"
#include "common/host/host-main.h"
#include "common/report.h"
#include "common/windows/windows-name.h"

/*
 * Split the command line as libc does for main().  libc has this function for all
 * programs, but headers lack it.  The function of shell32.dll would take as long as the
 * rest of the start of a tool.
 */
int __cdecl __wgetmainargs(int *argc, wchar_t ***argv, wchar_t ***variables,
			   int expands_wildcards, int *new_mode);

static char *host_main_utf8(const wchar_t *s)
{
	size_t len = wcslen(s);
	char *text = xrealloc(NULL, 3 * len + 1);

	windows_utf8(text, s, len);
	return text;
}

/* Store the arguments in UTF-8; the program uses them until its end. */
static void host_main_convert(int *argc, char ***argv)
{
	wchar_t **args, **variables;
	int i, new_mode = 0;

	if (__wgetmainargs(argc, &args, &variables, FALSE, &new_mode)) {
		report_error("cannot read the command line: there is no memory");
		exit(EXIT_FAILURE);
	}
	*argv = xzalloc((*argc + 1) * sizeof(**argv));
	for (i = 0; i < *argc; i++)
		(*argv)[i] = host_main_utf8(args[i]);
}

/*
 * Forget a standard handle that is not open: the image could get the same handle, and
 * messages would be written into the image.
 */
static void host_main_check_handle(DWORD which)
{
	if (GetFileType(GetStdHandle(which)) == FILE_TYPE_UNKNOWN &&
	    GetLastError() == ERROR_INVALID_HANDLE)
		SetStdHandle(which, NULL);
}

void host_main_begin(int *argc, char ***argv)
{
	int fd;

	host_main_check_handle(STD_INPUT_HANDLE);
	host_main_check_handle(STD_OUTPUT_HANDLE);
	host_main_check_handle(STD_ERROR_HANDLE);
	/* libc never gives another file the numbers 0 to 2. */
	for (fd = 0; fd <= 2; fd++)
		_setmode(fd, _O_BINARY);
	/* A drive without a medium is an error, not a question in a window. */
	SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOOPENFILEERRORBOX);
	host_main_convert(argc, argv);
}
