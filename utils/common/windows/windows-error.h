/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Errors of Windows as errors of a tree: negative LKL numbers, and a few numbers
 * beyond these for which LKL's texts would mislead.
 */
#ifndef COMMON_WINDOWS_ERROR_H
#define COMMON_WINDOWS_ERROR_H

/* Without winsock.h, whose macros change LKL's headers */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#include <winternl.h>

enum {
	/* No error of the kernel is as high. */
	WINDOWS_ENAME = 4096,
	WINDOWS_EUTF8,
	WINDOWS_ESYMLINK,
	WINDOWS_ETARGET,
	WINDOWS_ETYPE,
	WINDOWS_EOWNER,
	WINDOWS_EMODE,
	WINDOWS_EXATTR,
	WINDOWS_EFLAGS,
};

/* Return the negative error of a tree for error @code of the Win32 API. */
int windows_error(DWORD code);
/* Return the same for the error of the last call, which must have failed. */
int windows_last_error(void);
/* Return the same for a status of the NT API, or 0 if @status is no error. */
int windows_status(NTSTATUS status);
/* Return the text of an error of a tree. */
const char *windows_strerror(int err);

#endif /* COMMON_WINDOWS_ERROR_H */
