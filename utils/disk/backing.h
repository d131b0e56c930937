/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The files of the host that hold the data of a block device.
 */
#ifndef DISK_BACKING_H
#define DISK_BACKING_H

#include <sys/types.h>

/**
 * struct backing_file - identity of a file
 * @dev:	device number of its file system
 * @ino:	inode number
 */
struct backing_file {
	dev_t dev;
	ino_t ino;
};

/*
 * Store the regular file that is open as @fd or, if @fd is a block device, the
 * files behind its loop devices.  Return the number of files, at most @max.
 */
int backing_find(int fd, struct backing_file *files, int max);

#endif /* DISK_BACKING_H */
