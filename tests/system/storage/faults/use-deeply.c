// SPDX-License-Identifier: GPL-2.0
/*
 * Works on a file system with little memory, so that much is written back while
 * something else is going on, and prints how deep the kernel's stacks became.
 *
 * usage: use-deeply TYPE IMAGE
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lkl_host.h>

#define MiB	(1UL << 20)
#define FILES	2000

static void check(long ret, const char *what)
{
	if (ret >= 0)
		return;
	fprintf(stderr, "use-deeply: %s: %s\n", what, lkl_strerror(ret));
	exit(1);
}

static void write_file(const char *path, size_t size)
{
	static char block[MiB];
	long fd = lkl_sys_open(path, LKL_O_CREAT | LKL_O_RDWR, 0600);
	size_t n;

	check(fd, "open");
	memset(block, path[0], sizeof(block));
	while (size) {
		n = size < MiB ? size : MiB;
		check(lkl_sys_write(fd, block, n), "write");
		size -= n;
	}
	check(lkl_sys_setxattr(path, "user.name", path, strlen(path), 0),
	      "setxattr");
	check(lkl_sys_close(fd), "close");
}

static void work(void)
{
	char path[64], other[64];
	int i;

	for (i = 0; i < FILES; i++) {
		snprintf(path, sizeof(path), "file-%d", i);
		write_file(path, i % 100 ? 3000 : 4 * MiB);
		snprintf(other, sizeof(other), "other-%d", i);
		if (i % 3 == 0)
			check(lkl_sys_rename(path, other), "rename");
		else if (i % 3 == 1)
			check(lkl_sys_link(path, other), "link");
		if (i % 7 == 0)
			lkl_sys_unlink(path);
	}
	write_file("big", 100 * MiB);
	check(lkl_sys_truncate("big", 12345), "truncate");
}

static unsigned long deepest_stack(void)
{
	char text[32] = "";
	long fd;

	check(lkl_mount_fs("sysfs"), "mount sysfs");
	fd = lkl_sys_open("/sysfs/module/lkl/parameters/deepest_stack",
			  LKL_O_RDONLY, 0);
	check(fd, "open deepest_stack");
	check(lkl_sys_read(fd, text, sizeof(text) - 1), "read");
	lkl_sys_close(fd);
	return strtoul(text, NULL, 10);
}

int main(int argc, char **argv)
{
	struct lkl_disk disk = { .fd = open(argv[2], O_RDWR) };
	char mnt[64];
	int id;

	(void)argc;
	check(lkl_init(&lkl_host_ops), "init");
	id = lkl_disk_add(&disk);
	check(id, "disk");
	check(lkl_start_kernel("quiet mem=96M"), "boot");
	check(lkl_mount_dev(id, 0, argv[1], 0, NULL, mnt, sizeof(mnt)), "mount");
	check(lkl_sys_chdir(mnt), "chdir");
	work();
	printf("%lu\n", deepest_stack());
	check(lkl_sys_chdir("/"), "chdir");
	check(lkl_sys_halt(), "halt");
	lkl_cleanup();
	return 0;
}
