/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Why an image could not be mounted.
 */
#ifndef IMAGE_MOUNT_ERROR_H
#define IMAGE_MOUNT_ERROR_H

#include <stdbool.h>
#include <stddef.h>

struct image;

/*
 * Store ": " and what the kernel has said about the failure since the log was
 * cleared.  Return false if the kernel has said nothing.
 */
bool mount_error_find(char *text, size_t size);
/* The same; if the kernel has said nothing, store how the user gets more. */
void mount_error_details(const struct image *img, char *text, size_t size);

/* Report that the image could not be mounted because of @err; return -1. */
int mount_error_report(const struct image *img, long err);

#endif /* IMAGE_MOUNT_ERROR_H */
