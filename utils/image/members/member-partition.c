// SPDX-License-Identifier: GPL-2.0
/*
 * Partitions of further devices.
 *
 * A further device may be a disk with partitions, also the disk that has the file
 * system itself.  The partition is the one with the UUID of the file system or of
 * its journal; a device without such a partition is used as a whole.
 */
#include <string.h>

#include "common/report.h"
#include "image/detect/identify.h"
#include "image/image.h"
#include "image/members/members.h"
#include "image/partitions/table.h"
#include "shared/macros.h"

/**
 * struct member_ids - what marks the devices of a file system
 * @ids:	UUIDs of the file system and of its journal, or empty strings
 */
struct member_ids {
	char ids[2][VOLUME_UUID_SIZE];
};

static void member_read_ids(const struct image_device *d, struct member_ids *m)
{
	struct volume v;

	*m = (struct member_ids) { };
	if (identify(d, 0, 0, &v) != VOLUME_FOUND)
		return;
	strcpy(m->ids[0], v.uuid);
	strcpy(m->ids[1], v.journal_uuid);
}

/* Return true if the bytes belong to the file system with these @ids. */
static bool member_belongs(const struct member_ids *m,
			   const struct image_device *d, int64_t off,
			   int64_t size)
{
	struct volume v;
	const char *id;
	bool found = false;
	size_t i;

	if (identify(d, off, size, &v) != VOLUME_FOUND)
		return false;
	/* The UUID of a log is that of its file system, under another name. */
	id = *v.uuid ? v.uuid : v.log_uuid;
	for (i = 0; i < ARRAY_SIZE(m->ids); i++)
		found |= *id && !strcmp(id, m->ids[i]);
	return found;
}

/* Return true if an earlier device, or the image, has bytes of @d. */
static bool member_is_taken(const struct image *img, int i,
			    const struct image_device *d)
{
	int k;

	if (image_device_overlaps(d, &img->disk))
		return true;
	for (k = 0; k < i; k++)
		if (image_device_overlaps(d, &img->more[k]))
			return true;
	return false;
}

/* Reduce device @i to the first partition that belongs to the file system. */
static void member_find_partition(struct image *img, int i,
				  const struct member_ids *m,
				  const struct partition_table *t)
{
	int k, n = partition_table_count(t);

	for (k = 0; k < n; k++) {
		struct image_device part = img->more[i];
		struct partition p;

		partition_table_get(t, k, &p);
		if (!p.size || p.present < p.size || p.is_extended ||
		    !member_belongs(m, &img->more[i], p.start, p.size) ||
		    !image_device_narrow(&part, p.start, p.size) ||
		    member_is_taken(img, i, &part))
			continue;
		img->more[i] = part;
		return;
	}
}

/* Choose what is used of device @i.  Return 0, or -1 after a message. */
static int member_choose(struct image *img, int i, const struct member_ids *m)
{
	struct partition_table t;

	if (!member_belongs(m, &img->more[i], 0, 0)) {
		partition_table_read(&img->more[i], &t);
		member_find_partition(img, i, m, &t);
		partition_table_free(&t);
	}
	/* Two disks of the kernel for the same bytes would destroy them. */
	if (member_is_taken(img, i, &img->more[i]))
		return report_cannot("use", img->devices[i],
				     "this file is named twice");
	return 0;
}

int members_choose(struct image *img)
{
	struct member_ids m = { };
	int i, ret = 0;

	if (img->device_count)
		member_read_ids(&img->disk, &m);
	for (i = 0; i < img->device_count && !ret; i++)
		ret = member_choose(img, i, &m);
	return ret;
}
