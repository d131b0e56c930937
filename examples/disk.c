// SPDX-License-Identifier: GPL-2.0
/*
 * Make a directory in an image of a file system.
 *
 *	truncate -s 64M disk.img && mke2fs -t ext4 disk.img
 *	cc disk.c -o disk $(pkg-config --cflags --libs lkl) && ./disk
 */
#include <lkl_host.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static long make_directory(struct lkl_disk *disk)
{
	char mount_point[64];
	int id = lkl_disk_add(disk);
	long ret = id < 0 ? id : lkl_start_kernel("quiet");
	long halted;

	if (ret)
		return ret;
	ret = lkl_mount_dev(id, 0, "ext4", 0, NULL, mount_point, sizeof(mount_point));
	if (!ret)
		ret = lkl_sys_chdir(mount_point);
	if (!ret)
		ret = lkl_sys_mkdir("hello", 0755);
	halted = lkl_sys_halt();	/* unmounts, and writes everything to the image */
	return ret ? ret : halted;
}

int main(void)
{
	struct lkl_disk disk = { .fd = open("disk.img", O_RDWR) };
	long ret;

	if (disk.fd < 0) {
		perror("disk.img");
		return 1;
	}
	ret = lkl_init(&lkl_host_ops);
	if (!ret) {
		ret = make_directory(&disk);
		lkl_cleanup();
	}
	close(disk.fd);
	printf("disk.img: mkdir hello: %s\n", lkl_strerror(ret));
	return ret ? 1 : 0;
}
