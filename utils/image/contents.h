/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Names of images and partitions that hold no file system.
 */
#ifndef IMAGE_CONTENTS_H
#define IMAGE_CONTENTS_H

#include <stdbool.h>
#include <stdint.h>

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
 * Look at the bytes [@off, @off + @size) of file @fd; a @size of 0 means up to
 * the end.
 */
struct contents contents_find(int fd, int64_t off, int64_t size);

#endif /* IMAGE_CONTENTS_H */
