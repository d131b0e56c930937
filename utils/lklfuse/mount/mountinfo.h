/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The mounts of the host, as /proc/self/mountinfo lists them.
 */
#ifndef LKLFUSE_MOUNTINFO_H
#define LKLFUSE_MOUNTINFO_H

#include <stdint.h>

/**
 * struct mount_entry - one mount
 * @major:	major device number; each FUSE mount has a device number of its own
 * @minor:	minor device number
 * @user:	ID of the user who mounted the file system
 * @group:	ID of that user's group
 * @type:	file system type with subtype, such as "fuse.lklfuse"
 */
struct mount_entry {
	unsigned int major;
	unsigned int minor;
	uint32_t user;
	uint32_t group;
	char type[64];
};

/*
 * Find the topmost mount at @path, an absolute path without symbolic links.
 * Return 0 and fill in @m, or return -1.
 */
int mountinfo_find(const char *path, struct mount_entry *m);

#endif /* LKLFUSE_MOUNTINFO_H */
