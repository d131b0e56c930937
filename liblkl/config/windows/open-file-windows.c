// SPDX-License-Identifier: GPL-2.0
/*
 * Opening a configuration file.  Names are in UTF-8 in all of LKL, but the C
 * library takes them in the encoding of the system.
 */
#include <windows.h>
#include <errno.h>
#include <stdlib.h>
#include <wchar.h>

#include "config/configuration.h"

#define NAME_MAX_LENGTH	32768

static FILE *config_open_wide(const wchar_t *name)
{
	DWORD attributes = GetFileAttributesW(name);

	if (attributes != INVALID_FILE_ATTRIBUTES &&
	    attributes & FILE_ATTRIBUTE_DIRECTORY) {
		errno = EISDIR;
		return NULL;
	}
	return _wfopen(name, L"rbN");
}

FILE *lkl_config_open_file(const char *path)
{
	wchar_t *name = malloc(NAME_MAX_LENGTH * sizeof(*name));
	FILE *f = NULL;

	if (name && MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, path, -1,
					name, NAME_MAX_LENGTH))
		f = config_open_wide(name);
	else
		errno = name ? ENOENT : ENOMEM;
	free(name);
	return f;
}
