// SPDX-License-Identifier: GPL-2.0
/*
 * The library that is preloaded, in a build tree or installed.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "shared/macros.h"
#include "wrapper/wrapper.h"

/* Return the directory of this program. */
static char *own_directory(void)
{
	static char path[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);
	char *slash;

	if (n < 0)
		return NULL;
	path[n] = '\0';
	slash = strrchr(path, '/');
	if (slash)
		*slash = '\0';
	return path;
}

/*
 * Return the path of the installed library.  The dynamic linker replaces $LIB by
 * the directory for the word size of the program: a child of another word size
 * looks for a library of its own.
 */
static char *installed_library(void)
{
	static const char *const libs[] = {
		"/lib/x86_64-linux-gnu/", "/lib/aarch64-linux-gnu/", "/lib64/",
	};
	const char *at;
	char *path;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(libs); i++) {
		at = strstr(HIJACK_LIBRARY, libs[i]);
		if (!at)
			continue;
		if (asprintf(&path, "%.*s/$LIB/%s", (int)(at - HIJACK_LIBRARY),
			     HIJACK_LIBRARY, at + strlen(libs[i])) < 0)
			return NULL;
		return path;
	}
	return strdup(HIJACK_LIBRARY);
}

/* Find the library.  In a build tree, use the library and kernel of the tree. */
static char *find_library(void)
{
	const char *directory = own_directory();
	char *path, *kernel;

	if (directory && asprintf(&path, "%s/liblkl-hijack.so", directory) > 0) {
		if (!access(path, R_OK)) {
			if (asprintf(&kernel, "%s/../kernel/lkl-kernel.so",
				     directory) > 0 && !access(kernel, R_OK))
				setenv("LKL_KERNEL", kernel, 0);
			return path;
		}
		free(path);
	}
	if (!access(HIJACK_LIBRARY, R_OK))
		return installed_library();
	if (directory && asprintf(&path, "%s/" HIJACK_LIBRARY_FROM_BIN, directory) > 0 &&
	    !access(path, R_OK))
		return path;
	wrapper_fail(CANNOT_RUN, "preload", HIJACK_LIBRARY, strerror(errno));
}

void preload_library(void)
{
	const char *before = getenv("LD_PRELOAD");
	char *library = find_library(), *all;

	if (library && strpbrk(library, ": "))
		wrapper_fail(CANNOT_RUN, "preload", library, "the path of a preloaded library must not contain a colon or a space; install LKL in another directory");
	if (!library || asprintf(&all, "%s%s%s", before ? before : "",
				 before && *before ? ":" : "", library) < 0)
		wrapper_fail(CANNOT_RUN, "set", "LD_PRELOAD", strerror(ENOMEM));
	setenv("LD_PRELOAD", all, 1);
	/* In a child of a hijacked process, start an instance of its own. */
	unsetenv("LKL_HIJACK_PID");
}
