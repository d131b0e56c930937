// SPDX-License-Identifier: GPL-2.0
/*
 * The file of the kernel image, which the loader reads and maps.  A path
 * without a directory means the directory of this DLL.
 */
#include <windows.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include <lkl.h>

#include "base/error.h"
#include "memory/kernel-image.h"
#include "memory/placeholder.h"

#define IMAGE_PATH_MAX	32768

struct image {
	HANDLE file;
	HANDLE section;
};

/* Convert @path, which is in UTF-8 or, if not valid, in the system's encoding. */
static int image_wide_path(const char *path, wchar_t *wide, int size)
{
	return MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, path, -1,
				   wide, size) ||
	       MultiByteToWideChar(CP_ACP, 0, path, -1, wide, size) ?
	       0 : lkl_host_win32_last_error();
}

/* Store the directory of this DLL, with a backslash.  Return its length. */
static int image_own_directory(wchar_t *wide, int size)
{
	HMODULE self;
	wchar_t *end;
	DWORD n;

	if (!GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS |
				GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT,
				(void *)image_own_directory, &self))
		return 0;
	n = GetModuleFileNameW(self, wide, size);
	if (!n || n == (DWORD)size)
		return 0;
	end = wcsrchr(wide, L'\\');
	return end ? end + 1 - wide : 0;
}

static int image_open_file(const wchar_t *path, struct image *image)
{
	image->file = CreateFileW(path, GENERIC_READ | GENERIC_EXECUTE,
				  FILE_SHARE_READ | FILE_SHARE_DELETE, NULL,
				  OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, NULL);
	if (image->file == INVALID_HANDLE_VALUE)
		return lkl_host_win32_last_error();
	image->section = CreateFileMappingW(image->file, NULL,
					    PAGE_EXECUTE_READ, 0, 0, NULL);
	if (!image->section) {
		int err = lkl_host_win32_last_error();

		CloseHandle(image->file);
		return err;
	}
	return 0;
}

int lkl_host_win32_image_open(const char *path, void **imagep)
{
	wchar_t *wide = malloc(IMAGE_PATH_MAX * sizeof(*wide));
	struct image *image = malloc(sizeof(*image));
	int ret = -LKL_ENOMEM, dir = 0;

	if (!wide || !image)
		goto out;
	if (!strpbrk(path, "/\\:")) {
		dir = image_own_directory(wide, IMAGE_PATH_MAX);
		/* Never run a file of the current directory. */
		ret = -LKL_ENOENT;
		if (!dir)
			goto out;
	}
	ret = image_wide_path(path, wide + dir, IMAGE_PATH_MAX - dir);
	if (!ret)
		ret = image_open_file(wide, image);
	if (ret)
		goto out;
	*imagep = image;
	image = NULL;
out:
	free(wide);
	free(image);
	return ret;
}

int lkl_host_win32_image_read(void *image, uint64_t off, void *buf,
			      uint64_t len)
{
	HANDLE file = ((struct image *)image)->file;
	char *p = buf;

	while (len) {
		OVERLAPPED at = { .Offset = off, .OffsetHigh = off >> 32 };
		DWORD want = len < 1 << 30 ? len : 1 << 30, n = 0;

		if (!ReadFile(file, p, want, &n, &at) &&
		    GetLastError() != ERROR_HANDLE_EOF)
			return lkl_host_win32_last_error();
		if (!n)
			return -LKL_ENOEXEC;
		p += n;
		off += n;
		len -= n;
	}
	return 0;
}

int lkl_host_win32_image_map(void *image, uint64_t off, void *addr,
			     uint64_t len, int exec)
{
	HANDLE section = ((struct image *)image)->section;

	return lkl_host_win32_placeholder_map(addr, len, section, off,
					      exec ? PAGE_EXECUTE_READ :
					      PAGE_READONLY);
}

void lkl_host_win32_image_close(void *handle)
{
	struct image *image = handle;

	CloseHandle(image->section);
	CloseHandle(image->file);
	free(image);
}
