// SPDX-License-Identifier: GPL-2.0
/*
 * Messages to the user, on Windows.
 */
#include <windows.h>
#include <string.h>
#include <wctype.h>

#include "common/report.h"

#define NAME_UNITS_MAX	256
#define EXTENSION	L".exe"

static INIT_ONCE report_once = INIT_ONCE_STATIC_INIT;
static char report_name[3 * NAME_UNITS_MAX + 1];

/*
 * Find the name of the program's file, without directories and ".exe".  The user may
 * have written the name in capitals.
 */
static BOOL CALLBACK report_find_name(INIT_ONCE *once, void *arg, void **result)
{
	static wchar_t path[32768];
	DWORD n = GetModuleFileNameW(NULL, path, 32768);
	wchar_t *name = wcsrchr(path, '\\');
	size_t i, len, extension = wcslen(EXTENSION);

	name = name ? name + 1 : path;
	len = n ? wcslen(name) : 0;
	if (len > extension && !_wcsicmp(name + len - extension, EXTENSION))
		len -= extension;
	if (len > NAME_UNITS_MAX)
		len = NAME_UNITS_MAX;
	for (i = 0; i < len; i++)
		name[i] = towlower(name[i]);
	WideCharToMultiByte(CP_UTF8, 0, name, len, report_name,
			    sizeof(report_name) - 1, NULL, NULL);
	return TRUE;
}

const char *report_program(void)
{
	InitOnceExecuteOnce(&report_once, report_find_name, NULL, NULL);
	return report_name;
}
