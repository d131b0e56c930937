// SPDX-License-Identifier: GPL-2.0
/*
 * Use a file system with little memory, so that data are written back in the
 * middle of other operations, and print the maximum depth of the kernel's
 * stacks.
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

static void must_succeed(long ret, const char *what)
{
	if (ret >= 0)
		return;
	fprintf(stderr, "use-deeply: %s: %s\n", what, lkl_strerror(ret));
	exit(1);
}

static void write_large_file(const char *path, size_t size)
{
	static char block[MiB];
	long fd = lkl_sys_open(path, LKL_O_CREAT | LKL_O_RDWR, 0600);
	size_t n;

	must_succeed(fd, "open");
	memset(block, path[0], sizeof(block));
	while (size) {
		n = size < MiB ? size : MiB;
		must_succeed(lkl_sys_write(fd, block, n), "write");
		size -= n;
	}
	must_succeed(lkl_sys_setxattr(path, "user.name", path, strlen(path), 0),
		     "setxattr");
	must_succeed(lkl_sys_close(fd), "close");
}

static void use_file_system(void)
{
	char path[64], other[64];
	int i;

	for (i = 0; i < FILES; i++) {
		snprintf(path, sizeof(path), "file-%d", i);
		write_large_file(path, i % 100 ? 3000 : 4 * MiB);
		snprintf(other, sizeof(other), "other-%d", i);
		if (i % 3 == 0)
			must_succeed(lkl_sys_rename(path, other), "rename");
		else if (i % 3 == 1)
			must_succeed(lkl_sys_link(path, other), "link");
		if (i % 7 == 0)
			lkl_sys_unlink(path);
	}
	write_large_file("big", 100 * MiB);
	must_succeed(lkl_sys_truncate("big", 12345), "truncate");
}

static unsigned long deepest_stack(void)
{
	char text[32] = "";
	long fd;

	must_succeed(lkl_mount_fs("sysfs"), "mount sysfs");
	fd = lkl_sys_open("/sysfs/module/lkl/parameters/deepest_stack",
			  LKL_O_RDONLY, 0);
	must_succeed(fd, "open deepest_stack");
	must_succeed(lkl_sys_read(fd, text, sizeof(text) - 1), "read");
	lkl_sys_close(fd);
	return strtoul(text, NULL, 10);
}

int main(int argc, char **argv)
{
	struct lkl_disk disk = { .fd = open(argv[2], O_RDWR) };
	char mnt[64];
	int id;

	(void)argc;
	must_succeed(lkl_init(&lkl_host_ops), "init");
	id = lkl_disk_add(&disk);
	must_succeed(id, "disk");
	must_succeed(lkl_start_kernel("quiet mem=96M"), "boot");
	must_succeed(lkl_mount_dev(id, 0, argv[1], 0, NULL, mnt, sizeof(mnt)), "mount");
	must_succeed(lkl_sys_chdir(mnt), "chdir");
	use_file_system();
	printf("%lu\n", deepest_stack());
	must_succeed(lkl_sys_chdir("/"), "chdir");
	must_succeed(lkl_sys_halt(), "halt");
	lkl_cleanup();
	return 0;
}
