/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Files that are installed with this library.
 */
#ifndef LKL_POSIX_INSTALLED_H
#define LKL_POSIX_INSTALLED_H

#include <stddef.h>

/* Write the path of installed file @name to @path, which has @size bytes. */
void lkl_posix_installed_path(const char *name, char *path, size_t size);

#endif /* LKL_POSIX_INSTALLED_H */
