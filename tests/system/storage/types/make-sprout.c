// SPDX-License-Identifier: GPL-2.0
/*
 * Make a btrfs that is based on a seed device: mount the seed device, and add
 * another device, which gets what is written from then on.
 *
 * usage: make-sprout SEED NEW
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lkl_host.h>
#include <lkl/linux/btrfs.h>

#define NODE	"/new"

static void check(const char *what, long ret)
{
	if (ret >= 0)
		return;
	fprintf(stderr, "make-sprout: cannot %s: %s\n", what, lkl_strerror(ret));
	exit(EXIT_FAILURE);
}

static int add_disk(const char *path)
{
	struct lkl_disk disk = { .fd = open(path, O_RDWR | O_CLOEXEC) };
	int id = lkl_disk_add(&disk);

	check(path, id);
	return id;
}

static void add_device(char *mount_point, int id)
{
	static struct lkl_btrfs_ioctl_vol_args args = { .name = NODE };
	uint32_t dev;
	long fd;

	check("find the device", lkl_get_virtio_blkdev(id, 0, &dev));
	check("make a node", lkl_sys_mknod(NODE, LKL_S_IFBLK | 0600, dev));
	fd = lkl_sys_open(mount_point, LKL_O_RDONLY, 0);
	check("open the mount point", fd);
	check("add the device",
	      lkl_sys_ioctl(fd, LKL_BTRFS_IOC_ADD_DEV, (uintptr_t)&args));
	check("write to the device",
	      lkl_sys_mount(NULL, mount_point, NULL, LKL_MS_REMOUNT, NULL));
	check("close the mount point", lkl_sys_close(fd));
}

int main(int argc, char **argv)
{
	char mount_point[64];
	int seed, new;

	if (argc != 3)
		return 2;
	check("initialize LKL", lkl_init(lkl_default_host_ops()));
	check("boot LKL", lkl_start_kernel("quiet loglevel=1"));
	seed = add_disk(argv[1]);
	new = add_disk(argv[2]);
	check("mount the seed device",
	      lkl_mount_dev(seed, 0, "btrfs", LKL_MS_RDONLY, NULL, mount_point,
			    sizeof(mount_point)));
	add_device(mount_point, new);
	check("halt LKL", lkl_sys_halt());
	lkl_cleanup();
	return 0;
}
