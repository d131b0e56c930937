/* SPDX-License-Identifier: GPL-2.0 */
/*
 * LKL error numbers for the host's.
 */
#ifndef LKL_POSIX_ERROR_H
#define LKL_POSIX_ERROR_H

/*
 * Return the negative LKL error for @host_errno, -LKL_EIO for a number that has
 * no counterpart.  A function that meets a host errno converts the number at
 * once: callers see LKL errors only.
 */
int lkl_posix_error(int host_errno);

#endif /* LKL_POSIX_ERROR_H */
