/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Control operations of files and drives.
 */
#ifndef LKL_WIN32_CONTROL_H
#define LKL_WIN32_CONTROL_H

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
