// SPDX-License-Identifier: GPL-2.0
/*
 * How the program has opened a handle: the system knows.
 */
#include <windows.h>
#include <winternl.h>

#include "disk/handle-mode.h"

/* Headers of mingw-w64 lack these. */
#define MODE_INFORMATION		16
#define MODE_WRITE_THROUGH		0x02
#define MODE_NO_BUFFERING		0x08
#define MODE_SYNCHRONOUS		0x30

struct lkl_handle_mode lkl_host_win32_handle_mode(void *handle)
{
	IO_STATUS_BLOCK io;
	ULONG mode = 0;

	if (NtQueryInformationFile(handle, &io, &mode, sizeof(mode),
				   MODE_INFORMATION) < 0)
		mode = 0;
	return (struct lkl_handle_mode) {
		.overlapped = !(mode & MODE_SYNCHRONOUS),
		.write_through = mode & MODE_WRITE_THROUGH,
		.unbuffered = mode & MODE_NO_BUFFERING,
	};
}
