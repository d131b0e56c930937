/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Small files of the kernel, of /proc and /sys for example.
 */
#ifndef LKL_GUEST_SMALL_FILE_H
#define LKL_GUEST_SMALL_FILE_H

#include <stddef.h>

/*
 * Read a file with one call, at most @size - 1 bytes, and end it with a NUL.
 * Return its length, or an error.
 */
long lkl_read_small_file(const char *path, char *buf, size_t size);
/* Write a value to a file with one call: return 0 or an error. */
long lkl_write_small_file(const char *path, const char *value);

#endif /* LKL_GUEST_SMALL_FILE_H */
