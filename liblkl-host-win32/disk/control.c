// SPDX-License-Identifier: GPL-2.0
/*
 * Control operations of files and drives.
 */
#include <windows.h>
#include <winioctl.h>

#include "disk/control.h"

unsigned long lkl_host_win32_control(void *handle, unsigned long code,
				     void *in, unsigned long in_size,
				     void *out, unsigned long out_size)
{
	HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL);
	OVERLAPPED at = { .hEvent = lkl_host_win32_event_only(event) };
	DWORD error = 0, n;

	if (!event)
		return GetLastError();
	if (!DeviceIoControl(handle, code, in, in_size, out, out_size, &n,
			     &at))
		error = GetLastError();
	if (error == ERROR_IO_PENDING)
		error = GetOverlappedResult(handle, &at, &n, TRUE) ?
			0 : GetLastError();
	CloseHandle(event);
	return error;
}

void lkl_host_win32_control_allow_end(void *handle)
{
	lkl_host_win32_control(handle, FSCTL_ALLOW_EXTENDED_DASD_IO, NULL, 0,
			       NULL, 0);
}
