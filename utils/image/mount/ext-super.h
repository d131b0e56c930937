/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The wishes in the super block of an ext2, ext3 or ext4.
 */
#ifndef IMAGE_EXT_SUPER_H
#define IMAGE_EXT_SUPER_H

#include <stdbool.h>

/**
 * struct ext_wishes - what a super block asks for
 * @panic:	a panic of the kernel when the file system has an error
 * @stop:	no more writing when the file system has an error
 * @read_only:	no writing
 */
struct ext_wishes {
	bool panic;
	bool stop;
	bool read_only;
};

/*
 * Return what the super block of disk @disk_id asks for: nothing if it
 * cannot be read.
 */
struct ext_wishes ext_super_wishes(int disk_id);

/*
 * Update the part of @wishes on errors with the mount options @opts of a user.
 * Return true if a user decides, who may also decide for a panic.
 */
bool ext_super_errors_of_user(struct ext_wishes *wishes, const char *opts);

#endif /* IMAGE_EXT_SUPER_H */
