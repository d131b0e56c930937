// SPDX-License-Identifier: GPL-2.0
/*
 * The environment of the process, and files for a test.
 */
#include <windows.h>
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "support/environment/environment.h"

void set_variable(const char *name, const char *value)
{
	ck_assert_int_eq(_putenv_s(name, value ? value : ""), 0);
}

static const wchar_t *wide_name(const char *path)
{
	static wchar_t name[MAX_PATH];

	ck_assert(MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, path, -1,
				      name, MAX_PATH));
	return name;
}

void make_directory(char *path, int size)
{
	wchar_t directory[MAX_PATH], name[MAX_PATH];

	ck_assert(GetTempPathW(MAX_PATH, directory));
	swprintf(name, MAX_PATH, L"%lslkl-\u00fc-%lu", directory,
		 GetCurrentProcessId());
	ck_assert(CreateDirectoryW(name, NULL));
	ck_assert(WideCharToMultiByte(CP_UTF8, 0, name, -1, path, size, NULL,
				      NULL));
}

void remove_file(const char *path)
{
	ck_assert(DeleteFileW(wide_name(path)));
}

void remove_directory(const char *path)
{
	ck_assert(RemoveDirectoryW(wide_name(path)));
}

void write_text_file(const char *path, const char *text)
{
	HANDLE file = CreateFileW(wide_name(path), GENERIC_WRITE, 0, NULL,
				  CREATE_ALWAYS, 0, NULL);
	DWORD n;

	ck_assert_ptr_ne(file, INVALID_HANDLE_VALUE);
	ck_assert(WriteFile(file, text, strlen(text), &n, NULL));
	CloseHandle(file);
}
