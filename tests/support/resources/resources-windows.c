// SPDX-License-Identifier: GPL-2.0
/*
 * Resources of the host: handles.
 */
#include <windows.h>

#include "support/resources/resources.h"

int count_resources(void)
{
	DWORD n = 0;

	GetProcessHandleCount(GetCurrentProcess(), &n);
	return n;
}

unsigned long resident_kilobytes(void)
{
	return 0;
}
