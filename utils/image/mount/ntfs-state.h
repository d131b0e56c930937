/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The state of a volume of Windows (NTFS).
 */
#ifndef IMAGE_NTFS_STATE_H
#define IMAGE_NTFS_STATE_H

#include <stdbool.h>

#include "disk/device.h"

/*
 * Return true if the NTFS of @d is marked as not unmounted cleanly; false also if
 * this cannot be found out.
 */
bool ntfs_is_dirty(const struct image_device *d);

#endif /* IMAGE_NTFS_STATE_H */
