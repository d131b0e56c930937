// SPDX-License-Identifier: GPL-2.0
/*
 * Limits of memory: control groups, in which containers and services run, and
 * resource limits.  A process that uses more than its group may use is killed;
 * so the kernel must know the limit, and reclaim memory before.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "memory/memory-limit.h"
#include "memory/reserve.h"
#include "shared/macros.h"

#define LIMIT_NONE UINT64_MAX

/**
 * struct limit_tree - a hierarchy of groups
 * @controller:	name of the controller in /proc/self/cgroup, "": version 2
 * @mount:	where the groups are
 * @files:	files of a group that hold limits
 */
static const struct limit_tree {
	const char *controller;
	const char *mount;
	const char *files[2];
} limit_trees[] = {
	{ "", "/sys/fs/cgroup", { "memory.max", "memory.high" } },
	/* Version 2 beside version 1 */
	{ "", "/sys/fs/cgroup/unified", { "memory.max", "memory.high" } },
	{ "memory", "/sys/fs/cgroup/memory", { "memory.limit_in_bytes" } },
};

static uint64_t limit_min(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* Read a small file as a string.  Return false if there is none. */
static bool limit_read_file(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return false;
	n = read(fd, buf, size - 1);
	close(fd);
	buf[n > 0 ? n : 0] = 0;
	return n > 0;
}

/* Read a limit; no limit is "max", or a number above all sizes of memory. */
static uint64_t limit_read(const char *path)
{
	char text[32], *end;
	uint64_t limit;

	if (!limit_read_file(path, text, sizeof(text)))
		return LIMIT_NONE;
	limit = strtoull(text, &end, 10);
	return end == text ? LIMIT_NONE : limit;
}

/*
 * Return the smallest limit of the group with a path of @len bytes and of the
 * groups above.  A container may see its own group in the place of the top, so
 * a group that is not there has no limit.
 */
static uint64_t limit_of_groups(const char *root, const struct limit_tree *t,
				const char *path, size_t len)
{
	uint64_t limit = LIMIT_NONE;
	char name[PATH_MAX];
	size_t i;

	for (;;) {
		for (i = 0; i < ARRAY_SIZE(t->files) && t->files[i]; i++) {
			snprintf(name, sizeof(name), "%s%s%.*s/%s", root,
				 t->mount, (int)len, path, t->files[i]);
			limit = limit_min(limit, limit_read(name));
		}
		if (!len)
			return limit;
		while (path[--len] != '/')
			;
	}
}

/* Return true if @list, of @len bytes, is or has the name @controller. */
static bool limit_list_has(const char *list, size_t len, const char *controller)
{
	size_t n;

	for (;; list += n + 1, len -= n + 1) {
		for (n = 0; n < len && list[n] != ','; n++)
			;
		if (n == strlen(controller) && !memcmp(list, controller, n))
			return true;
		if (n == len)
			return false;
	}
}

/* Return the limit that follows from "ID:CONTROLLERS:PATH". */
static uint64_t limit_of_line(const char *root, const char *line)
{
	const char *list = strchr(line, ':'), *path;
	uint64_t limit = LIMIT_NONE;
	size_t i;

	path = list ? strchr(list + 1, ':') : NULL;
	if (!path || path[1] != '/')
		return limit;
	list++;
	for (i = 0; i < ARRAY_SIZE(limit_trees); i++)
		if (limit_list_has(list, path - list,
				   limit_trees[i].controller))
			limit = limit_min(limit,
					  limit_of_groups(root, &limit_trees[i],
							  path + 1,
							  strlen(path + 1)));
	return limit;
}

uint64_t lkl_posix_cgroup_limit(const char *root)
{
	char name[PATH_MAX], groups[2 * PATH_MAX], *line, *rest = groups;
	uint64_t limit = LIMIT_NONE;

	snprintf(name, sizeof(name), "%s/proc/self/cgroup", root);
	if (!limit_read_file(name, groups, sizeof(groups)))
		return limit;
	while ((line = strsep(&rest, "\n")))
		limit = limit_min(limit, limit_of_line(root, line));
	return limit;
}

uint64_t lkl_posix_machine_memory(void)
{
	return (uint64_t)sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE);
}

uint64_t lkl_posix_group_limit(void)
{
	static uint64_t limit;
	uint64_t known = __atomic_load_n(&limit, __ATOMIC_RELAXED);

	if (!known) {
		known = lkl_posix_cgroup_limit("");
		__atomic_store_n(&limit, known, __ATOMIC_RELAXED);
	}
	return known;
}

/* Return what is left of a limit of which @used pages are used. */
static uint64_t limit_left(int resource, unsigned long used)
{
	struct rlimit limit;

	if (getrlimit(resource, &limit) || limit.rlim_cur == RLIM_INFINITY)
		return LIMIT_NONE;
	return limit.rlim_cur > used * VM_PAGE ?
	       limit.rlim_cur - used * VM_PAGE : 0;
}

uint64_t lkl_posix_rlimit_left(void)
{
	unsigned long size = 0, data = 0;
	char text[128];

	/* The words are: size, resident, shared, text, library, data. */
	if (limit_read_file("/proc/self/statm", text, sizeof(text)))
		sscanf(text, "%lu %*u %*u %*u %*u %lu", &size, &data);
	return limit_min(limit_left(RLIMIT_AS, size),
			 limit_left(RLIMIT_DATA, data));
}
