// SPDX-License-Identifier: GPL-2.0
/*
 * Detection of the wanted partition and of its type.  This reads untrusted
 * data, so a tool that confines itself does so before.
 */
#include <stdlib.h>
#include <string.h>

#include "common/report.h"
#include "image/attempts/attempts.h"
#include "image/detect/contents.h"
#include "image/detect/identify.h"
#include "image/detect/limit.h"
#include "image/detect/probe.h"
#include "image/detect/rock-ridge.h"
#include "image/image.h"
#include "image/partitions/table.h"
#include "shared/macros.h"

/* Place of the first volume descriptor of ISO 9660 */
#define ISO_DESCRIPTOR	32768
/* libblkid takes a smaller image for no file system. */
#define SMALLEST	4096

/*
 * Return the kernel's name of the type that the user has named, or NULL if the
 * type is to be detected.  mount(8) and other systems have other names.
 */
static const char *probe_named_type(const char *name)
{
	static const struct {
		const char *name;
		const char *type;
	} names[] = {
		{ "auto", NULL },
		{ "fat", "vfat" },
		{ "fat12", "vfat" },
		{ "fat16", "vfat" },
		{ "fat32", "vfat" },
		{ "hfs+", "hfsplus" },
		{ "iso", "iso9660" },
		{ "ntfs", "ntfs3" },
		{ "ntfs-3g", "ntfs3" },
	};
	size_t i;

	for (i = 0; name && i < ARRAY_SIZE(names); i++)
		if (!strcmp(name, names[i].name))
			return names[i].type;
	return name;
}

/*
 * Return the kernel's name of a type, which libblkid may call differently.  Of a
 * disc with the same files in two formats, the format that has the attributes is
 * taken.
 */
static const char *probe_kernel_type(const char *type,
				     const struct disk_file *f, int64_t off)
{
	if (!strcmp(type, "ntfs"))
		return "ntfs3";
	if (!strcmp(type, "udf") && rock_ridge_find(f, off))
		return "iso9660";
	return type;
}

/* Return true if label and UUID, as far as the user named them, match. */
static bool probe_is_wanted(const struct volume *v, const struct image *img)
{
	return (!img->label || (*v->label && !strcmp(v->label, img->label))) &&
	       (!img->uuid || (*v->uuid && !strcasecmp(v->uuid, img->uuid)));
}

/*
 * Return the type of the file system at [@off, @off + @size), allocated, or
 * NULL if there is no file system that is wanted.
 */
static char *probe_type(const struct image *img, int64_t off, int64_t size)
{
	struct volume v;

	if (identify(&img->probed, off, size, &v) != VOLUME_FOUND ||
	    v.usage != VOLUME_FILE_SYSTEM || !probe_is_wanted(&v, img))
		return NULL;
	return strdup(probe_kernel_type(v.type, &img->probed.file,
					img->probed.start + off));
}

static char *probe_partition_type(const struct image *img,
				  const struct partition *p)
{
	return p->present ? probe_type(img, p->start, p->present) : NULL;
}

static struct contents probe_partition_contents(const struct image *img,
						const struct partition *p)
{
	struct contents none = { };

	return p->present ? contents_find(&img->probed, p->start, p->present) :
			    none;
}

/* Partition tables */

/*
 * Return the end of partition @p, or 0 if the partition has no place of its own
 * in the image: the partition is empty, contains other partitions, begins where
 * the image begins, or behind the end of the image.
 */
static int64_t probe_partition_end(const struct partition *p)
{
	if (!p->start || !p->present || p->is_extended)
		return 0;
	return p->start + p->size;
}

/*
 * Find the first partition that ends behind byte @limit and has a place of its
 * own.  Return false if there is no such partition.
 */
static bool probe_find_behind(const struct partition_table *t, int64_t limit,
			      struct partition *p)
{
	int i, n = partition_table_count(t);

	for (i = 0; i < n; i++) {
		partition_table_get(t, i, p);
		if (probe_partition_end(p) > limit)
			return true;
	}
	return false;
}

/* Report that no partition can be used; say what one of them is, if known. */
static int probe_report_partitions(const struct image *img,
				   const struct partition_table *t)
{
	int i, n = partition_table_count(t);

	for (i = 0; i < n; i++) {
		struct partition p;
		const char *text;

		partition_table_get(t, i, &p);
		text = probe_partition_contents(img, &p).text;
		if (!text && !p.present && p.size)
			text = "it begins behind the end of the image, which is cut off";
		if (!text || p.is_extended)
			continue;
		report_error("cannot use '%s': no partition has a known file system; partition %d: %s",
			     img->path, p.number, text);
		return -1;
	}
	return report_cannot("use", img->path,
			     "no partition has a known file system");
}

/* Return the size of an ISO 9660 volume in bytes, or 0. */
static int64_t probe_iso_size(const struct image *img)
{
	unsigned char d[132];

	if (disk_file_read(&img->probed.file, d, sizeof(d),
			   img->probed.start + ISO_DESCRIPTOR) != sizeof(d))
		return 0;
	return (d[80] | d[81] << 8 | d[82] << 16 | (int64_t)d[83] << 24) *
	       (d[128] | d[129] << 8);
}

/* The choice of the partition */

/* Return the option by which a user names a partition. */
static const char *probe_part_option(const struct image *img)
{
	return img->part_option ? img->part_option : "-P ";
}

static int probe_ambiguous(const struct image *img, const struct partition *p)
{
	const char *option = probe_part_option(img);

	report_error("cannot use '%s': it has a file system of its own and a partition table; name one by %s0 or %s%d",
		     img->path, option, option, p->number);
	return -1;
}

/* Reduce the disk to partition @p.  Return 0, or -1 after a message. */
static int probe_use_partition(struct image *img, const struct partition *p)
{
	img->part = p->number;
	img->missing = p->size - p->present;
	if (p->present &&
	    image_device_narrow(&img->disk, p->start, p->present))
		return 0;
	report_error("cannot use '%s': partition %d begins behind the end of the image, which is cut off",
		     img->path, p->number);
	return -1;
}

/*
 * Choose the only partition that has a wanted file system, among all or among
 * those that have a place of their own.  Return 1, 0 if there is none, or -1
 * after a message.
 */
static int probe_choose_partition(struct image *img,
				  const struct partition_table *t, bool all)
{
	int i, n = partition_table_count(t), found = 0;
	struct partition p, chosen;

	for (i = 0; i < n; i++) {
		char *type = NULL;

		partition_table_get(t, i, &p);
		if (all || probe_partition_end(&p))
			type = probe_partition_type(img, &p);
		if (!type)
			continue;
		if (found++) {
			free(type);
			report_error("cannot choose a partition of '%s': several have a file system; name one by %sNUMBER",
				     img->path, probe_part_option(img));
			return -1;
		}
		img->found_type = type;
		chosen = p;
	}
	if (found && probe_use_partition(img, &chosen))
		return -1;
	return found;
}

/*
 * Choose between the file system of type @whole that the image itself seems to
 * have, and its partitions.  A program that makes a file system overwrites a
 * table, but a program that writes a table leaves an old file system: a table
 * that fits is newer.  ISO 9660 alone has room for a table, which may describe
 * parts of the volume.
 */
static int probe_detect(struct image *img, const struct partition_table *t,
			char **whole)
{
	bool iso = *whole && !strcmp(*whole, "iso9660");
	bool named = img->label || img->uuid;
	struct partition p;
	bool behind = probe_find_behind(t, iso ? probe_iso_size(img) : 0, &p);
	int found = 0;

	if (t->list && (behind || !*whole) && !iso)
		found = probe_choose_partition(img, t, !*whole);
	if (found)
		return found < 0 ? -1 : 0;
	if (behind && *whole && !named)
		return probe_ambiguous(img, &p);
	if (t->list && !*whole && named)
		return report_cannot("use", img->path,
				     "no partition has that label or UUID");
	if (t->list && !*whole)
		return probe_report_partitions(img, t);
	img->part = 0;
	img->found_type = *whole;
	*whole = NULL;
	return 0;
}

/*
 * Decide what to do without a type that was found, when the image or partition
 * has contents @c.  Return 0 to use the type that the user has named.
 */
static int probe_without_type(struct image *img, struct contents c)
{
	if (img->label || img->uuid)
		return report_cannot("use", img->path,
				   "its file system has another label or UUID");
	if (!img->type && !c.text)
		img->found_type = attempts_find_type(img);
	if (img->found_type)
		return 0;
	if (!img->type && !c.text)
		limit_report_unknown(img);
	else if (!img->type)
		report_cannot("use", img->path, c.text);
	if (!img->type)
		return -1;
	if (!c.is_member || !img->writable)
		return 0;
	/* The other members would not get what is written. */
	if (!img->read_only_fallback)
		return report_cannot("write to", img->path, c.text);
	report_warning("cannot write to '%s': %s; mounting it read-only",
		       img->path, c.text);
	img->writable = false;
	return 0;
}

static int probe_named_partition(struct image *img,
				 const struct partition_table *t)
{
	struct contents c;
	struct partition p;

	if (!partition_table_find(t, img->part, &p))
		return report_cannot("use", img->path,
				   "there is no such partition");
	img->found_type = probe_partition_type(img, &p);
	c = probe_partition_contents(img, &p);
	if (probe_use_partition(img, &p))
		return -1;
	return img->found_type ? 0 : probe_without_type(img, c);
}

/*
 * Refuse an image that has nothing but a table that is damaged or out of date.
 */
static int probe_check_unprotected(const struct image *img)
{
	struct partition_table t;
	int n;

	partition_table_read_unprotected(&img->probed, &t);
	n = partition_table_count(&t);
	partition_table_free(&t);
	if (!n)
		return 0;
	report_error("cannot use '%s': its partition table is damaged, as the protective MBR is missing; name a partition by %sNUMBER",
		     img->path, img->part_option ? img->part_option : "-P ");
	return -1;
}

static int probe_partition(struct image *img)
{
	char *whole = img->part < 0 ? probe_type(img, 0, 0) : NULL;
	struct partition_table t;
	int ret;

	partition_table_read(&img->probed, &t);
	if (!t.list && img->part > 0) {
		partition_table_free(&t);
		partition_table_read_unprotected(&img->probed, &t);
	}
	ret = img->part < 0 ? probe_detect(img, &t, &whole) :
			      probe_named_partition(img, &t);
	partition_table_free(&t);
	free(whole);
	return ret;
}

/* The image */

/* Let @img->probed be a copy of the image, padded with zeros. */
static int probe_pad(struct image *img)
{
	struct disk_file copy = DISK_FILE_NONE;
	char buf[SMALLEST] = "";
	int64_t ret = disk_file_read(&img->disk.file, buf, img->disk.size,
				     img->disk.start);

	if (ret >= 0)
		ret = disk_file_open_temporary(&copy, buf, sizeof(buf));
	if (!ret)
		ret = image_device_open(&img->probed, &copy);
	if (!ret)
		return 0;
	report_cannot("read", img->path, disk_file_strerror(ret));
	disk_file_close(&copy);
	return -1;
}

/* Decide what to do with an image that has no known file system. */
static int probe_unknown(struct image *img)
{
	struct contents c = contents_find(&img->probed, 0, 0);

	if (!c.text && !img->type && probe_check_unprotected(img))
		return -1;
	return probe_without_type(img, c);
}

static int probe_image(struct image *img)
{
	int ret = 0;

	img->type = probe_named_type(img->type);
	if (img->part)
		ret = probe_partition(img);
	else
		img->found_type = probe_type(img, 0, 0);
	if (!ret && !img->found_type && img->part == 0)
		ret = probe_unknown(img);
	if (!ret && !img->type)
		img->type = img->found_type;
	return ret;
}

int image_probe(struct image *img)
{
	bool is_small = img->disk.size < SMALLEST;
	int ret;

	img->probed = img->disk;
	if (is_small && probe_pad(img))
		return -1;
	ret = probe_image(img);
	if (is_small)
		disk_file_close(&img->probed.file);
	return ret;
}
