/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The bytes of a device as the portable prober reads them.
 */
#ifndef IMAGE_DEVICE_SOURCE_H
#define IMAGE_DEVICE_SOURCE_H

#include <stdint.h>

#include "disk/device.h"
#include "image/prober/base/source.h"

/**
 * struct device_source - a range of a device
 * @file:	file of the device
 * @start:	first byte of the range in the file
 * @source:	the range, for the prober
 */
struct device_source {
	const struct disk_file *file;
	uint64_t start;
	struct prober_source source;
};

/*
 * Let @s be the bytes [@off, @off + @size) of device @d; a @size of 0 means up to
 * the end.  @s and @d must stay in place.
 */
void device_source_init(struct device_source *s, const struct image_device *d,
			int64_t off, int64_t size);

#endif /* IMAGE_DEVICE_SOURCE_H */
