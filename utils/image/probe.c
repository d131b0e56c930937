// SPDX-License-Identifier: GPL-2.0
/*
 * Detection of the wanted partition and of its type.  This reads untrusted
 * data, so a tool that confines itself does so before.
 */
#include <blkid/blkid.h>
#include <stdlib.h>
#include <string.h>

#include "common/report.h"
#include "image/image.h"
#include "image/probe.h"

#define SECTOR	512

/* Return the kernel's name of a type, which libblkid may call differently. */
static const char *probe_kernel_type(const char *type)
{
	if (!strcmp(type, "ntfs"))
		return "ntfs3";
	return type;
}

/* Return true if label and UUID, as far as the user named them, match. */
static bool probe_is_wanted(blkid_probe pr, const struct image *img)
{
	const char *found;

	if (img->label && (blkid_probe_lookup_value(pr, "LABEL", &found, NULL) ||
			   strcmp(found, img->label)))
		return false;
	if (img->uuid && (blkid_probe_lookup_value(pr, "UUID", &found, NULL) ||
			  strcasecmp(found, img->uuid)))
		return false;
	return true;
}

/*
 * Return the type of the file system at [@off, @off + @size), allocated, or
 * NULL if there is no file system that is wanted.
 */
static char *probe_type(const struct image *img, int64_t off, int64_t size)
{
	blkid_probe pr = blkid_new_probe();
	const char *type = NULL, *usage = NULL;
	char *found = NULL;

	if (!pr || blkid_probe_set_device(pr, img->disk.fd, off, size))
		goto out;
	blkid_probe_enable_superblocks(pr, 1);
	blkid_probe_set_superblocks_flags(pr, BLKID_SUBLKS_TYPE |
					  BLKID_SUBLKS_USAGE |
					  BLKID_SUBLKS_LABEL |
					  BLKID_SUBLKS_UUID);
	if (blkid_do_safeprobe(pr))
		goto out;
	blkid_probe_lookup_value(pr, "USAGE", &usage, NULL);
	if (usage && !strcmp(usage, "filesystem") && probe_is_wanted(pr, img) &&
	    !blkid_probe_lookup_value(pr, "TYPE", &type, NULL))
		found = strdup(probe_kernel_type(type));
out:
	blkid_free_probe(pr);
	return found;
}

static char *probe_partition_type(const struct image *img, blkid_partition p)
{
	return probe_type(img, blkid_partition_get_start(p) * SECTOR,
			  blkid_partition_get_size(p) * SECTOR);
}

/* Choose the only partition that has a wanted file system. */
static int probe_choose_partition(struct image *img, blkid_partlist list)
{
	int i, n = blkid_partlist_numof_partitions(list), found = 0;

	for (i = 0; i < n; i++) {
		blkid_partition p = blkid_partlist_get_partition(list, i);
		char *type = probe_partition_type(img, p);

		if (!type)
			continue;
		if (found++) {
			free(type);
			return report_cannot("choose a partition of", img->path,
					   "several have a file system: name one");
		}
		img->found_type = type;
		img->part = blkid_partition_get_partno(p);
	}
	if (found)
		return 0;
	return report_cannot("use", img->path, img->label || img->uuid ?
			   "no partition has that label or UUID" :
			   "no partition has a known file system");
}

static int probe_named_partition(struct image *img, blkid_partlist list)
{
	blkid_partition p = blkid_partlist_get_partition_by_partno(list,
								   img->part);

	if (!p)
		return report_cannot("use", img->path,
				   "there is no such partition");
	img->found_type = probe_partition_type(img, p);
	return 0;
}

static int probe_partitions(struct image *img)
{
	blkid_probe pr = blkid_new_probe();
	blkid_partlist list = NULL;
	int ret = 0;

	if (pr && !blkid_probe_set_device(pr, img->disk.fd, 0, 0)) {
		blkid_probe_enable_partitions(pr, 1);
		list = blkid_probe_get_partitions(pr);
	}
	if (list)
		ret = img->part < 0 ? probe_choose_partition(img, list) :
				      probe_named_partition(img, list);
	else if (img->part < 0)
		img->part = 0;
	else
		ret = report_cannot("use", img->path,
				    "there is no such partition");
	blkid_free_probe(pr);
	return ret;
}

int image_probe(struct image *img)
{
	int ret = 0;

	if (img->part <= 0)
		img->found_type = probe_type(img, 0, 0);
	if (img->part == 0 || (img->part < 0 && img->found_type))
		img->part = 0;
	else
		ret = probe_partitions(img);
	if (ret)
		return ret;
	if ((img->label || img->uuid) && !img->found_type)
		return report_cannot("use", img->path,
				   "its file system has another label or UUID");
	if (!img->type)
		img->type = img->found_type;
	if (!img->type)
		return report_cannot("use", img->path,
				   "no known file system found: name its type");
	return 0;
}
