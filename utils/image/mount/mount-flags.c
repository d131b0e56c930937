// SPDX-License-Identifier: GPL-2.0
/*
 * Mount options that the kernel takes as flags.
 */
#include <stdbool.h>
#include <string.h>

#include <lkl.h>

#include "image/mount/mount-flags.h"
#include "shared/macros.h"

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

static bool mount_flags_find(const char *name, size_t len, unsigned long *flags)
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

unsigned long mount_flags_extract(char *opts)
{
	char *from = opts, *to = opts;
	unsigned long flags = 0;

	while (*from) {
		size_t len = strcspn(from, ",");

		if (!mount_flags_find(from, len, &flags)) {
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
