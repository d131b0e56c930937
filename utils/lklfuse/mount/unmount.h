/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Unmounting as root or as an ordinary user.
 */
#ifndef LKLFUSE_UNMOUNT_H
#define LKLFUSE_UNMOUNT_H

#include <stdbool.h>

/*
 * Record in the table of libmount that umount.fuse.lklfuse unmounts
 * @mountpoint.  Starts a program, so the process must not be confined yet.
 */
void unmount_register_helper(const char *source, const char *mountpoint);

/*
 * Unmount @path; with @lazily, detach the mount even if it is in use.
 * Return 0, or -1 with errno set.
 */
int unmount_path(const char *path, bool lazily);

#endif /* LKLFUSE_UNMOUNT_H */
