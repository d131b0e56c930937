/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the host has mounted.
 */
#ifndef LKLFUSE_MOUNTINFO_H
#define LKLFUSE_MOUNTINFO_H

#include <stdint.h>

/**
 * struct mount_entry - a mount
 * @major:	of its device number, which no other mount of FUSE has
 * @minor:	...
 * @user:	who has mounted it
 * @group:	...
 * @type:	with subtype
 */
struct mount_entry {
	unsigned int major;
	unsigned int minor;
	uint32_t user;
	uint32_t group;
	char type[64];
};

/* The mount that is on top at @path (absolute, no links); 0 or -1. */
int mountinfo_find(const char *path, struct mount_entry *m);

#endif /* LKLFUSE_MOUNTINFO_H */
