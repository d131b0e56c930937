// SPDX-License-Identifier: GPL-2.0
/*
 * Text for standard output and standard error, on Windows.
 *
 * A console shows bytes in the code page that its user has chosen.  Another code
 * page would also be the one of all other programs in this console, and would stay
 * after a tool that was killed.  Therefore the console gets UTF-16.
 */
#include "common/windows/windows-error.h"

#include <errno.h>
#include <io.h>
#include <stdlib.h>
#include <string.h>

#include "common/alloc.h"
#include "common/host/host-console.h"
#include "common/host/host-file.h"

/* Why stdout failed first; the lock of stdout protects the pointer. */
static const char *console_error;

/* libc knows few errors of Windows: a pipe without reader is an invalid argument. */
static void host_console_check(FILE *f, int ret)
{
	if (ret != EOF || f != stdout || console_error)
		return;
	if (_doserrno)
		console_error = windows_strerror(windows_error(_doserrno));
	else
		console_error = strerror(errno);
}

static void host_console_write_units(HANDLE h, const wchar_t *units, DWORD len)
{
	DWORD n;

	while (len && WriteConsoleW(h, units, len, &n, NULL) && n) {
		units += n;
		len -= n;
	}
}

static void host_console_write_wide(HANDLE h, const char *text)
{
	size_t size = strlen(text) + 1;
	wchar_t *units = xrealloc(NULL, size * sizeof(*units));
	int len = MultiByteToWideChar(CP_UTF8, 0, text, -1, units, size);

	if (len > 1)
		host_console_write_units(h, units, len - 1);
	free(units);
}

void host_console_write(FILE *f, const char *text)
{
	int fd = _fileno(f);

	_lock_file(f);
	if (host_file_is_terminal(fd)) {
		fflush(f);
		host_console_write_wide((HANDLE)_get_osfhandle(fd), text);
	} else {
		_doserrno = 0;
		host_console_check(f, fputs(text, f));
	}
	_unlock_file(f);
}

const char *host_console_finish(void)
{
	_lock_file(stdout);
	_doserrno = 0;
	host_console_check(stdout, fflush(stdout));
	_unlock_file(stdout);
	return console_error;
}
