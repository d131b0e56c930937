// SPDX-License-Identifier: GPL-2.0
/*
 * Files that are installed with this library: the kernel image and plug-ins.
 * An installed tree may have been moved, so look beside the library first.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/installed.h"

/* Return false if this library does not have file @name beside it. */
static bool installed_beside(const char *name, char *path, size_t size)
{
	const char *slash;
	Dl_info self;
	int n;

	/* Never use a file of the current directory. */
	if (!dladdr((void *)installed_beside, &self) ||
	    self.dli_fname[0] != '/')
		return false;
	slash = strrchr(self.dli_fname, '/');
	n = snprintf(path, size, "%.*s/lkl/%s",
		     (int)(slash - self.dli_fname), self.dli_fname, name);
	return n > 0 && (size_t)n < size && !access(path, R_OK);
}

void lkl_posix_installed_path(const char *name, char *path, size_t size)
{
	if (!installed_beside(name, path, size))
		snprintf(path, size, "%s/%s", LKL_INSTALLED_DIR, name);
}
