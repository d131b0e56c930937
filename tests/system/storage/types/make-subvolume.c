// SPDX-License-Identifier: GPL-2.0
/*
 * Create a subvolume in the root directory of a btrfs, with a file in it, and make the
 * subvolume the default.
 *
 * usage: make-subvolume IMAGE NAME
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lkl.h>
#include <lkl_host.h>
#include <lkl/linux/btrfs.h>
#include <lkl/linux/stat.h>

static void check(const char *what, long ret)
{
	if (ret >= 0)
		return;
	fprintf(stderr, "%s: %s\n", what, lkl_strerror(ret));
	exit(1);
}

static void make_subvolume(const char *mount_point, const char *name)
{
	struct lkl_btrfs_ioctl_vol_args args = { };
	struct lkl_statx stx;
	char path[256];
	long top, fd;

	top = lkl_sys_open(mount_point, LKL_O_RDONLY | LKL_O_DIRECTORY, 0);
	check("open the top", top);
	snprintf(args.name, sizeof(args.name), "%s", name);
	check("create a subvolume",
	      lkl_sys_ioctl(top, LKL_BTRFS_IOC_SUBVOL_CREATE, (uintptr_t)&args));
	check("read its number",
	      lkl_sys_statx(top, name, 0, LKL_STATX_SUBVOL, &stx));
	check("make it the default",
	      lkl_sys_ioctl(top, LKL_BTRFS_IOC_DEFAULT_SUBVOL,
			    (uintptr_t)&stx.stx_subvol));
	lkl_sys_close(top);
	snprintf(path, sizeof(path), "%s/%s/inside", mount_point, name);
	fd = lkl_sys_open(path, LKL_O_WRONLY | LKL_O_CREAT, 0644);
	check("create a file", fd);
	lkl_sys_close(fd);
}

int main(int argc, char **argv)
{
	struct lkl_disk disk = { };
	char mount_point[64];
	int id;

	if (argc != 3)
		return 2;
	disk.fd = open(argv[1], O_RDWR);
	if (disk.fd < 0) {
		perror(argv[1]);
		return 1;
	}
	check("start", lkl_init(lkl_default_host_ops()));
	check("start", lkl_start_kernel("quiet"));
	id = lkl_disk_add(&disk);
	check("add the disk", id);
	check("mount", lkl_mount_dev(id, 0, "btrfs", 0, NULL, mount_point,
				     sizeof(mount_point)));
	make_subvolume(mount_point, argv[2]);
	check("unmount", lkl_umount_dev(id, 0, 0, 10000));
	check("stop", lkl_sys_halt());
	lkl_cleanup();
	return 0;
}
