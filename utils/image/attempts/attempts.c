// SPDX-License-Identifier: GPL-2.0
/*
 * Detection of a type by mounting the image.
 *
 * The prober knows fewer variants of the types than the kernel, and none of the types
 * that somebody adds to the kernel image.
 */
#include <stdbool.h>
#include <string.h>

#include <lkl.h>
#include <lkl_host.h>

#include "image/attempts/attempts.h"
#include "image/detect/identify.h"
#include "image/image.h"

#define UMOUNT_TIMEOUT_MS	10000
#define MEMORY			(64 << 20)
#define BLOCK			4096
#define LIST_SIZE		4096

/**
 * struct attempts_disk - the disk of the attempts, which stays until the kernel halts
 * @device:	the image, which does not change
 * @left:	memory that a replay of a journal may still take
 */
static struct attempts_disk {
	struct image_device device;
	uint64_t left;
} attempts_disk;

/* Read the list of types.  Return false on failure. */
static bool attempts_read_types(char *list)
{
	long fd, n, len = 0;

	if (lkl_mount_fs("proc") < 0)
		return false;
	fd = lkl_sys_open("/proc/filesystems", LKL_O_RDONLY, 0);
	if (fd < 0)
		return false;
	do {
		n = lkl_sys_read(fd, list + len, LIST_SIZE - 1 - len);
		len += n > 0 ? n : 0;
	} while (n > 0);
	lkl_sys_close(fd);
	list[len] = 0;
	return len;
}

static bool attempts_mount(int disk, const char *type)
{
	char point[64];

	if (lkl_mount_dev(disk, 0, type, LKL_MS_RDONLY, NULL, point,
			  sizeof(point)))
		return false;
	lkl_umount_dev(disk, 0, 0, UMOUNT_TIMEOUT_MS);
	return true;
}

char *attempts_find_type(const struct image *img)
{
	char list[LIST_SIZE], *line, *rest;
	struct volume v;
	int disk;

	/* If there are several file systems, only the user knows the right one. */
	if (identify(&img->disk, 0, 0, &v) == VOLUME_UNCLEAR ||
	    !attempts_read_types(list))
		return NULL;
	attempts_disk.device = img->disk;
	attempts_disk.left = MEMORY;
	image_device_keep(&attempts_disk.device, &attempts_disk.left, BLOCK);
	disk = image_device_add(&attempts_disk.device);
	/* A type that needs a device has an empty first column. */
	for (line = strtok_r(list, "\n", &rest); line && disk >= 0;
	     line = strtok_r(NULL, "\n", &rest))
		if (*line == '\t' && attempts_mount(disk, line + 1))
			return strdup(line + 1);
	return NULL;
}
