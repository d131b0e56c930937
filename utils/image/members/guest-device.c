// SPDX-License-Identifier: GPL-2.0
/*
 * Bytes of a block device of the guest, for what a tool has to know of a file
 * system that is not mounted.  The guest sees the device as its file system
 * does: from the beginning of a partition, and with what was written meanwhile.
 */
#include <lkl_host.h>

#include "image/members/guest-device.h"

#define GUEST_DEVICE_NODE	"/device"

/* Open device @dev.  Return a descriptor or a negative LKL error. */
static long guest_device_open(uint32_t dev, int flags)
{
	long fd = lkl_sys_mknod(GUEST_DEVICE_NODE, LKL_S_IFBLK | 0600, dev);

	if (fd)
		return fd;
	fd = lkl_sys_open(GUEST_DEVICE_NODE, flags, 0);
	lkl_sys_unlink(GUEST_DEVICE_NODE);
	return fd;
}

bool guest_device_read(uint32_t dev, void *buf, size_t size, uint64_t offset)
{
	long fd = guest_device_open(dev, LKL_O_RDONLY), n;

	if (fd < 0)
		return false;
	n = lkl_sys_pread64(fd, buf, size, offset);
	lkl_sys_close(fd);
	return n == (long)size;
}

long guest_device_write(uint32_t dev, const void *buf, size_t size, uint64_t offset)
{
	long fd = guest_device_open(dev, LKL_O_WRONLY), ret;

	if (fd < 0)
		return fd;
	ret = lkl_sys_pwrite64(fd, buf, size, offset);
	if (ret >= 0)
		ret = ret == (long)size ? lkl_sys_fsync(fd) : -LKL_EIO;
	lkl_sys_close(fd);
	return ret;
}
