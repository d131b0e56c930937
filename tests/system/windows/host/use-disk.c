// SPDX-License-Identifier: GPL-2.0
/*
 * Fills an ext4 file system in an image file, reads the files again, and
 * unmounts.
 *
 * usage: use-disk IMAGE [overlapped]
 *
 * With "overlapped", open the image for overlapped access.
 */
#include <windows.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lkl_host.h>

#define MIB	(1 << 20)
#define SMALL	500
#define LARGE	64

static char mount_point[64];
static char data[MIB], back[MIB];

/* End the program if @ret is an error. */
static lkl_long_t check(const char *what, lkl_long_t ret)
{
	if (ret >= 0)
		return ret;
	printf("cannot %s: %s\n", what, lkl_strerror(ret));
	exit(1);
}

static int open_file(const char *name, int flags)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", mount_point, name);
	return check("open a file", lkl_sys_open(path, flags, 0644));
}

static void write_small_files(void)
{
	char name[16];
	int i, fd;

	for (i = 0; i < SMALL; i++) {
		snprintf(name, sizeof(name), "small-%d", i);
		fd = open_file(name, LKL_O_CREAT | LKL_O_WRONLY);
		memset(data, 'a' + i % 26, 5000);
		check("write a small file", lkl_sys_write(fd, data, 5000));
		check("close a small file", lkl_sys_close(fd));
	}
}

static void write_large_file(void)
{
	int fd = open_file("large", LKL_O_CREAT | LKL_O_WRONLY);
	int i;

	for (i = 0; i < LARGE; i++) {
		memset(data, i + 1, MIB);
		check("write a large file", lkl_sys_write(fd, data, MIB));
	}
	check("write the data to the disk", lkl_sys_fsync(fd));
	check("close a large file", lkl_sys_close(fd));
}

static void read_large_file(void)
{
	int fd = open_file("large", LKL_O_RDONLY);
	int i;

	for (i = 0; i < LARGE; i++) {
		memset(data, i + 1, MIB);
		check("read a large file", lkl_sys_read(fd, back, MIB));
		if (memcmp(data, back, MIB)) {
			printf("MiB %d of the large file differs\n", i);
			exit(1);
		}
	}
	check("close a large file", lkl_sys_close(fd));
}

static void mount_disk(int id, const char *options)
{
	check("mount", lkl_mount_dev(id, 0, "ext4", 0, options, mount_point,
				     sizeof(mount_point)));
}

int wmain(int argc, wchar_t **argv);

int wmain(int argc, wchar_t **argv)
{
	struct lkl_disk disk = { };
	int id;

	if (argc < 2)
		return 2;
	disk.handle = CreateFileW(argv[1], GENERIC_READ | GENERIC_WRITE, 0,
				  NULL, OPEN_EXISTING,
				  argc > 2 ? FILE_FLAG_OVERLAPPED : 0, NULL);
	if (disk.handle == INVALID_HANDLE_VALUE) {
		printf("cannot open %ls: error %lu\n", argv[1],
		       GetLastError());
		return 1;
	}
	check("initialize", lkl_init(&lkl_host_ops));
	id = check("add a disk", lkl_disk_add(&disk));
	check("boot", lkl_start_kernel("quiet"));
	mount_disk(id, "discard");
	write_small_files();
	write_large_file();
	/* The second mount reads from the disk, not from memory. */
	check("unmount", lkl_umount_dev(id, 0, 0, 10000));
	mount_disk(id, NULL);
	read_large_file();
	check("unmount", lkl_umount_dev(id, 0, 0, 10000));
	check("halt", lkl_sys_halt());
	lkl_cleanup();
	CloseHandle(disk.handle);
	return 0;
}
