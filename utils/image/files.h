/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The files of an image.
 */
#ifndef IMAGE_FILES_H
#define IMAGE_FILES_H

struct image;

/*
 * Open the image and its further devices, and lock them.  Return 0, or -1 after a
 * message.  The caller calls files_close() in both cases.
 */
int files_open(struct image *img);

/*
 * Make what was written durable, close the files and end the locks.  Return 0, or -1
 * after a message.
 */
int files_close(struct image *img);

#endif /* IMAGE_FILES_H */
