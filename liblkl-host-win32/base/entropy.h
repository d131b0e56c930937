/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Random bytes of the host's table.
 */
#ifndef LKL_WIN32_ENTROPY_H
#define LKL_WIN32_ENTROPY_H

/* Fill @len bytes at @buf.  Return 0 or a negative LKL error. */
int lkl_host_win32_entropy(void *buf, unsigned int len);

#endif /* LKL_WIN32_ENTROPY_H */
