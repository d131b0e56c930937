// SPDX-License-Identifier: GPL-2.0
/*
 * Mounting and unmounting the file system of an image.
 */
#include <stdio.h>
#include <string.h>

#include <lkl.h>
#include <lkl/linux/magic.h>

#include "common/report.h"
#include "image/host-table.h"
#include "image/image.h"
#include "image/kernel-log.h"
#include "image/members/members.h"
#include "image/mount/ext-super.h"
#include "image/mount/mount-error.h"
#include "image/mount/mount-flags.h"
#include "image/mount/mount-image.h"
#include "image/mount/read-only.h"
#include "image/mount/subvolume.h"

#define UMOUNT_TIMEOUT_MS	10000
/* Largest block of types that are made without padding */
#define BLOCK			4096

static int mount_add_disk(struct image_device *d, const char *path)
{
	int id = image_device_add(d);

	if (id < 0)
		report_cannot("use", path, lkl_strerror(id));
	return id;
}

/* Return how much memory a replay may take: the kernel needs memory as well. */
static unsigned long mount_memory_mb(const struct image *img)
{
	return img->mem_mb ? img->mem_mb :
			     image_host()->vm->ram_limit() >> 21;
}

/*
 * Let the image not change from now on.  The kernel replays the journal even if it
 * only reads; what it writes is kept in memory.
 */
static void mount_keep(struct image *img)
{
	int i;

	img->memory_left = (uint64_t)mount_memory_mb(img) << 20;
	image_device_keep(&img->disk, &img->memory_left, BLOCK);
	for (i = 0; i < img->device_count; i++)
		image_device_keep(&img->more[i], &img->memory_left, BLOCK);
}

/* Return true if something that was kept in memory was lost. */
static bool mount_has_lost(const struct image *img)
{
	bool lost = img->disk.has_lost;
	int i;

	for (i = 0; i < img->device_count; i++)
		lost |= img->more[i].has_lost;
	return lost;
}

static long mount_disk(struct image *img, const char *opts,
		       unsigned long flags)
{
	return lkl_mount_dev(img->disk_id, 0, img->type, flags,
			     *opts ? opts : NULL, img->mount_point,
			     sizeof(img->mount_point));
}

/*
 * Mount an f2fs, which is kept, for writing, and make the mount read-only: a mount
 * that is read-only from the beginning does not recover the files that were synced
 * after a clean unmount and before the next checkpoint (f2fs_need_recovery() in
 * fs/f2fs/super.c), and is no error.
 */
static long mount_recover_f2fs(struct image *img, const char *opts,
			       unsigned long flags)
{
	long ret = mount_disk(img, opts, flags & ~LKL_MS_RDONLY);

	if (ret)
		return ret;
	ret = lkl_sys_mount(NULL, img->mount_point, NULL,
			    flags | LKL_MS_REMOUNT, NULL);
	if (ret)
		lkl_umount_dev(img->disk_id, 0, 0, UMOUNT_TIMEOUT_MS);
	return ret;
}

static long mount_try(struct image *img, const char *opts, unsigned long flags)
{
	if (!img->writable)
		flags |= LKL_MS_RDONLY;
	if (flags & LKL_MS_RDONLY && !strcmp(img->type, "f2fs") &&
	    !mount_recover_f2fs(img, opts, flags))
		return 0;
	return mount_disk(img, opts, flags);
}

/* Return true if the kernel has mounted the image read-only, unasked. */
static bool mount_is_read_only(const struct image *img)
{
	struct lkl_statfs st;

	/* The flags of statfs() have the values of the flags of mount(). */
	return img->writable && !lkl_sys_statfs(img->mount_point, &st) &&
	       st.f_flags & LKL_MS_RDONLY;
}

/*
 * Return true if an image that cannot be mounted for writing because of @err can
 * be read.  Types return EINVAL for features or for a state of the image with
 * which they only read.
 */
static bool mount_can_be_read(struct image *img, const char *opts,
			      unsigned long flags, long err)
{
	if (!img->writable || (err != -LKL_EROFS && err != -LKL_EACCES &&
			       err != -LKL_EINVAL))
		return false;
	mount_keep(img);
	return !mount_try(img, opts, flags | LKL_MS_RDONLY);
}

/*
 * Return true if the files of the mount are in the image: the kernel mounts
 * tmpfs and the like as well, and ignores the disk.
 */
static bool mount_is_on_disk(const struct image *img)
{
	struct lkl_statx stx;
	struct lkl_statfs fs;

	if (lkl_sys_statx(LKL_AT_FDCWD, img->mount_point, 0, 0, &stx) ||
	    stx.stx_dev_major)
		return true;
	/* One btrfs has several devices, so files have an invented one. */
	return !lkl_sys_statfs(img->mount_point, &fs) &&
	       fs.f_type == LKL_BTRFS_SUPER_MAGIC;
}

/*
 * Choose the reaction to an error in an ext2, ext3 or ext4.  An image does not
 * decide that the process dies; a user may decide so.
 *
 * With errors=remount-ro, the kernel refuses to read as well as to write (see
 * EXT4_FLAGS_SHUTDOWN in fs/ext4/super.c), unless the mount is read-only from the
 * beginning.  So a caller that can stop to write does this itself.
 */
static int mount_choose_ext_errors(struct image *img, struct ext_wishes wishes,
				   char *opts, size_t size)
{
	bool by_user = ext_super_errors_of_user(&wishes, opts);
	const char *option = "errors=remount-ro";
	size_t n = strlen(opts);

	if (by_user && wishes.panic)
		return 0;
	img->must_stop = img->can_stop && img->writable &&
			 (wishes.panic || wishes.stop);
	if (img->must_stop)
		option = "errors=continue";
	else if (!wishes.panic)
		return 0;
	if (n + strlen(option) + 2 > size)
		return report_cannot("mount", img->path,
				     "the mount options are too long");
	sprintf(opts + n, "%s%s", n ? "," : "", option);
	return 0;
}

/* Consider what an ext2, ext3 or ext4 asks for. */
static int mount_obey_ext(struct image *img, char *opts, size_t size)
{
	struct ext_wishes wishes;

	if (strncmp(img->type, "ext", 3))
		return 0;
	wishes = ext_super_wishes(img->disk_id);
	if (wishes.read_only && img->writable) {
		if (read_only_use(img, 0))
			return -1;
		mount_keep(img);
	}
	return mount_choose_ext_errors(img, wishes, opts, size);
}

/*
 * Store the options that are no flags, add the disks, and decide whether the image
 * is written.
 */
static int mount_prepare(struct image *img, char *opts, size_t size,
			 unsigned long *flags)
{
	long err;

	if (snprintf(opts, size, "%s", img->options ? img->options : "") >=
	    (int)size)
		return report_cannot("mount", img->path,
				   "the mount options are too long");
	*flags = mount_flags_extract(opts);
	if (*flags & LKL_MS_RDONLY)
		img->writable = false;
	err = read_only_error(img, opts);
	if (img->writable && err <= 0 && read_only_use(img, err))
		return -1;
	if (!img->writable)
		mount_keep(img);
	img->disk_id = mount_add_disk(&img->disk, img->path);
	if (img->disk_id < 0 || members_add(img, opts, size))
		return -1;
	return mount_obey_ext(img, opts, size);
}

/*
 * After a mount that has failed: return 0 if the image has all bytes of the
 * partition, or -1 after a message.
 */
static int mount_report_cut_off(const struct image *img)
{
	if (!img->missing)
		return 0;
	report_error("cannot mount '%s' as %s: the image is cut off; partition %d lacks its last %llu bytes",
		     img->path, img->type, img->part,
		     (unsigned long long)img->missing);
	return -1;
}

static void mount_report_failure(const struct image *img, long err)
{
	if (!mount_report_cut_off(img) && !members_report_missing(img))
		mount_error_report(img, err);
}

/* Check the mount, which has given @ret.  Return 0, or -1 after a message. */
static int mount_check(const struct image *img, long ret)
{
	if (mount_has_lost(img))
		report_error("cannot mount '%s' as %s: a replay of its journal needs more memory than the limit of %lu MiB; raise the limit by %sSIZE",
			     img->path, img->type, mount_memory_mb(img),
			     img->part_option ? "-o mb=" : "-m ");
	else if (!img->mounted)
		mount_report_failure(img, ret);
	else if (!mount_is_on_disk(img))
		report_error("cannot mount '%s' as %s: this type keeps no files in an image; leave out the type, which is detected",
			     img->path, img->type);
	else
		return 0;
	return -1;
}

int mount_image(struct image *img)
{
	unsigned long flags = 0;
	char opts[4096];
	long ret;

	/* After a failure, what is in the log is about this mount. */
	kernel_log_clear();
	if (mount_prepare(img, opts, sizeof(opts), &flags))
		return -1;
	ret = mount_try(img, opts, flags);
	img->mounted = !ret || mount_can_be_read(img, opts, flags, ret);
	if (mount_check(img, ret))
		return -1;
	if (ret || mount_is_read_only(img))
		ret = read_only_use(img, ret);
	if (!ret)
		subvolume_report_default(img);
	kernel_log_clear();
	return ret;
}

/*
 * Write everything out.  Unmounting would do this as well, but reports each
 * failure as an I/O error; syncfs() has the reason.
 */
static int mount_sync(struct image *img)
{
	long fd = lkl_sys_open(img->mount_point, LKL_O_RDONLY, 0);
	long ret = fd < 0 ? fd : lkl_sys_syncfs(fd);

	if (fd >= 0)
		lkl_sys_close(fd);
	return ret ? report_cannot("write everything to", img->path,
				   lkl_strerror(ret)) : 0;
}

/* lkl_umount_dev() writes all data first, and reports errors that umount2() hides. */
int mount_end(struct image *img)
{
	long ret;

	if (!img->mounted)
		return 0;
	if (img->writable && mount_sync(img))
		return -1;
	/* The current directory may keep the image busy. */
	lkl_sys_chdir("/");
	ret = lkl_umount_dev(img->disk_id, 0, 0, UMOUNT_TIMEOUT_MS);
	if (!ret)
		return members_forget_numbers(img);
	return report_cannot(ret == -LKL_EIO ? "write everything to" : "unmount",
			     img->path, lkl_strerror(ret));
}
