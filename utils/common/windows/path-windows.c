// SPDX-License-Identifier: GPL-2.0
/*
 * Paths of Windows.
 */
#include <stdlib.h>
#include <string.h>

#include "common/alloc.h"
#include "common/path.h"

/* Return true for "C:/", which is not "C:", the current directory of the drive. */
static bool path_is_drive(const char *path)
{
	return path[0] && path[1] == ':' && path[2] == '/' && !path[3];
}

char *path_from_host(const char *path)
{
	char *copy = xstrdup(path), *p, *root;

	for (p = copy; (p = strchr(p, '\\'));)
		*p = '/';
	if (!path_is_drive(copy))
		return copy;
	root = path_join(copy, ".");
	free(copy);
	return root;
}
