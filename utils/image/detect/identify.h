/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Contents of an image or a partition: a file system, or a part of something else.
 */
#ifndef IMAGE_IDENTIFY_H
#define IMAGE_IDENTIFY_H

#include <stdint.h>

#include "disk/device.h"
#include "image/prober/volumes/volume.h"

/*
 * Look at the bytes [@off, @off + @size) of device @d; a @size of 0 means up to
 * the end.  Fill in @v if the answer is VOLUME_FOUND.
 *
 * The build chooses who looks: libblkid, or the prober that needs no library.
 */
enum volume_answer identify(const struct image_device *d, int64_t off,
			    int64_t size, struct volume *v);

#endif /* IMAGE_IDENTIFY_H */
