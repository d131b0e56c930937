// SPDX-License-Identifier: GPL-2.0
/*
 * Files of the host by name, on Windows.
 *
 * The functions store LKL's number of an error in errno.  libc has the same numbers
 * up to ERANGE, which are the only ones that its functions for files use.
 */
#include "common/windows/windows-error.h"

#include <lkl.h>
#include <errno.h>
#include <fcntl.h>
#include <io.h>
#include <stdlib.h>
#include <string.h>

#include "common/alloc.h"
#include "common/host/host-file.h"
#include "common/windows/windows-name.h"

/* Other programs and the tool itself may do anything with the file. */
#define SHARE_ALL	(FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE)
/* The part of a name that host_file_create_unique() replaces */
#define UNIQUE_LENGTH	6
#define UNIQUE_ATTEMPTS	1000
/* Odd, so that different times give different names */
#define UNIQUE_FACTOR	2654435761ULL

static int host_file_fail(int err)
{
	errno = -err;
	return -1;
}

static int host_file_fail_last(void)
{
	return host_file_fail(windows_last_error());
}

const char *host_file_strerror(int err)
{
	return windows_strerror(-err);
}

/* Names */

/* Return @path in the form that may be long, allocated, or NULL. */
static wchar_t *host_file_name(const char *path)
{
	wchar_t *name = NULL;
	int err = windows_path(&name, path);

	if (err < 0) {
		host_file_fail(err);
		return NULL;
	}
	name[1] = '\\';
	return name;
}

static bool host_file_is_directory(const wchar_t *name)
{
	DWORD attributes = GetFileAttributesW(name);

	return attributes != INVALID_FILE_ATTRIBUTES &&
	       attributes & FILE_ATTRIBUTE_DIRECTORY;
}

/* Open a file, or with FILE_FLAG_BACKUP_SEMANTICS also a directory. */
static HANDLE host_file_create(const char *path, DWORD access, DWORD how,
			       DWORD flags)
{
	HANDLE h = INVALID_HANDLE_VALUE;
	wchar_t *name = host_file_name(path);

	if (!name)
		return h;
	h = CreateFileW(name, access, SHARE_ALL, NULL, how,
			FILE_ATTRIBUTE_NORMAL | flags, NULL);
	if (h == INVALID_HANDLE_VALUE) {
		host_file_fail_last();
		if (errno == EACCES && host_file_is_directory(name))
			errno = EISDIR;
	}
	free(name);
	return h;
}

/* Open */

/* Return a descriptor that owns @h. */
static int host_file_descriptor(HANDLE h, int flags)
{
	int fd = _open_osfhandle((intptr_t)h, flags | _O_BINARY | _O_NOINHERIT);

	if (fd < 0)
		CloseHandle(h);
	return fd;
}

static DWORD host_file_access(int flags)
{
	switch (flags & (O_RDONLY | O_WRONLY | O_RDWR)) {
	case O_WRONLY:
		return GENERIC_WRITE | FILE_READ_ATTRIBUTES;
	case O_RDWR:
		return GENERIC_READ | GENERIC_WRITE;
	}
	return GENERIC_READ;
}

int host_file_open(const char *path, int flags)
{
	DWORD how = flags & O_CREAT ? OPEN_ALWAYS : OPEN_EXISTING;
	HANDLE h;

	if ((flags & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL))
		how = CREATE_NEW;
	h = host_file_create(path, host_file_access(flags), how, 0);
	if (h == INVALID_HANDLE_VALUE)
		return -1;
	if (flags & O_TRUNC && GetFileType(h) == FILE_TYPE_DISK &&
	    !SetEndOfFile(h)) {
		host_file_fail_last();
		CloseHandle(h);
		return -1;
	}
	return host_file_descriptor(h, flags & (O_RDONLY | O_WRONLY | O_RDWR));
}

FILE *host_file_open_stream(const char *path, const char *mode)
{
	bool writes = *mode == 'w';
	int fd = host_file_open(path, writes ? O_WRONLY | O_CREAT | O_TRUNC :
					       O_RDONLY);
	FILE *f = fd < 0 ? NULL : _fdopen(fd, writes ? "wb" : "rb");

	if (fd >= 0 && !f)
		close(fd);
	return f;
}

int host_file_dup(int fd)
{
	HANDLE process = GetCurrentProcess(), h, copy;

	h = (HANDLE)_get_osfhandle(fd);
	if (h == INVALID_HANDLE_VALUE)
		return -1;
	if (!DuplicateHandle(process, h, process, &copy, 0, FALSE,
			     DUPLICATE_SAME_ACCESS))
		return host_file_fail_last();
	return host_file_descriptor(copy, 0);
}

/* libc calls other devices, such as NUL, a terminal, too. */
bool host_file_is_terminal(int fd)
{
	DWORD mode;

	return GetConsoleMode((HANDLE)_get_osfhandle(fd), &mode);
}

/* Describe */

static int host_file_stat_handle(HANDLE h, struct host_file_info *info)
{
	BY_HANDLE_FILE_INFORMATION found;

	*info = (struct host_file_info) { .type = HOST_FILE_SPECIAL };
	if (GetFileType(h) != FILE_TYPE_DISK)
		return 0;
	/* A volume or a drive has no such information. */
	if (!GetFileInformationByHandle(h, &found))
		return GetLastError() == ERROR_INVALID_PARAMETER ||
		       GetLastError() == ERROR_INVALID_FUNCTION ||
		       GetLastError() == ERROR_NOT_SUPPORTED ?
			       0 : host_file_fail_last();
	info->dev = found.dwVolumeSerialNumber;
	info->ino = (uint64_t)found.nFileIndexHigh << 32 | found.nFileIndexLow;
	if (found.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) {
		info->type = HOST_FILE_DIRECTORY;
		return 0;
	}
	info->type = HOST_FILE_REGULAR;
	info->size = (uint64_t)found.nFileSizeHigh << 32 | found.nFileSizeLow;
	return 0;
}

int host_file_stat(const char *path, struct host_file_info *info)
{
	HANDLE h = host_file_create(path, FILE_READ_ATTRIBUTES, OPEN_EXISTING,
				    FILE_FLAG_BACKUP_SEMANTICS);
	int ret;

	if (h == INVALID_HANDLE_VALUE)
		return -1;
	ret = host_file_stat_handle(h, info);
	CloseHandle(h);
	return ret;
}

int host_file_stat_open(int fd, struct host_file_info *info)
{
	HANDLE h = (HANDLE)_get_osfhandle(fd);

	return h == INVALID_HANDLE_VALUE ? -1 : host_file_stat_handle(h, info);
}

/* Paths */

static char *host_file_handle_path(HANDLE h)
{
	DWORD size = GetFinalPathNameByHandleW(h, NULL, 0, 0), len;
	wchar_t *units;
	char *path, *p;

	if (!size) {
		host_file_fail_last();
		return NULL;
	}
	units = xrealloc(NULL, size * sizeof(*units));
	len = GetFinalPathNameByHandleW(h, units, size, 0);
	if (!len || len >= size) {
		host_file_fail(len ? -LKL_EBUSY : windows_last_error());
		free(units);
		return NULL;
	}
	path = xrealloc(NULL, 3 * (size_t)len + 1);
	windows_utf8(path, units, len);
	free(units);
	for (p = path; (p = strchr(p, '\\'));)
		*p = '/';
	return path;
}

char *host_file_real_path(const char *path)
{
	HANDLE h = host_file_create(path, FILE_READ_ATTRIBUTES, OPEN_EXISTING,
				    FILE_FLAG_BACKUP_SEMANTICS);
	char *real;

	if (h == INVALID_HANDLE_VALUE)
		return NULL;
	real = host_file_handle_path(h);
	CloseHandle(h);
	return real;
}

/*
 * Store another name for each process and each moment.  The system does not tell upper
 * case from lower case.
 */
static void host_file_choose(char *name)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz012345";
	LARGE_INTEGER now;
	uint64_t n;
	int i;

	QueryPerformanceCounter(&now);
	n = now.QuadPart * UNIQUE_FACTOR ^ GetCurrentProcessId();
	for (i = 0; i < UNIQUE_LENGTH; i++, n >>= 5)
		name[i] = letters[n & 31];
}

int host_file_create_unique(char *path)
{
	char *name = path + strlen(path) - UNIQUE_LENGTH;
	int i, fd = -1;

	for (i = 0; i < UNIQUE_ATTEMPTS; i++) {
		host_file_choose(name);
		fd = host_file_open(path, O_RDWR | O_CREAT | O_EXCL);
		if (fd >= 0 || errno != EEXIST)
			break;
	}
	return fd;
}

int host_file_rename(const char *from, const char *to)
{
	wchar_t *old = host_file_name(from), *new = NULL;
	int ret = -1;

	if (old)
		new = host_file_name(to);
	if (new)
		ret = MoveFileExW(old, new, MOVEFILE_REPLACE_EXISTING) ?
			      0 : host_file_fail_last();
	free(old);
	free(new);
	return ret;
}

int host_file_remove(const char *path)
{
	wchar_t *name = host_file_name(path);
	int ret;

	if (!name)
		return -1;
	ret = DeleteFileW(name) ? 0 : host_file_fail_last();
	free(name);
	return ret;
}
