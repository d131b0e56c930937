/* SPDX-License-Identifier: GPL-2.0 */
/*
 * LKL error numbers for the system's.
 */
#ifndef LKL_WIN32_ERROR_H
#define LKL_WIN32_ERROR_H

/*
 * Return the negative LKL error for @code of GetLastError(), -LKL_EIO for a
 * code that has no counterpart.  A function that meets such a code converts the
 * code at once: callers see LKL errors only.
 */
int lkl_host_win32_error(unsigned long code);

/* Return the negative LKL error for the calling thread's last error. */
int lkl_host_win32_last_error(void);

#endif /* LKL_WIN32_ERROR_H */
