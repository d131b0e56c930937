// SPDX-License-Identifier: GPL-2.0
/*
 * Paths of Windows.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/alloc.h"
#include "common/path.h"

/* "\\?\" or "\\.\", with slashes: the system takes the rest as it is. */
static size_t path_prefix_length(const char *path)
{
	return !strncmp(path, "//?/", 4) || !strncmp(path, "//./", 4) ? 4 : 0;
}

static bool path_has_drive(const char *path)
{
	return isalpha((unsigned char)path[0]) && path[1] == ':';
}

char *path_from_host(const char *path)
{
	char *copy = xstrdup(path), *p, *drive, *changed;

	for (p = copy; (p = strchr(p, '\\'));)
		*p = '/';
	drive = copy + path_prefix_length(copy);
	if (!path_has_drive(drive))
		return copy;
	p = drive + 2;
	if (*p == '/' && p[strspn(p, "/")])
		return copy;
	/* "C:/" is a directory without a name; "C:x" is a file with the name "x". */
	if (asprintf(&changed, "%.*s%s%s", (int)(p - copy), copy,
		     *p == '/' ? "/" : "./", *p && *p != '/' ? p : ".") < 0)
		abort();
	free(copy);
	return changed;
}

/* Return the length of @n components and the slashes behind each. */
static size_t path_components_length(const char *path, int n)
{
	size_t len = 0;

	while (n--) {
		len += strcspn(path + len, "/");
		len += path[len] == '/';
	}
	return len;
}

size_t path_root_length(const char *path)
{
	size_t prefix = path_prefix_length(path);
	const char *rest = path + prefix;

	if (path_has_drive(rest))
		return prefix + 2 + (rest[2] == '/');
	if (!strncmp(rest, "UNC/", 4) && prefix)
		return prefix + path_components_length(rest, 3);
	if (prefix)
		return prefix + path_components_length(rest, 1);
	if (!strncmp(path, "//", 2))
		return 2 + path_components_length(path + 2, 2);
	return *path == '/';
}
