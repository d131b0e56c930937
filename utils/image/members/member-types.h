/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Further devices of the types of file systems.
 */
#ifndef MEMBERS_MEMBER_TYPES_H
#define MEMBERS_MEMBER_TYPES_H

#include <stdbool.h>
#include <stddef.h>

#include "image/image.h"

/* Node of a further device, with its number from 1 */
#define MEMBER_NODE	"/device-%d"

/**
 * struct member_type - what a type of file systems does with further devices
 * @give:	name the devices of the image to the kernel, in the mount options
 *		@opts; refuse those that do not belong to the file system.
 *		Return 0, or -1 after a message
 * @missing:	store what is missing, a part of a message, and return true
 * @mounts_alone: the kernel mounts the file system even if a device is missing
 * @why_read_only: return why the file system can only be read, or NULL; may be
 *		NULL
 * @forget_numbers: see members_forget_numbers(); may be NULL
 */
struct member_type {
	int (*give)(struct image *img, char *opts, size_t size);
	bool (*missing)(const struct image *img, char *what, size_t size);
	bool mounts_alone;
	const char *(*why_read_only)(const struct image *img);
	int (*forget_numbers)(const struct image *img);
};

extern const struct member_type member_ext;
extern const struct member_type member_xfs;
extern const struct member_type member_btrfs;
extern const struct member_type member_f2fs;
extern const struct member_type member_erofs;

/* Append mount option "@option=DEVICE" for device @i to @opts. */
int member_append(const struct image *img, char *opts, size_t size,
		  const char *option, int i);
/* Append this option for all devices. */
int member_append_all(const struct image *img, char *opts, size_t size,
		      const char *option);
/* Report that device @i is of no use because of @why; return -1. */
int member_refuse(const struct image *img, int i, const char *why);

#endif /* MEMBERS_MEMBER_TYPES_H */
