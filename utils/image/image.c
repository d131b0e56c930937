// SPDX-License-Identifier: GPL-2.0
/*
 * Opening and closing images: lock, boot, detect the file system, mount; and
 * the reverse, so that success means that all data is on the disk.
 */
#include <stdio.h>
#include <stdlib.h>

#include <lkl.h>

#include "common/report.h"
#include "image/detect/probe.h"
#include "image/files.h"
#include "image/host-table.h"
#include "image/image.h"
#include "image/members/members.h"
#include "image/mount/mount-image.h"

int image_add_device(struct image *img, const char *path)
{
	if (img->device_count == IMAGE_DEVICES_MAX)
		return report_cannot("use", path, "too many devices");
	img->devices[img->device_count++] = path;
	return 0;
}

int image_open_files(struct image *img)
{
	img->files_open = true;
	if (!files_open(img))
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
				   "the kernel image is not installed; install it, or set LKL_KERNEL to the path of a kernel image, such as ./lkl-kernel.so");
	if (ret == -LKL_ENOEXEC)
		return report_cannot("boot LKL for", img->path,
				   "the kernel image is damaged or belongs to another version of LKL; install the kernel image of this version");
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

int image_mount(struct image *img)
{
	if (!image_probe(img) && !members_choose(img) && !mount_image(img))
		return 0;
	image_close(img);
	return -1;
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

/* Do each step, whether the others fail or not. */
int image_close(struct image *img)
{
	int ret = 0;

	if (img->started) {
		ret |= mount_end(img);
		ret |= image_halt(img);
	}
	img->started = false;
	img->mounted = false;
	if (!img->files_open)
		return ret;
	ret |= files_close(img);
	free(img->found_type);
	img->found_type = NULL;
	img->files_open = false;
	return ret ? -1 : 0;
}
