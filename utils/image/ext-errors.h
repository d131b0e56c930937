/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The reaction to errors that the super block of an ext2, ext3 or ext4 asks for.
 */
#ifndef IMAGE_EXT_ERRORS_H
#define IMAGE_EXT_ERRORS_H

/*
 * Return the mount option that keeps the kernel from a panic if the super block
 * of partition @part of disk @disk_id asks for a panic; otherwise NULL.
 */
const char *ext_errors_option(int disk_id, int part);

#endif /* IMAGE_EXT_ERRORS_H */
