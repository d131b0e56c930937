// SPDX-License-Identifier: GPL-2.0
/*
 * Small files of the kernel, of /proc and /sys for example.
 */
#include <string.h>

#include <lkl.h>

#include "guest/small-file.h"

long lkl_read_small_file(const char *path, char *buf, size_t size)
{
	long fd = lkl_sys_open(path, LKL_O_RDONLY, 0);
	long len;

	if (fd < 0)
		return fd;
	len = lkl_sys_read(fd, buf, size - 1);
	lkl_sys_close(fd);
	if (len >= 0)
		buf[len] = '\0';
	return len;
}

long lkl_write_small_file(const char *path, const char *value)
{
	long fd = lkl_sys_open(path, LKL_O_WRONLY, 0);
	size_t len = strlen(value);
	long ret;

	if (fd < 0)
		return fd;
	ret = lkl_sys_write(fd, value, len);
	lkl_sys_close(fd);
	if (ret >= 0)
		ret = (size_t)ret == len ? 0 : -LKL_EINVAL;
	return ret;
}
