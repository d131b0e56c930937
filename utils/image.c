// SPDX-License-Identifier: GPL-2.0
/*
 * Opening and closing images for the tools: lock, look what is inside, boot,
 * mount; and back again, such that a success means that all is on the disk.
 */
#define _GNU_SOURCE
#include <blkid/blkid.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "image.h"

#define UMOUNT_TIMEOUT_MS	10000

static int say(const struct image *img, const char *what, const char *why)
{
	fprintf(stderr, "%s: %s '%s': %s\n", img->program, what, img->path,
		why);
	return -1;
}

static int open_file(struct image *img)
{
	int flags = img->writable ? O_RDWR : O_RDONLY;
	struct stat st;
	int fd = open(img->path, flags | O_CLOEXEC);

	if (fd < 0)
		return say(img, "cannot open", strerror(errno));
	img->disk.fd = fd;
	if (fstat(fd, &st))
		return say(img, "cannot look at", strerror(errno));
	if (!S_ISREG(st.st_mode) && !S_ISBLK(st.st_mode))
		return say(img, "cannot use",
			   "neither a file nor a block device");
	/* Two kernels on one image would destroy it. */
	if (flock(fd, (img->writable ? LOCK_EX : LOCK_SH) | LOCK_NB))
		return say(img, "cannot lock", errno == EWOULDBLOCK ?
			   "another program is using it" : strerror(errno));
	return 0;
}

/* Types that blkid and the kernel call differently. */
static const char *kernel_type(const char *type)
{
	if (!strcmp(type, "ntfs"))
		return "ntfs3";
	return type;
}

/* The type of what lies at [@off, @off + @size), NULL: nothing known. */
static char *probe_type(int fd, int64_t off, int64_t size)
{
	blkid_probe pr = blkid_new_probe();
	const char *type = NULL, *usage = NULL;
	char *found = NULL;

	if (!pr || blkid_probe_set_device(pr, fd, off, size))
		goto out;
	blkid_probe_enable_superblocks(pr, 1);
	blkid_probe_set_superblocks_flags(pr, BLKID_SUBLKS_TYPE |
					  BLKID_SUBLKS_USAGE);
	if (blkid_do_safeprobe(pr))
		goto out;
	blkid_probe_lookup_value(pr, "USAGE", &usage, NULL);
	if (usage && !strcmp(usage, "filesystem") &&
	    !blkid_probe_lookup_value(pr, "TYPE", &type, NULL))
		found = strdup(kernel_type(type));
out:
	blkid_free_probe(pr);
	return found;
}

/* The only partition with a known type; several are for the user to choose. */
static int choose_partition(struct image *img, blkid_partlist list, int *part)
{
	int i, n = blkid_partlist_numof_partitions(list), found = 0;

	for (i = 0; i < n; i++) {
		blkid_partition p = blkid_partlist_get_partition(list, i);
		char *type = probe_type(img->disk.fd,
					blkid_partition_get_start(p) * 512,
					blkid_partition_get_size(p) * 512);

		if (!type)
			continue;
		if (found++) {
			free(type);
			return say(img, "cannot choose a partition of",
				   "several have a file system, name one with -P");
		}
		img->found_type = type;
		*part = blkid_partition_get_partno(p);
	}
	if (!found)
		return say(img, "cannot use",
			   "no partition has a known file system");
	return 0;
}

static int probe_partition(struct image *img, blkid_partlist list)
{
	blkid_partition p = blkid_partlist_get_partition_by_partno(list,
								   img->part);

	if (!p)
		return say(img, "cannot use", "there is no such partition");
	img->found_type = probe_type(img->disk.fd,
				     blkid_partition_get_start(p) * 512,
				     blkid_partition_get_size(p) * 512);
	return 0;
}

static int look_inside(struct image *img)
{
	blkid_probe pr = NULL;
	blkid_partlist list = NULL;
	int ret = 0;

	if (img->part <= 0)
		img->found_type = probe_type(img->disk.fd, 0, 0);
	if (img->part == 0 || (img->part < 0 && img->found_type)) {
		img->part = 0;
		goto out;
	}
	pr = blkid_new_probe();
	if (pr && !blkid_probe_set_device(pr, img->disk.fd, 0, 0)) {
		blkid_probe_enable_partitions(pr, 1);
		list = blkid_probe_get_partitions(pr);
	}
	if (list)
		ret = img->part < 0 ? choose_partition(img, list, &img->part) :
		      probe_partition(img, list);
	else if (img->part < 0)
		img->part = 0;
out:
	blkid_free_probe(pr);
	if (!ret && !img->type)
		img->type = img->found_type;
	if (!ret && !img->type)
		ret = say(img, "cannot use",
			  "no known file system, name one with -t");
	return ret;
}

/* The host's disk back end, counting: see struct image.steps. */
static struct lkl_host_blk_ops counting_ops;
static const struct lkl_host_blk_ops *plain_ops;
static volatile uint64_t *io_steps;

static void counting_submit(void *blk, struct lkl_blk_io *io)
{
	++*io_steps;
	plain_ops->submit(blk, io);
}

static void count_io(struct image *img)
{
	io_steps = img->steps;
	if (!plain_ops) {
		plain_ops = lkl_host_ops.blk;
		counting_ops = *plain_ops;
		counting_ops.submit = counting_submit;
	}
	lkl_host_ops.blk = &counting_ops;
}

static int boot(struct image *img)
{
	char mem[32] = "";
	int ret;

	lkl_host_ops.flags |= LKL_HOST_NO_DRIVER;
	count_io(img);
	ret = lkl_init(&lkl_host_ops);
	if (ret)
		return say(img, "cannot prepare LKL for", lkl_strerror(ret));
	img->started = true;
	img->disk_id = lkl_disk_add(&img->disk);
	if (img->disk_id < 0)
		return say(img, "cannot use", lkl_strerror(img->disk_id));
	if (img->mem_mb)
		snprintf(mem, sizeof(mem), " mem=%luM", img->mem_mb);
	/* A kernel that dies should say why even then. */
	ret = lkl_start_kernel("%s%s", img->messages ? "" : "quiet loglevel=1",
			       mem);
	if (ret == -LKL_ENOENT)
		return say(img, "cannot boot LKL for",
			   "its kernel image is not installed (LKL_KERNEL names another)");
	if (ret)
		return say(img, "cannot boot LKL for", lkl_strerror(ret));
	return 0;
}

static int mount(struct image *img)
{
	long ret = lkl_mount_dev(img->disk_id, img->part, img->type,
				 img->writable ? 0 : LKL_MS_RDONLY, NULL,
				 img->mount_point, sizeof(img->mount_point));

	if (ret) {
		fprintf(stderr, "%s: cannot mount '%s' as %s: %s%s\n",
			img->program, img->path, img->type, lkl_strerror(ret),
			img->messages ? "" :
			" (-p shows the kernel's messages)");
		return -1;
	}
	img->mounted = true;
	return 0;
}

int image_open(struct image *img)
{
	img->disk = (struct lkl_disk) { .fd = -1 };
	if (open_file(img) || look_inside(img) || boot(img) || mount(img)) {
		image_close(img);
		return -1;
	}
	return 0;
}

static int unmount(struct image *img)
{
	long ret;

	if (img->mounted && img->writable) {
		long fd = lkl_sys_open(img->mount_point, LKL_O_RDONLY, 0);

		/* syncfs() tells of errors that unmounting hides. */
		ret = fd < 0 ? fd : lkl_sys_syncfs(fd);
		if (fd >= 0)
			lkl_sys_close(fd);
		if (ret)
			return say(img, "cannot write everything to",
				   lkl_strerror(ret));
	}
	if (!img->mounted)
		return 0;
	/* A copy may have gone into it. */
	lkl_sys_chdir("/");
	ret = lkl_umount_dev(img->disk_id, img->part, 0, UMOUNT_TIMEOUT_MS);
	return ret ? say(img, "cannot unmount", lkl_strerror(ret)) : 0;
}

static int halt(struct image *img)
{
	long ret = 0;

	if (lkl_is_running() || img->mounted)
		ret = lkl_sys_halt();
	lkl_cleanup();
	return ret ? say(img, "cannot shut down LKL for", lkl_strerror(ret)) :
	       0;
}

/* Each step is done whatever the others said. */
int image_close(struct image *img)
{
	int ret = 0;

	if (img->started) {
		ret |= unmount(img);
		ret |= halt(img);
	}
	if (img->disk.fd >= 0) {
		if (img->writable && fsync(img->disk.fd))
			ret |= say(img, "cannot write everything to",
				   strerror(errno));
		if (close(img->disk.fd))
			ret |= say(img, "cannot close", strerror(errno));
	}
	free(img->found_type);
	img->found_type = NULL;
	img->started = false;
	img->mounted = false;
	img->disk.fd = -1;
	return ret ? -1 : 0;
}
