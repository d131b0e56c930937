// SPDX-License-Identifier: GPL-2.0
/*
 * Messages about an image that is small, because the user has named a part of the
 * file, or because the file is small.  To name a type does not help then.
 */
#include <stdio.h>

#include "common/report.h"
#include "image/detect/limit.h"
#include "image/image.h"

/* Types that are made without padding are found in any image. */
#define TOO_SMALL	4096

void limit_describe(const struct image *img, char *text, size_t size)
{
	*text = 0;
	if (img->size_limit && img->disk.size == img->size_limit)
		snprintf(text, size, "; %s limits the image to %llu bytes",
			 img->part_option ? "-o sizelimit=" : "--sizelimit",
			 (unsigned long long)img->size_limit);
}

void limit_report_unknown(const struct image *img)
{
	char limit[128];

	limit_describe(img, limit, sizeof(limit));
	if (img->disk.size >= TOO_SMALL)
		report_error("cannot use '%s': no known file system found: name its type by %sTYPE%s",
			     img->path, img->part_option ? "-o type=" : "-t ",
			     limit);
	else if (*limit)
		report_error("cannot use '%s': no known file system found%s",
			     img->path, limit);
	else
		report_error("cannot use '%s': no known file system found; the image has only %llu bytes",
			     img->path, (unsigned long long)img->disk.size);
}
