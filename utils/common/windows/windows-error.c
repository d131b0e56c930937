// SPDX-License-Identifier: GPL-2.0
/*
 * Errors of Windows as errors of a tree.  Only this file converts them.
 */
#include "common/windows/windows-error.h"

#include <lkl.h>

#include "shared/macros.h"

/* mingw-w64 lacks these. */
#ifndef ERROR_DISK_QUOTA_EXCEEDED
#define ERROR_DISK_QUOTA_EXCEEDED 1295
#endif
#ifndef ERROR_VIRUS_INFECTED
#define ERROR_VIRUS_INFECTED	225
#endif

/* Names of ntstatus.h, which conflicts with windows.h */
#define DELETE_PENDING	((NTSTATUS)0xc0000056)
#define IS_DIRECTORY	((NTSTATUS)0xc00000ba)

static const struct {
	DWORD code;
	int err;
} error_codes[] = {
	{ ERROR_ACCESS_DENIED, LKL_EACCES },
	{ ERROR_ALREADY_EXISTS, LKL_EEXIST },
	{ ERROR_BAD_NETPATH, LKL_ENOENT },
	{ ERROR_BAD_NET_NAME, LKL_ENOENT },
	{ ERROR_BAD_PATHNAME, WINDOWS_ENAME },
	{ ERROR_BROKEN_PIPE, LKL_EPIPE },
	{ ERROR_BUSY, LKL_EBUSY },
	{ ERROR_CALL_NOT_IMPLEMENTED, LKL_EOPNOTSUPP },
	/* Links of the Store's programs, which only the system can follow */
	{ ERROR_CANT_ACCESS_FILE, LKL_EACCES },
	{ ERROR_CANT_RESOLVE_FILENAME, LKL_ELOOP },
	{ ERROR_COMMITMENT_LIMIT, LKL_ENOMEM },
	{ ERROR_CURRENT_DIRECTORY, LKL_EBUSY },
	{ ERROR_DELETE_PENDING, LKL_EBUSY },
	{ ERROR_DIRECTORY, LKL_ENOTDIR },
	{ ERROR_DIR_NOT_EMPTY, LKL_ENOTEMPTY },
	{ ERROR_DISK_CORRUPT, LKL_EUCLEAN },
	{ ERROR_DISK_FULL, LKL_ENOSPC },
	{ ERROR_DISK_QUOTA_EXCEEDED, LKL_EDQUOT },
	{ ERROR_FILENAME_EXCED_RANGE, LKL_ENAMETOOLONG },
	{ ERROR_FILE_CORRUPT, LKL_EUCLEAN },
	{ ERROR_FILE_EXISTS, LKL_EEXIST },
	{ ERROR_FILE_NOT_FOUND, LKL_ENOENT },
	{ ERROR_FILE_TOO_LARGE, LKL_EFBIG },
	{ ERROR_HANDLE_DISK_FULL, LKL_ENOSPC },
	{ ERROR_INVALID_DRIVE, LKL_ENOENT },
	{ ERROR_INVALID_FUNCTION, LKL_EOPNOTSUPP },
	{ ERROR_INVALID_HANDLE, LKL_EBADF },
	{ ERROR_INVALID_NAME, WINDOWS_ENAME },
	{ ERROR_INVALID_PARAMETER, LKL_EINVAL },
	{ ERROR_LOCK_VIOLATION, LKL_EBUSY },
	{ ERROR_NOT_ENOUGH_MEMORY, LKL_ENOMEM },
	{ ERROR_NOT_READY, LKL_ENOMEDIUM },
	{ ERROR_NOT_SAME_DEVICE, LKL_EXDEV },
	{ ERROR_NOT_SUPPORTED, LKL_EOPNOTSUPP },
	{ ERROR_NO_DATA, LKL_EPIPE },
	{ ERROR_NO_SYSTEM_RESOURCES, LKL_ENOMEM },
	{ ERROR_OUTOFMEMORY, LKL_ENOMEM },
	{ ERROR_PATH_NOT_FOUND, LKL_ENOENT },
	{ ERROR_PIPE_NOT_CONNECTED, LKL_EPIPE },
	{ ERROR_PRIVILEGE_NOT_HELD, LKL_EPERM },
	{ ERROR_SHARING_VIOLATION, LKL_EBUSY },
	{ ERROR_TOO_MANY_LINKS, LKL_EMLINK },
	{ ERROR_TOO_MANY_OPEN_FILES, LKL_EMFILE },
	{ ERROR_USER_MAPPED_FILE, LKL_EBUSY },
	{ ERROR_VIRUS_INFECTED, LKL_EPERM },
	{ ERROR_WRITE_PROTECT, LKL_EROFS },
};

int windows_error(DWORD code)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(error_codes); i++)
		if (error_codes[i].code == code)
			return -error_codes[i].err;
	return -LKL_EIO;
}

int windows_last_error(void)
{
	return windows_error(GetLastError());
}

/* Codes of the Win32 API do not tell the first two from a lack of permission. */
int windows_status(NTSTATUS status)
{
	if (status == DELETE_PENDING)
		return -LKL_EBUSY;
	if (status == IS_DIRECTORY)
		return -LKL_EISDIR;
	return status < 0 ? windows_error(RtlNtStatusToDosError(status)) : 0;
}

/* The kernel's own texts are about sockets, devices and system calls. */
static const struct {
	int err;
	const char *text;
} error_texts[] = {
	{ LKL_EPERM, "Windows does not permit this" },
	{ LKL_EBUSY, "another program uses the file" },
	{ LKL_EOPNOTSUPP, "the file system of Windows cannot do this" },
	{ LKL_EUCLEAN, "the file system is damaged here; check it with chkdsk" },
	{ WINDOWS_ENAME, "Windows forbids this name" },
	{ WINDOWS_EUTF8, "the name is not valid UTF-8, so Windows cannot hold it" },
	{ WINDOWS_ESYMLINK,
	  "Windows permits symbolic links only to administrators and in Developer Mode" },
	{ WINDOWS_ETARGET, "Windows cannot hold the target of this link" },
	{ WINDOWS_ETYPE, "Windows has no files of this type" },
	{ WINDOWS_EOWNER, "Windows has no numeric owners" },
	{ WINDOWS_EMODE, "Windows stores only whether a file is read-only" },
	{ WINDOWS_EXATTR, "Windows has no such attributes" },
	{ WINDOWS_EFLAGS, "Windows has no such flags" },
};

const char *windows_strerror(int err)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(error_texts); i++)
		if (error_texts[i].err == -err)
			return error_texts[i].text;
	return lkl_strerror(err);
}
