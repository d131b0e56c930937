// SPDX-License-Identifier: GPL-2.0
/*
 * Looking at an image with the portable prober.
 */
#include "image/detect/device-source.h"
#include "image/detect/identify.h"

enum volume_answer identify(const struct image_device *d, int64_t off,
			    int64_t size, struct volume *v)
{
	struct device_source s;

	device_source_init(&s, d, off, size);
	return prober_volume_find(&s.source, v);
}
