// SPDX-License-Identifier: GPL-2.0
/*
 * Finding in sysfs what the kernel made of the program's devices: the device
 * number of a disk, the interface of a network device.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "devices/machine.h"
#include "guest/small-file.h"

#define PATH_SIZE	256
#define NAME_SIZE	32
/* A path with two names and a file name behind it */
#define FILE_SIZE	(PATH_SIZE + 2 * NAME_SIZE + 32)

/* Find the one entry of a directory whose name begins with @prefix. */
static int sysfs_find_entry(const char *path, const char *prefix, char *name)
{
	struct lkl_linux_dirent64 *de;
	struct lkl_dir *dir;
	int err;

	dir = lkl_opendir(path, &err);
	if (!dir)
		return err;
	err = -LKL_ENODEV;
	while ((de = lkl_readdir(dir))) {
		if (strncmp(de->d_name, prefix, strlen(prefix)) ||
		    !strcmp(de->d_name, ".") || !strcmp(de->d_name, ".."))
			continue;
		err = 0;
		if (snprintf(name, NAME_SIZE, "%s", de->d_name) >= NAME_SIZE)
			err = -LKL_ENAMETOOLONG;
		break;
	}
	lkl_closedir(dir);
	return err;
}

/*
 * Find the directory @path of device @kernel_id for @class ("net", "block"),
 * and the entry @name there that begins with @prefix.
 */
static int sysfs_find_device(int64_t kernel_id, const char *class,
			     const char *prefix, char *path, char *name)
{
	char virtio[NAME_SIZE];
	int ret = lkl_mount_fs("sysfs");

	if (ret < 0)
		return ret;
	snprintf(path, PATH_SIZE, "/sysfs/devices/platform/virtio-mmio.%d",
		 (int)kernel_id);
	ret = sysfs_find_entry(path, "virtio", virtio);
	if (ret)
		return ret;
	snprintf(path, PATH_SIZE, "/sysfs/devices/platform/virtio-mmio.%d/%s/%s",
		 (int)kernel_id, virtio, class);
	return sysfs_find_entry(path, prefix, name);
}

int lkl_encode_dev_from_sysfs(const char *path, uint32_t *pdevid)
{
	unsigned long major, minor;
	char buf[32], *end;
	long len;

	len = lkl_read_small_file(path, buf, sizeof(buf));
	if (len < 0)
		return len;
	major = strtoul(buf, &end, 10);
	if (end == buf || *end != ':')
		return -LKL_EINVAL;
	minor = strtoul(end + 1, NULL, 10);
	/* As new_encode_dev() of the kernel. */
	*pdevid = (minor & 0xff) | major << 8 | (minor & ~0xffUL) << 12;
	return 0;
}

int lkl_get_virtio_blkdev(int disk_id, unsigned int part, uint32_t *pdevid)
{
	struct lkl_instance *inst = lkl_this_instance();
	char path[PATH_SIZE], name[NAME_SIZE], file[FILE_SIZE];
	int64_t kernel_id;
	int ret;

	if (!inst)
		return -LKL_EINVAL;
	kernel_id = lkl_devices_kernel_id(inst, &inst->machine->disks, disk_id);
	if (kernel_id < 0)
		return kernel_id;
	ret = sysfs_find_device(kernel_id, "block", "vd", path, name);
	if (ret)
		return ret;
	if (part)
		snprintf(file, sizeof(file), "%s/%s/%s%u/dev", path, name, name,
			 part);
	else
		snprintf(file, sizeof(file), "%s/%s/dev", path, name);
	ret = lkl_encode_dev_from_sysfs(file, pdevid);
	return ret == -LKL_ENOENT ? -LKL_ENODEV : ret;
}

int lkl_netdev_get_ifindex(int id)
{
	struct lkl_instance *inst = lkl_this_instance();
	char path[PATH_SIZE], name[NAME_SIZE], file[FILE_SIZE], number[32];
	int64_t kernel_id;
	long ret;

	if (!inst)
		return -LKL_EINVAL;
	kernel_id = lkl_devices_kernel_id(inst, &inst->machine->netdevs, id);
	if (kernel_id < 0)
		return kernel_id;
	ret = sysfs_find_device(kernel_id, "net", "", path, name);
	if (ret)
		return ret == -LKL_ENOENT ? -LKL_ENODEV : ret;
	snprintf(file, sizeof(file), "%s/%s/ifindex", path, name);
	ret = lkl_read_small_file(file, number, sizeof(number));
	return ret < 0 ? ret : atoi(number);
}
