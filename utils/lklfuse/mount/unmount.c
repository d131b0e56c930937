// SPDX-License-Identifier: GPL-2.0
/*
 * Unmounting as root or as an ordinary user, by the programs of util-linux and
 * libfuse.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mount/unmount.h"

#define EXIT_NO_PROGRAM	127

/*
 * Run a program without its error messages.  Return 0, or -1 with errno set:
 * ENOENT if the program is not installed.
 */
static int unmount_run(const char *const argv[])
{
	pid_t pid = fork();
	int status, null;

	if (pid < 0)
		return -1;
	if (pid == 0) {
		null = open("/dev/null", O_RDWR);
		if (null >= 0)
			dup2(null, STDERR_FILENO);
		execvp(argv[0], (char *const *)argv);
		_exit(EXIT_NO_PROGRAM);
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	if (!status)
		return 0;
	errno = WIFEXITED(status) && WEXITSTATUS(status) == EXIT_NO_PROGRAM ?
		ENOENT : EBUSY;
	return -1;
}

/*
 * umount(8) looks for a helper only where the table of libmount names one.  A
 * host without this table needs no entry.
 */
void unmount_register_helper(const char *source, const char *mountpoint)
{
	const char *const argv[] = {
		"mount", "--internal-only", "--fake", "--no-canonicalize",
		"-t", "fuse.lklfuse", "-o", "uhelper=fuse.lklfuse", "--",
		source, mountpoint, NULL,
	};

	if (!geteuid())
		unmount_run(argv);
}

/* Prefer umount(8), which also removes the entry from the table of libmount. */
static int unmount_as_root(const char *path, bool lazily)
{
	const char *const argv[] = {
		"umount", "--internal-only", "--no-canonicalize",
		lazily ? "--lazy" : "--", path, NULL,
	};

	if (!unmount_run(argv))
		return 0;
	return umount2(path, UMOUNT_NOFOLLOW | (lazily ? MNT_DETACH : 0));
}

int unmount_path(const char *path, bool lazily)
{
	const char *const argv[] = {
		"fusermount3", "-u", "-q", lazily ? "-z" : "--", path, NULL,
	};

	return geteuid() ? unmount_run(argv) : unmount_as_root(path, lazily);
}
