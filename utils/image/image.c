// SPDX-License-Identifier: GPL-2.0
/*
 * Opening and closing images: lock, boot, detect the file system, mount; and
 * the reverse, so that success means that all data is on the disk.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lkl.h>
#include <lkl/linux/magic.h>

#include "common/report.h"
#include "disk/disk-file.h"
#include "image/detect/probe.h"
#include "image/host-table.h"
#include "image/image.h"
#include "image/kernel-log.h"
#include "image/members/members.h"
#include "image/mount/ext-super.h"
#include "image/mount/mount-error.h"
#include "image/mount/ntfs-state.h"
#include "image/mount/subvolume.h"
#include "shared/macros.h"

#define UMOUNT_TIMEOUT_MS	10000
/* Largest block of types that are made without padding */
#define BLOCK			4096

/* Files */

static bool image_is_read_only_error(int err)
{
	return err == -LKL_EROFS || err == -LKL_EACCES || err == -LKL_EPERM ||
	       err == -LKL_EFBIG;
}

static int image_open_path(struct image *img, struct disk_file *f,
			   const char *path)
{
	int ret = disk_file_open(f, path, img->writable);

	if (!ret || !img->writable || !img->read_only_fallback ||
	    !image_is_read_only_error(ret))
		return ret;
	report_warning("cannot open '%s' for writing: %s; opening it read-only",
		       path, disk_file_strerror(ret));
	img->writable = false;
	return disk_file_open(f, path, false);
}

static int image_use_path(struct image *img, struct image_device *d,
			  const char *path)
{
	struct disk_file f;
	int ret = image_open_path(img, &f, path);

	if (ret)
		return report_cannot("open", path, disk_file_strerror(ret));
	ret = image_device_open(d, &f);
	if (!ret)
		return 0;
	report_cannot("use", path, disk_file_strerror(ret));
	disk_file_close(&f);
	return -1;
}

static int image_lock_file(const struct image *img, const struct disk_file *f,
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
static bool image_has_file(const struct image *img, int i)
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
static int image_lock(struct image *img)
{
	int i, ret;

	if (img->no_lock)
		return 0;
	if (img->lock_path) {
		ret = disk_file_open_lock(&img->lock, img->lock_path);
		if (ret)
			return report_cannot("open lock file", img->lock_path,
					     disk_file_strerror(ret));
		return image_lock_file(img, &img->lock, img->path);
	}
	ret = image_lock_file(img, &img->disk.file, img->path);
	for (i = 0; i < img->device_count && !ret; i++)
		if (!image_has_file(img, i))
			ret = image_lock_file(img, &img->more[i].file,
					      img->devices[i]);
	return ret;
}

static int image_open_all(struct image *img)
{
	int i;

	if (image_use_path(img, &img->disk, img->path))
		return -1;
	if ((img->offset || img->size_limit) &&
	    !image_device_narrow(&img->disk, img->offset, img->size_limit))
		return report_cannot("use", img->path,
				     "it ends before the given offset");
	for (i = 0; i < img->device_count; i++)
		if (image_use_path(img, &img->more[i], img->devices[i]))
			return -1;
	return image_lock(img);
}

int image_add_device(struct image *img, const char *path)
{
	if (img->device_count == IMAGE_DEVICES_MAX)
		return report_cannot("use", path, "too many devices");
	img->devices[img->device_count++] = path;
	return 0;
}

int image_open_files(struct image *img)
{
	int i;

	img->files_open = true;
	img->lock = DISK_FILE_NONE;
	img->disk = (struct image_device) { .file = DISK_FILE_NONE };
	for (i = 0; i < img->device_count; i++)
		img->more[i] = (struct image_device) { .file = DISK_FILE_NONE };
	if (!image_open_all(img))
		return 0;
	image_close(img);
	return -1;
}

static int image_boot_kernel(struct image *img)
{
	char mem[32] = "";
	int ret;

	image_devices_init(image_host(), img->steps);
	ret = lkl_init(image_host());
	if (ret)
		return report_cannot("initialize LKL for", img->path,
				   lkl_strerror(ret));
	img->started = true;
	if (img->mem_mb)
		snprintf(mem, sizeof(mem), " mem=%lluM",
			 (unsigned long long)img->mem_mb);
	/* Even a quiet kernel prints the reason of a panic. */
	ret = lkl_start_kernel("%s%s", img->messages ? "" : "quiet loglevel=1",
			       mem);
	if (ret == -LKL_ENOENT)
		return report_cannot("boot LKL for", img->path,
				   "the kernel image is not installed; install it, or set LKL_KERNEL to the path of a kernel image");
	if (ret == -LKL_ENOEXEC)
		return report_cannot("boot LKL for", img->path,
				   "the kernel image belongs to another version of LKL; install the kernel image of this version");
	if (ret == -LKL_ELIBBAD)
		return report_cannot("boot LKL for", img->path,
				   sizeof(void *) < sizeof(uint64_t) ?
				   "the kernel image is for 64-bit programs, but this is a 32-bit program; install the 64-bit program" :
				   "the kernel image is for another processor; install the kernel image for this processor");
	if (ret == -LKL_ENOMEM)
		return report_cannot("boot LKL for", img->path,
				   "not enough memory; raise the limit of the address space (ulimit -v), if there is one");
	if (ret)
		return report_cannot("boot LKL for", img->path,
				   lkl_strerror(ret));
	return 0;
}

int image_boot(struct image *img)
{
	if (!image_boot_kernel(img))
		return 0;
	image_close(img);
	return -1;
}

static int image_add_disk(struct image_device *d, const char *path)
{
	int id = image_device_add(d);

	if (id < 0)
		report_cannot("use", path, lkl_strerror(id));
	return id;
}

/* Options that mount(2) takes as flags; mount(8) knows the same. */
static const struct {
	const char *name;
	unsigned long set;
	unsigned long clear;
} mount_flags[] = {
	{ "ro", LKL_MS_RDONLY, 0 },
	{ "rw", 0, 0 },
	{ "sync", LKL_MS_SYNCHRONOUS, 0 },
	{ "async", 0, LKL_MS_SYNCHRONOUS },
	{ "dirsync", LKL_MS_DIRSYNC, 0 },
	{ "noatime", LKL_MS_NOATIME, 0 },
	{ "atime", 0, LKL_MS_NOATIME },
	{ "nodiratime", LKL_MS_NODIRATIME, 0 },
	{ "diratime", 0, LKL_MS_NODIRATIME },
	{ "relatime", LKL_MS_RELATIME, 0 },
	{ "norelatime", 0, LKL_MS_RELATIME },
	{ "strictatime", LKL_MS_STRICTATIME, 0 },
	{ "lazytime", LKL_MS_LAZYTIME, 0 },
	{ "nolazytime", 0, LKL_MS_LAZYTIME },
};

static bool mount_flag_find(const char *name, size_t len, unsigned long *flags)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(mount_flags); i++) {
		if (strlen(mount_flags[i].name) != len ||
		    memcmp(mount_flags[i].name, name, len))
			continue;
		*flags |= mount_flags[i].set;
		*flags &= ~mount_flags[i].clear;
		return true;
	}
	return false;
}

/* Remove options that are flags from @opts, and return the flags. */
static unsigned long mount_flags_extract(char *opts)
{
	char *from = opts, *to = opts;
	unsigned long flags = 0;

	while (*from) {
		size_t len = strcspn(from, ",");

		if (!mount_flag_find(from, len, &flags)) {
			if (to != opts)
				*to++ = ',';
			memmove(to, from, len);
			to += len;
		}
		from += len + (from[len] == ',');
	}
	*to = 0;
	return flags;
}

/* Return how much memory a replay may take: the kernel needs memory as well. */
static unsigned long image_memory_mb(const struct image *img)
{
	return img->mem_mb ? img->mem_mb :
			     image_host()->vm->ram_limit() >> 21;
}

/*
 * Let the image not change from now on.  The kernel replays the journal even if it
 * only reads; what it writes is kept in memory.
 */
static void image_keep(struct image *img)
{
	int i;

	img->memory_left = (uint64_t)image_memory_mb(img) << 20;
	image_device_keep(&img->disk, &img->memory_left, BLOCK);
	for (i = 0; i < img->device_count; i++)
		image_device_keep(&img->more[i], &img->memory_left, BLOCK);
}

/* Return true if something that was kept in memory was lost. */
static bool image_has_lost(const struct image *img)
{
	bool lost = img->disk.has_lost;
	int i;

	for (i = 0; i < img->device_count; i++)
		lost |= img->more[i].has_lost;
	return lost;
}

static long image_mount_disk(struct image *img, const char *opts,
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
static long image_recover_f2fs(struct image *img, const char *opts,
			       unsigned long flags)
{
	long ret = image_mount_disk(img, opts, flags & ~LKL_MS_RDONLY);

	if (ret)
		return ret;
	ret = lkl_sys_mount(NULL, img->mount_point, NULL,
			    flags | LKL_MS_REMOUNT, NULL);
	if (ret)
		lkl_umount_dev(img->disk_id, 0, 0, UMOUNT_TIMEOUT_MS);
	return ret;
}

static long image_try_mount(struct image *img, const char *opts,
			    unsigned long flags)
{
	if (!img->writable)
		flags |= LKL_MS_RDONLY;
	if (flags & LKL_MS_RDONLY && !strcmp(img->type, "f2fs") &&
	    !image_recover_f2fs(img, opts, flags))
		return 0;
	return image_mount_disk(img, opts, flags);
}

/* Return true if the kernel has mounted the image read-only, unasked. */
static bool image_is_read_only(const struct image *img)
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
static bool image_can_be_read(struct image *img, const char *opts,
			      unsigned long flags, long err)
{
	if (!img->writable || (err != -LKL_EROFS && err != -LKL_EACCES &&
			       err != -LKL_EINVAL))
		return false;
	image_keep(img);
	return !image_try_mount(img, opts, flags | LKL_MS_RDONLY);
}

/* Say why the image, which is only read from now on, cannot be written. */
static const char *image_why_read_only(const struct image *img, long err)
{
	const char *why = members_why_read_only(img);

	if (why)
		return why;
	if (err == -LKL_EINVAL && !strcmp(img->type, "ntfs3"))
		return "the volume is marked as not unmounted cleanly; check the volume with chkdsk of Windows or with ntfsfix(8)";
	if (err && err != -LKL_EINVAL)
		return lkl_strerror(err);
	return "the kernel can only read its file system";
}

/* Go on read-only, or refuse this. */
static int image_use_read_only(struct image *img, long err)
{
	const char *why = image_why_read_only(img, err);
	char details[512] = "";

	if (!img->read_only_fallback) {
		mount_error_details(img, details, sizeof(details));
		report_error("cannot mount '%s' as %s for writing: %s%s",
			     img->path, img->type, why, details);
		return -1;
	}
	if (err)
		mount_error_find(details, sizeof(details));
	report_warning("cannot mount '%s' as %s for writing: %s%s; mounting it read-only",
		       img->path, img->type, why, details);
	img->writable = false;
	return 0;
}

/*
 * Return true if the files of the mount are in the image: the kernel mounts
 * tmpfs and the like as well, and ignores the disk.
 */
static bool image_is_on_disk(const struct image *img)
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

/* Types that the kernel cannot write. */
static bool image_type_is_read_only(const char *type)
{
	static const char *const types[] = {
		"squashfs", "erofs", "iso9660",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(types); i++)
		if (!strcmp(type, types[i]))
			return true;
	return false;
}

/*
 * Choose the reaction to an error in an ext2, ext3 or ext4.  An image does not
 * decide that the process dies; a user may decide so.
 *
 * With errors=remount-ro, the kernel refuses to read as well as to write (see
 * EXT4_FLAGS_SHUTDOWN in fs/ext4/super.c), unless the mount is read-only from the
 * beginning.  So a caller that can stop to write does this itself.
 */
static int image_choose_ext_errors(struct image *img, struct ext_wishes wishes,
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
static int image_obey_ext(struct image *img, char *opts, size_t size)
{
	struct ext_wishes wishes;

	if (strncmp(img->type, "ext", 3))
		return 0;
	wishes = ext_super_wishes(img->disk_id);
	if (wishes.read_only && img->writable) {
		if (image_use_read_only(img, 0))
			return -1;
		image_keep(img);
	}
	return image_choose_ext_errors(img, wishes, opts, size);
}

/*
 * Return why the kernel can only read the image, as an error of a mount: 0 if the
 * type is the reason, 1 if the kernel can write.
 */
static long image_read_only_error(const struct image *img, const char *opts)
{
	if (image_type_is_read_only(img->type))
		return 0;
	if (!strcmp(img->type, "ntfs3") && !strstr(opts, "force") &&
	    ntfs_is_dirty(&img->disk))
		return -LKL_EINVAL;
	return 1;
}

/*
 * Store the options that are no flags, add the disks, and decide whether the image
 * is written.
 */
static int image_prepare_mount(struct image *img, char *opts, size_t size,
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
	err = image_read_only_error(img, opts);
	if (img->writable && err <= 0 && image_use_read_only(img, err))
		return -1;
	if (!img->writable)
		image_keep(img);
	img->disk_id = image_add_disk(&img->disk, img->path);
	if (img->disk_id < 0 || members_add(img, opts, size))
		return -1;
	return image_obey_ext(img, opts, size);
}

/*
 * After a mount that has failed: return 0 if the image has all bytes of the
 * partition, or -1 after a message.
 */
static int image_report_cut_off(const struct image *img)
{
	if (!img->missing)
		return 0;
	report_error("cannot mount '%s' as %s: the image is cut off; partition %d lacks its last %llu bytes",
		     img->path, img->type, img->part,
		     (unsigned long long)img->missing);
	return -1;
}

static void image_report_failure(const struct image *img, long err)
{
	if (!image_report_cut_off(img) && !members_report_missing(img))
		mount_error_report(img, err);
}

/* Check the mount, which has given @ret.  Return 0, or -1 after a message. */
static int image_check_mount(const struct image *img, long ret)
{
	if (image_has_lost(img))
		report_error("cannot mount '%s' as %s: a replay of its journal needs more memory than the limit of %lu MiB; raise the limit by %sSIZE",
			     img->path, img->type, image_memory_mb(img),
			     img->part_option ? "-o mb=" : "-m ");
	else if (!img->mounted)
		image_report_failure(img, ret);
	else if (!image_is_on_disk(img))
		report_error("cannot mount '%s' as %s: this type keeps no files in an image; leave out the type, which is detected",
			     img->path, img->type);
	else
		return 0;
	return -1;
}

static int image_mount_fs(struct image *img)
{
	unsigned long flags = 0;
	char opts[4096];
	long ret;

	/* After a failure, what is in the log is about this mount. */
	kernel_log_clear();
	if (image_prepare_mount(img, opts, sizeof(opts), &flags))
		return -1;
	ret = image_try_mount(img, opts, flags);
	img->mounted = !ret || image_can_be_read(img, opts, flags, ret);
	if (image_check_mount(img, ret))
		return -1;
	if (ret || image_is_read_only(img))
		ret = image_use_read_only(img, ret);
	if (!ret)
		subvolume_report_default(img);
	kernel_log_clear();
	return ret;
}

int image_mount(struct image *img)
{
	if (!image_probe(img) && !members_choose(img) && !image_mount_fs(img))
		return 0;
	image_close(img);
	return -1;
}

/*
 * Write everything out.  Unmounting would do this as well, but reports each
 * failure as an I/O error; syncfs() has the reason.
 */
static int image_sync(struct image *img)
{
	long fd = lkl_sys_open(img->mount_point, LKL_O_RDONLY, 0);
	long ret = fd < 0 ? fd : lkl_sys_syncfs(fd);

	if (fd >= 0)
		lkl_sys_close(fd);
	return ret ? report_cannot("write everything to", img->path,
				   lkl_strerror(ret)) : 0;
}

/*
 * Unmount the image.  lkl_umount_dev() writes all data first, and reports
 * errors that umount2() hides.
 */
static int image_unmount(struct image *img)
{
	long ret;

	if (!img->mounted)
		return 0;
	if (img->writable && image_sync(img))
		return -1;
	/* The current directory may keep the image busy. */
	lkl_sys_chdir("/");
	ret = lkl_umount_dev(img->disk_id, 0, 0, UMOUNT_TIMEOUT_MS);
	if (!ret)
		return members_forget_numbers(img);
	return report_cannot(ret == -LKL_EIO ? "write everything to" : "unmount",
			     img->path, lkl_strerror(ret));
}

static int image_halt(struct image *img)
{
	long ret = 0;

	if (lkl_is_running() || img->mounted)
		ret = lkl_sys_halt();
	lkl_cleanup();
	if (ret)
		return report_cannot("shut down LKL for", img->path,
				   lkl_strerror(ret));
	return 0;
}

static int image_close_disk(struct image_device *d, const char *path)
{
	int ret = image_device_close(d);

	return ret ? report_cannot("write everything to", path,
				   disk_file_strerror(ret)) : 0;
}

/* Do each step, whether the others fail or not. */
int image_close(struct image *img)
{
	int ret = 0, i;

	if (img->started) {
		ret |= image_unmount(img);
		ret |= image_halt(img);
	}
	img->started = false;
	img->mounted = false;
	if (!img->files_open)
		return ret;
	ret |= image_close_disk(&img->disk, img->path);
	for (i = 0; i < img->device_count; i++)
		ret |= image_close_disk(&img->more[i], img->devices[i]);
	disk_file_close(&img->lock);
	free(img->found_type);
	img->found_type = NULL;
	img->files_open = false;
	return ret ? -1 : 0;
}
