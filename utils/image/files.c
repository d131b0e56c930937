// SPDX-License-Identifier: GPL-2.0
/*
 * The files of an image: opening, locking and closing them.
 */
#include <lkl.h>

#include "common/report.h"
#include "disk/disk-file.h"
#include "image/files.h"
#include "image/image.h"

static bool files_is_read_only_error(int err)
{
	return err == -LKL_EROFS || err == -LKL_EACCES || err == -LKL_EPERM ||
	       err == -LKL_EFBIG;
}

static int files_open_path(struct image *img, struct disk_file *f,
			   const char *path)
{
	int ret = disk_file_open(f, path, img->writable);

	if (!ret || !img->writable || !img->read_only_fallback ||
	    !files_is_read_only_error(ret))
		return ret;
	report_warning("cannot open '%s' for writing: %s; opening it read-only",
		       path, disk_file_strerror(ret));
	img->writable = false;
	return disk_file_open(f, path, false);
}

static int files_use_path(struct image *img, struct image_device *d,
			  const char *path)
{
	struct disk_file f;
	int ret = files_open_path(img, &f, path);

	if (ret)
		return report_cannot("open", path, disk_file_strerror(ret));
	ret = image_device_open(d, &f);
	if (!ret)
		return 0;
	report_cannot("use", path, disk_file_strerror(ret));
	disk_file_close(&f);
	return -1;
}

static int files_lock_file(const struct image *img, const struct disk_file *f,
			   const char *path)
{
	int ret = disk_file_lock(f, img->writable);

	if (!ret)
		return 0;
	/* Some file systems of networks have no locks. */
	if (ret == -LKL_ENOSYS || ret == -LKL_ENOLCK || ret == -LKL_EOPNOTSUPP) {
		report_warning("cannot lock '%s': %s; make sure that no other program uses it",
			       path, disk_file_strerror(ret));
		return 0;
	}
	return report_cannot("lock", path, ret == -LKL_EBUSY ?
			     "another program is using it" :
			     disk_file_strerror(ret));
}

/* Return true if an earlier device, or the image, is in the file of device @i. */
static bool files_has_file(const struct image *img, int i)
{
	bool found = image_device_same_file(&img->more[i], &img->disk);
	int k;

	for (k = 0; k < i; k++)
		found |= image_device_same_file(&img->more[i], &img->more[k]);
	return found;
}

/*
 * Lock the image and its further devices: two kernels that write to one image
 * would destroy it.
 */
static int files_lock(struct image *img)
{
	int i, ret;

	if (img->no_lock)
		return 0;
	if (img->lock_path) {
		ret = disk_file_open_lock(&img->lock, img->lock_path);
		if (ret)
			return report_cannot("open lock file", img->lock_path,
					     disk_file_strerror(ret));
		return files_lock_file(img, &img->lock, img->path);
	}
	ret = files_lock_file(img, &img->disk.file, img->path);
	for (i = 0; i < img->device_count && !ret; i++)
		if (!files_has_file(img, i))
			ret = files_lock_file(img, &img->more[i].file,
					      img->devices[i]);
	return ret;
}

static int files_open_all(struct image *img)
{
	int i;

	if (files_use_path(img, &img->disk, img->path))
		return -1;
	if ((img->offset || img->size_limit) &&
	    !image_device_narrow(&img->disk, img->offset, img->size_limit))
		return report_cannot("use", img->path,
				     "it ends before the given offset");
	for (i = 0; i < img->device_count; i++)
		if (files_use_path(img, &img->more[i], img->devices[i]))
			return -1;
	return files_lock(img);
}

static int files_close_disk(struct image_device *d, const char *path)
{
	int ret = image_device_close(d);

	return ret ? report_cannot("write everything to", path,
				   disk_file_strerror(ret)) : 0;
}

int files_open(struct image *img)
{
	int i;

	img->lock = DISK_FILE_NONE;
	img->disk = (struct image_device) { .file = DISK_FILE_NONE };
	for (i = 0; i < img->device_count; i++)
		img->more[i] = (struct image_device) { .file = DISK_FILE_NONE };
	return files_open_all(img);
}

int files_close(struct image *img)
{
	int ret = files_close_disk(&img->disk, img->path), i;

	for (i = 0; i < img->device_count; i++)
		ret |= files_close_disk(&img->more[i], img->devices[i]);
	disk_file_close(&img->lock);
	return ret ? -1 : 0;
}
