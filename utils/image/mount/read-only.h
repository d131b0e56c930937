/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Images that the kernel can only read.
 */
#ifndef IMAGE_READ_ONLY_H
#define IMAGE_READ_ONLY_H

struct image;

/*
 * Return why the kernel can only read the image, as an error of a mount: 0 if the
 * type is the reason, 1 if the kernel can write.  @opts are the mount options.
 */
long read_only_error(const struct image *img, const char *opts);

/*
 * Go on read-only if the user permits this, after a warning.  @err is the error of a
 * mount for writing, 0: the kernel can only read the type.  Return 0, or -1 after a
 * message.
 */
int read_only_use(struct image *img, long err);

#endif /* IMAGE_READ_ONLY_H */
