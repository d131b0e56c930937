/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Detection of the Rock Ridge attributes of ISO 9660.
 */
#ifndef IMAGE_ROCK_RIDGE_H
#define IMAGE_ROCK_RIDGE_H

#include <stdbool.h>
#include <stdint.h>

#include "disk/disk-file.h"

/*
 * Return true if file @f has, at offset @off, a volume of ISO 9660 whose root
 * directory has Rock Ridge attributes.
 */
bool rock_ridge_find(const struct disk_file *f, int64_t off);

#endif /* IMAGE_ROCK_RIDGE_H */
