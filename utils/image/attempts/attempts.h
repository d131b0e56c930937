/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Detection of a type by mounting the image.
 */
#ifndef IMAGE_ATTEMPTS_H
#define IMAGE_ATTEMPTS_H

struct image;

/*
 * Return the first type as which the kernel mounts the disk of the image,
 * allocated, or NULL.  The image does not change.
 *
 * A build with libblkid attempts nothing: libblkid knows more types than the kernel.
 */
char *attempts_find_type(const struct image *img);

#endif /* IMAGE_ATTEMPTS_H */
