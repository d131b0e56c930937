// SPDX-License-Identifier: GPL-2.0
/*
 * Host error numbers and LKL error numbers differ, even where the values happen
 * to be the same.  Only this file converts one into the other.
 */
#include <errno.h>
#include <stddef.h>

#include <lkl.h>

#include "base/error.h"
#include "shared/macros.h"

static const struct {
	int host;
	int lkl;
} error_numbers[] = {
	{ EPERM, LKL_EPERM },
	{ ENOENT, LKL_ENOENT },
	{ EINTR, LKL_EINTR },
	{ EIO, LKL_EIO },
	{ ENXIO, LKL_ENXIO },
	{ EBADF, LKL_EBADF },
	{ EAGAIN, LKL_EAGAIN },
	{ ENOMEM, LKL_ENOMEM },
	{ EACCES, LKL_EACCES },
	{ EBUSY, LKL_EBUSY },
	{ EEXIST, LKL_EEXIST },
	{ ENODEV, LKL_ENODEV },
	{ EINVAL, LKL_EINVAL },
	{ ENFILE, LKL_ENFILE },
	{ EMFILE, LKL_EMFILE },
	{ EFBIG, LKL_EFBIG },
	{ ENOSPC, LKL_ENOSPC },
	{ EDQUOT, LKL_ENOSPC },
	{ EROFS, LKL_EROFS },
	{ ENOSYS, LKL_EOPNOTSUPP },
	{ EOPNOTSUPP, LKL_EOPNOTSUPP },
};

int lkl_posix_error(int host_errno)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(error_numbers); i++)
		if (error_numbers[i].host == host_errno)
			return -error_numbers[i].lkl;
	return -LKL_EIO;
}
