/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The further devices of a file system: those of a btrfs, f2fs or erofs, the
 * journal of an ext3 or ext4, the log and the real-time section of an XFS.
 */
#ifndef MEMBERS_MEMBERS_H
#define MEMBERS_MEMBERS_H

#include <stddef.h>

struct image;

/*
 * Choose the parts of the further devices that belong to the file system, which
 * the image has already.  Return 0, or -1 after a message.
 */
int members_choose(struct image *img);

/*
 * Add the further devices of @img to the machine, and name them to the kernel in
 * the mount options @opts, of which @size bytes have room.  The image itself is
 * added already.  Return 0, or -1 after a message.
 */
int members_add(struct image *img, char *opts, size_t size);

/*
 * After a mount that has failed: return 0 if the given devices are not the
 * reason, or -1 after a message that names what is missing.
 */
int members_report_missing(const struct image *img);

/* Return why the given devices can only be read, or NULL. */
const char *members_why_read_only(const struct image *img);

/*
 * Undo what the kernel has recorded about the numbers of the devices, which
 * change.  The file system is unmounted.  Return 0, or -1 after a message.
 */
int members_forget_numbers(const struct image *img);

#endif /* MEMBERS_MEMBERS_H */
