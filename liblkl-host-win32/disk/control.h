/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Control operations of files and drives.
 */
#ifndef LKL_WIN32_CONTROL_H
#define LKL_WIN32_CONTROL_H

#include <stdint.h>

/*
 * Return the member hEvent of an OVERLAPPED, for @event: the end of the operation
 * sets the event only.  The program may have given a handle to an I/O completion
 * port, where it expects the ends of its own operations.
 */
static inline void *lkl_host_win32_event_only(void *event)
{
	return (void *)((uintptr_t)event | 1);
}

/*
 * Perform the control operation @code, and wait for its end, also if @handle was
 * opened for overlapped access.  Return 0 or an error of the system.
 */
unsigned long lkl_host_win32_control(void *handle, unsigned long code,
				     void *in, unsigned long in_size,
				     void *out, unsigned long out_size);

/*
 * Allow access to the sectors of a volume that are behind its file system; does
 * nothing for a file or a drive.
 */
void lkl_host_win32_control_allow_end(void *handle);

#endif /* LKL_WIN32_CONTROL_H */
