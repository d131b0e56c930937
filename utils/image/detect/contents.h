/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Names of images and partitions that hold no file system.
 */
#ifndef IMAGE_CONTENTS_H
#define IMAGE_CONTENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "disk/device.h"

/**
 * struct contents - what was found in place of a file system
 * @text:	what it is and what a user can do, a part of a message; NULL: unknown
 * @is_member:	part of a RAID or of a volume group, which may have copies of the
 *		file system elsewhere
 */
struct contents {
	const char *text;
	bool is_member;
};

/*
 * Look at the bytes [@off, @off + @size) of device @d; a @size of 0 means up to
 * the end.
 */
struct contents contents_find(const struct image_device *d, int64_t off,
			      int64_t size);

/*
 * Return true if there is a copy of the super block of an ext2, ext3 or ext4 at
 * @off, whose beginning is elsewhere.
 */
bool contents_is_backup(const struct image_device *d, int64_t off);

#endif /* IMAGE_CONTENTS_H */
