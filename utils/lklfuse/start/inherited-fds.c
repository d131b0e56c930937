// SPDX-License-Identifier: GPL-2.0
/*
 * Descriptors above 2 that the caller has left open.  A daemon closes them, but
 * only when the image is open: paths such as /dev/fd/3 refer to them.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "start/inherited-fds.h"

static int *inherited_fds;
static size_t inherited_fds_count;

static void inherited_fds_add(int fd)
{
	size_t size = (inherited_fds_count + 1) * sizeof(*inherited_fds);
	int *fds = realloc(inherited_fds, size);

	if (!fds)
		return;
	fds[inherited_fds_count++] = fd;
	inherited_fds = fds;
}

/* A library may have opened a descriptor already, but with FD_CLOEXEC. */
static bool inherited_fds_has(int fd)
{
	return fd > STDERR_FILENO && !fcntl(fd, F_GETFD);
}

/* Without /proc, lklfuse does not mount. */
void inherited_fds_remember(void)
{
	DIR *dir = opendir("/proc/self/fd");
	struct dirent *e;

	while (dir && (e = readdir(dir))) {
		int fd = atoi(e->d_name);

		if (inherited_fds_has(fd) &&
		    !fcntl(fd, F_SETFD, FD_CLOEXEC))
			inherited_fds_add(fd);
	}
	if (dir)
		closedir(dir);
}

void inherited_fds_close(void)
{
	while (inherited_fds_count)
		close(inherited_fds[--inherited_fds_count]);
	free(inherited_fds);
	inherited_fds = NULL;
}
