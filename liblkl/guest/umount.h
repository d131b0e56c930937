/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Unmounting without losing an error.
 */
#ifndef LKL_GUEST_UMOUNT_H
#define LKL_GUEST_UMOUNT_H

/*
 * Write out the file system at @path.  Return -LKL_EIO when data was lost, also
 * when it was lost long ago.
 */
int lkl_sync_mount(const char *path);
/* Unmount everything before a halt: return 0 or the first error. */
int lkl_umount_all(void);

#endif /* LKL_GUEST_UMOUNT_H */
