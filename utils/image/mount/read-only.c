// SPDX-License-Identifier: GPL-2.0
/*
 * Images that the kernel can only read.
 */
#include <string.h>

#include <lkl.h>

#include "common/report.h"
#include "image/image.h"
#include "image/members/members.h"
#include "image/mount/mount-error.h"
#include "image/mount/ntfs-state.h"
#include "image/mount/read-only.h"
#include "shared/macros.h"

/* Say why the image, which is only read from now on, cannot be written. */
static const char *read_only_why(const struct image *img, long err)
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

int read_only_use(struct image *img, long err)
{
	const char *why = read_only_why(img, err);
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

/* Types that the kernel cannot write. */
static bool read_only_is_type(const char *type)
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

long read_only_error(const struct image *img, const char *opts)
{
	if (read_only_is_type(img->type))
		return 0;
	if (!strcmp(img->type, "ntfs3") && !strstr(opts, "force") &&
	    ntfs_is_dirty(&img->disk))
		return -LKL_EINVAL;
	return 1;
}
