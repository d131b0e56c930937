// SPDX-License-Identifier: GPL-2.0
/*
 * Mounting and unmounting, which take a program several system calls.
 */
#include <stdio.h>
#include <string.h>

#include "devices/machine.h"
#include "guest/umount.h"

#define MNT_FORMAT	"/mnt/%08x"

static long mount_make_dir(const char *path)
{
	long ret = lkl_sys_mkdir(path, 0700);

	return ret == -LKL_EEXIST ? 0 : ret;
}

long lkl_mount_blkdev(unsigned int dev, const char *fs_type, int flags,
		      const char *opts, char *mnt_str,
		      unsigned int mnt_str_len)
{
	char node[32], dir[32];
	long ret;

	snprintf(dir, sizeof(dir), MNT_FORMAT, dev);
	snprintf(node, sizeof(node), "/dev/lkl-%08x", dev);
	if (mnt_str_len <= strlen(dir))
		return -LKL_ENOMEM;
	ret = mount_make_dir("/dev");
	if (!ret)
		ret = mount_make_dir("/mnt");
	if (!ret)
		ret = lkl_sys_mknod(node, LKL_S_IFBLK | 0600, dev);
	if (ret == -LKL_EEXIST)
		ret = 0;
	if (ret)
		return ret;
	ret = lkl_sys_mkdir(dir, 0755);
	if (!ret || ret == -LKL_EEXIST) {
		ret = lkl_sys_mount(node, dir, (char *)fs_type, flags,
				    (char *)opts);
		if (ret)
			lkl_sys_rmdir(dir);
	}
	lkl_sys_unlink(node);
	if (!ret)
		strcpy(mnt_str, dir);
	return ret;
}

/*
 * Unmount, and report lost data.  The kernel does not report a failure of
 * writes during the unmount, but the disks do.
 */
static long umount_checked(char *path, int flags)
{
	struct lkl_instance *inst = lkl_this_instance();
	uint32_t lost = inst ? lkl_lost_writes(inst) : 0;
	long ret = lkl_sys_umount2(path, flags);

	if (!ret && lkl_lost_writes(inst) != lost)
		ret = -LKL_EIO;
	return ret;
}

/* Devices of the kernel's own may lose data that no disk of the host reports. */
int lkl_sync_mount(const char *path)
{
	long fd = lkl_sys_open(path, LKL_O_RDONLY | LKL_O_DIRECTORY, 0), ret;

	if (fd < 0)
		return 0;
	ret = lkl_sys_syncfs(fd);
	lkl_sys_close(fd);
	if (!ret)
		return 0;
	/* syncfs() reports it once; lkl_sys_halt() must report it as well. */
	lkl_count_lost_write(lkl_this_instance());
	return -LKL_EIO;
}

long lkl_umount_timeout(char *path, int flags, long timeout_ms)
{
	const long long ms = 1000000, most = 100 * ms;
	struct __lkl__kernel_timespec ts = { 0, ms };
	long long left = timeout_ms * ms;
	long ret, err = 0;

	for (;;) {
		/* Unmounting by force does not wait for a device that is gone. */
		if (!err && !(flags & (LKL_MNT_FORCE | LKL_MNT_DETACH)))
			err = lkl_sync_mount(path);
		ret = umount_checked(path, flags);
		if (ret != -LKL_EBUSY || left <= 0)
			return ret ? ret : err;
		if (ts.tv_nsec > left)
			ts.tv_nsec = left;
		left -= ts.tv_nsec;
		lkl_sys_nanosleep(&ts, NULL);
		if (ts.tv_nsec < most)
			ts.tv_nsec *= 2;
	}
}

long lkl_umount_blkdev(unsigned int dev, int flags, long timeout_ms)
{
	char dir[32];
	long ret;

	snprintf(dir, sizeof(dir), MNT_FORMAT, dev);
	ret = lkl_umount_timeout(dir, flags, timeout_ms);
	if (ret && ret != -LKL_EIO)
		return ret;
	lkl_sys_rmdir(dir);
	return ret;
}

int lkl_mount_fs(char *fstype)
{
	char dir[64];
	long ret;

	if ((size_t)snprintf(dir, sizeof(dir), "/%s", fstype) >= sizeof(dir))
		return -LKL_ENAMETOOLONG;
	ret = mount_make_dir(dir);
	if (!ret)
		ret = lkl_sys_mount("none", dir, fstype, 0, NULL);
	return ret == -LKL_EBUSY ? 1 : ret;
}
