/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Messages about an image that is small, because the user has named a part of the
 * file, or because the file is small.
 */
#ifndef IMAGE_LIMIT_H
#define IMAGE_LIMIT_H

#include <stddef.h>

struct image;

/*
 * Store how a limit of the user makes the image small, after a semicolon, or an
 * empty string.
 */
void limit_describe(const struct image *img, char *text, size_t size);
/* Report that there is no known file system in the image. */
void limit_report_unknown(const struct image *img);

#endif /* IMAGE_LIMIT_H */
