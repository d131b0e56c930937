/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Looking what is inside an image.
 */
#ifndef UTILS_PROBE_H
#define UTILS_PROBE_H

struct image;

/* Sets part, and type if none was named; 0, or -1 after a message. */
int image_probe(struct image *img);

#endif /* UTILS_PROBE_H */
