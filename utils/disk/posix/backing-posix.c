// SPDX-License-Identifier: GPL-2.0
/*
 * The files of the host that hold the data of a block device.  A loop device, also
 * below a device of the device mapper or a RAID, is the same data as a file: such a
 * file must neither be copied into the image nor be overwritten.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "disk/backing.h"

/* Devices above each other */
#define DEPTH_MAX	16

/**
 * struct backing_search - a search for files
 * @files:	the files that were found
 * @count:	number of @files
 * @max:	room in @files
 * @depth:	number of devices above the current device
 */
struct backing_search {
	struct backing_file *files;
	int count;
	int max;
	int depth;
};

static void backing_visit(struct backing_search *s, int fd);

static void backing_add(struct backing_search *s, dev_t dev, ino_t ino)
{
	if (s->count < s->max)
		s->files[s->count++] = (struct backing_file) { dev, ino };
}

/* Visit the block device that the kernel calls @name, of number @dev or any. */
static void backing_visit_name(struct backing_search *s, const char *name,
			       dev_t dev)
{
	char path[300];
	struct stat st;
	int fd;

	snprintf(path, sizeof(path), "/dev/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return;
	if (!fstat(fd, &st) && S_ISBLK(st.st_mode) &&
	    (!dev || st.st_rdev == dev))
		backing_visit(s, fd);
	close(fd);
}

/* Visit the block device of number @dev, whose name the kernel knows. */
static void backing_visit_number(struct backing_search *s, dev_t dev)
{
	char path[64], target[300], *name;
	ssize_t n;

	snprintf(path, sizeof(path), "/sys/dev/block/%u:%u", major(dev),
		 minor(dev));
	n = readlink(path, target, sizeof(target) - 1);
	if (n <= 0)
		return;
	target[n] = 0;
	for (name = target + n; name > target && name[-1] != '/';)
		name--;
	backing_visit_name(s, name, dev);
}

/* Visit the devices of which block device @dev is made. */
static void backing_visit_slaves(struct backing_search *s, dev_t dev)
{
	struct dirent *e;
	char path[64];
	DIR *d;

	snprintf(path, sizeof(path), "/sys/dev/block/%u:%u/slaves", major(dev),
		 minor(dev));
	d = opendir(path);
	if (!d)
		return;
	while ((e = readdir(d)))
		if (e->d_name[0] != '.')
			backing_visit_name(s, e->d_name, 0);
	closedir(d);
}

static void backing_visit(struct backing_search *s, int fd)
{
	struct loop_info64 info;
	struct stat st;

	if (fstat(fd, &st) || s->depth == DEPTH_MAX)
		return;
	s->depth++;
	if (S_ISREG(st.st_mode))
		backing_add(s, st.st_dev, st.st_ino);
	else if (!S_ISBLK(st.st_mode))
		;
	else if (ioctl(fd, LOOP_GET_STATUS64, &info))
		backing_visit_slaves(s, st.st_rdev);
	else if (info.lo_rdevice)
		backing_visit_number(s, info.lo_rdevice);
	else
		backing_add(s, info.lo_device, info.lo_inode);
	s->depth--;
}

int backing_find(const struct disk_file *f, struct backing_file *files,
		 int max)
{
	struct backing_search s = { .files = files, .max = max };

	backing_visit(&s, f->id);
	return s.count;
}
