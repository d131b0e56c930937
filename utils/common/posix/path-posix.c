// SPDX-License-Identifier: GPL-2.0
/*
 * Paths of POSIX hosts.
 */
#include "common/alloc.h"
#include "common/path.h"

char *path_from_host(const char *path)
{
	return xstrdup(path);
}

size_t path_root_length(const char *path)
{
	return *path == '/';
}
