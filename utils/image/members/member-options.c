// SPDX-License-Identifier: GPL-2.0
/*
 * Mount options that name further devices, and messages about such devices.
 */
#include <stdio.h>
#include <string.h>

#include "common/report.h"
#include "image/members/member-types.h"

int member_append(const struct image *img, char *opts, size_t size,
		  const char *option, int i)
{
	size_t n = strlen(opts);
	int len = snprintf(opts + n, size - n, "%s%s=" MEMBER_NODE,
			   n ? "," : "", option, i + 1);

	if (len > 0 && (size_t)len < size - n)
		return 0;
	return report_cannot("mount", img->path,
			     "the mount options are too long");
}

int member_append_all(const struct image *img, char *opts, size_t size,
		      const char *option)
{
	int i, ret = 0;

	for (i = 0; i < img->device_count && !ret; i++)
		ret = member_append(img, opts, size, option, i);
	return ret;
}

int member_refuse(const struct image *img, int i, const char *why)
{
	report_error("cannot use '%s' as a device of '%s': %s",
		     img->devices[i], img->path, why);
	return -1;
}
