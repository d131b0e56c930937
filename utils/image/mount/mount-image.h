/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Mounting and unmounting the file system of an image.
 */
#ifndef IMAGE_MOUNT_IMAGE_H
#define IMAGE_MOUNT_IMAGE_H

struct image;

/* Mount the image, whose type is known.  Return 0, or -1 after a message. */
int mount_image(struct image *img);

/*
 * Unmount the image if it is mounted, so that all data is on the disk.  Return 0, or
 * -1 after a message.
 */
int mount_end(struct image *img);

#endif /* IMAGE_MOUNT_IMAGE_H */
