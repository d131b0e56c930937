/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Detection of partitions and file system types.
 */
#ifndef IMAGE_PROBE_H
#define IMAGE_PROBE_H

struct image;

/*
 * Set the partition of the image, and its type unless the user has named one.
 * Return 0, or -1 after a message.
 */
int image_probe(struct image *img);

#endif /* IMAGE_PROBE_H */
