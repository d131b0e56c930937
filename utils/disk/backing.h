/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The files of the host that hold the data of a block device.
 */
#ifndef DISK_BACKING_H
#define DISK_BACKING_H

#include <stdint.h>

#include "disk/disk-file.h"

/**
 * struct backing_file - identity of a file, as a tree of the host reports it
 * @dev:	device number of its file system
 * @ino:	inode number
 */
struct backing_file {
	uint64_t dev;
	uint64_t ino;
};

/*
 * Store file @f or, if @f is a block device, the files behind its loop devices.
 * Return the number of files, at most @max.
 */
int backing_find(const struct disk_file *f, struct backing_file *files,
		 int max);

#endif /* DISK_BACKING_H */
