/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The bytes that libblkid looks at.
 */
#ifndef IMAGE_BLKID_RANGE_H
#define IMAGE_BLKID_RANGE_H

#include <blkid/blkid.h>
#include <stdint.h>

#include "disk/device.h"

/*
 * Let @pr look at the bytes [@off, @off + @size) of device @d; a @size of 0 means
 * up to the end.  Return 0, or -1 on failure.
 */
static inline int blkid_range_set(blkid_probe pr, const struct image_device *d,
				  int64_t off, int64_t size)
{
	/* libblkid knows the end of a whole file. */
	if (d->is_part && !size)
		size = d->size - off;
	return blkid_probe_set_device(pr, d->file.id, d->start + off, size);
}

#endif /* IMAGE_BLKID_RANGE_H */
