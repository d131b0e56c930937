// SPDX-License-Identifier: GPL-2.0
/*
 * The bytes of a device as the portable prober reads them.
 */
#include "image/detect/device-source.h"

static bool device_source_read(void *context, uint64_t offset, void *buf,
			       uint32_t len)
{
	const struct device_source *s = context;

	return disk_file_read(s->file, buf, len, s->start + offset) == len;
}

void device_source_init(struct device_source *s, const struct image_device *d,
			int64_t off, int64_t size)
{
	uint64_t left = (uint64_t)off < d->size ? d->size - off : 0;

	if (!size || (uint64_t)size > left)
		size = left;
	*s = (struct device_source) {
		.file = &d->file,
		.start = d->start + off,
		.source = {
			.read = device_source_read,
			.context = s,
			.size = size,
		},
	};
}
