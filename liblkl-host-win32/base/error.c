// SPDX-License-Identifier: GPL-2.0
/*
 * The error codes of Windows, and LKL error numbers.  Only this file converts
 * one into the other.
 */
#include <windows.h>

#include <lkl.h>

#include "base/error.h"
#include "shared/macros.h"

static const struct {
	DWORD code;
	int lkl;
} error_codes[] = {
	{ ERROR_FILE_NOT_FOUND, LKL_ENOENT },
	{ ERROR_PATH_NOT_FOUND, LKL_ENOENT },
	{ ERROR_INVALID_NAME, LKL_ENOENT },
	{ ERROR_BAD_PATHNAME, LKL_ENOENT },
	{ ERROR_TOO_MANY_OPEN_FILES, LKL_EMFILE },
	{ ERROR_ACCESS_DENIED, LKL_EACCES },
	{ ERROR_PRIVILEGE_NOT_HELD, LKL_EPERM },
	{ ERROR_INVALID_HANDLE, LKL_EBADF },
	{ ERROR_NOT_ENOUGH_MEMORY, LKL_ENOMEM },
	{ ERROR_OUTOFMEMORY, LKL_ENOMEM },
	{ ERROR_COMMITMENT_LIMIT, LKL_ENOMEM },
	{ ERROR_NO_SYSTEM_RESOURCES, LKL_ENOMEM },
	{ ERROR_NOT_ENOUGH_QUOTA, LKL_ENOMEM },
	{ ERROR_PAGEFILE_QUOTA, LKL_ENOMEM },
	{ ERROR_WORKING_SET_QUOTA, LKL_ENOMEM },
	{ ERROR_SHARING_VIOLATION, LKL_EBUSY },
	{ ERROR_LOCK_VIOLATION, LKL_EBUSY },
	{ ERROR_BUSY, LKL_EBUSY },
	{ ERROR_FILE_EXISTS, LKL_EEXIST },
	{ ERROR_ALREADY_EXISTS, LKL_EEXIST },
	{ ERROR_NOT_READY, LKL_ENODEV },
	{ ERROR_DEV_NOT_EXIST, LKL_ENODEV },
	{ ERROR_INVALID_PARAMETER, LKL_EINVAL },
	{ ERROR_INVALID_ADDRESS, LKL_EINVAL },
	{ ERROR_DISK_FULL, LKL_ENOSPC },
	{ ERROR_HANDLE_DISK_FULL, LKL_ENOSPC },
	{ ERROR_FILE_TOO_LARGE, LKL_EFBIG },
	{ ERROR_WRITE_PROTECT, LKL_EROFS },
	{ ERROR_INVALID_FUNCTION, LKL_EOPNOTSUPP },
	{ ERROR_NOT_SUPPORTED, LKL_EOPNOTSUPP },
	{ ERROR_CALL_NOT_IMPLEMENTED, LKL_EOPNOTSUPP },
	{ ERROR_BAD_EXE_FORMAT, LKL_ENOEXEC },
};

int lkl_host_win32_error(unsigned long code)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(error_codes); i++)
		if (error_codes[i].code == code)
			return -error_codes[i].lkl;
	return -LKL_EIO;
}

int lkl_host_win32_last_error(void)
{
	return lkl_host_win32_error(GetLastError());
}
