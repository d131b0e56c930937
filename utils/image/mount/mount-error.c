// SPDX-License-Identifier: GPL-2.0
/*
 * Why an image could not be mounted.  An error number says little about an image;
 * the kernel writes the reason to its log.
 */
#include <stdio.h>

#include <lkl.h>

#include "common/report.h"
#include "image/detect/limit.h"
#include "image/image.h"
#include "image/kernel-log.h"
#include "image/mount/mount-error.h"

#define LINE_SIZE	512

bool mount_error_find(char *text, size_t size)
{
	char line[LINE_SIZE];

	if (!kernel_log_find_error(line, sizeof(line)) &&
	    !kernel_log_find_warning(line, sizeof(line)))
		return false;
	snprintf(text, size, ": %s", line);
	return true;
}

void mount_error_details(const struct image *img, char *text, size_t size)
{
	if (mount_error_find(text, size))
		return;
	if (img->messages)
		*text = 0;
	else
		snprintf(text, size, "%s", img->hint ? img->hint :
			 " (-p shows the kernel's messages)");
}

static const char *mount_error_text(long err)
{
	if (err == -LKL_ENODEV)
		return "this build of LKL has no file system of this type";
	if (err == -LKL_EOPNOTSUPP || err == -LKL_ENOSYS)
		return "the kernel does not support what the file system needs";
	return lkl_strerror(err);
}

int mount_error_report(const struct image *img, long err)
{
	char details[LINE_SIZE + 8] = "", limit[128];

	limit_describe(img, limit, sizeof(limit));
	if (err != -LKL_ENODEV)
		mount_error_details(img, details, sizeof(details));
	report_error("cannot mount '%s' as %s: %s%s%s", img->path, img->type,
		     mount_error_text(err), details,
		     err == -LKL_ENODEV ? "" : limit);
	return -1;
}
