// SPDX-License-Identifier: GPL-2.0
/*
 * umount.fuse.lklfuse: the helper that umount(8) starts for a mount of lklfuse.
 * The helper unmounts, and waits until the process that served the mount has
 * written everything and has ended; umount(2) alone does not wait.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/securebits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "common/report.h"
#include "config.h"
#include "mount/mountinfo.h"
#include "mount/mounter.h"
#include "mount/unmount.h"
#include "shared/standard-fds.h"

#define PID_TEXT_SIZE	16

static const char usage_text[] =
"Usage: umount.fuse.lklfuse [-l] MOUNTPOINT\n"
"Unmount a file system of lklfuse, and wait until all data is written.\n"
"umount(8) calls this program.\n"
"\n"
"  -l    detach the file system even if it is in use, and do not wait\n"
"  -h    show this summary and exit\n"
"  -V    show the version and exit\n";

/* Return the PID of the server of @path, or -1 with errno set. */
static pid_t helper_get_pid(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char text[PID_TEXT_SIZE] = "";
	int32_t pid = getpid();

	if (fd >= 0)
		return ioctl(fd, MOUNTER_PID_IOCTL, &pid) ? -1 : pid;
	if (getxattr(path, MOUNTER_PID_XATTR, text, sizeof(text) - 1) <= 0)
		return -1;
	return atoi(text);
}

/*
 * Write the PID of the server to @fd, and exit.  FUSE answers only the user who
 * has mounted, not even root, so become this user, but keep the capability to
 * open any directory.
 */
static void helper_ask_pid(const char *path, const struct mount_entry *m,
			   int fd)
{
	pid_t pid;

	if (!geteuid() && m->user) {
		prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP);
		if (setresgid(m->group, m->group, m->group) ||
		    setresuid(m->user, m->user, m->user))
			_exit(EXIT_FAILURE);
	}
	pid = helper_get_pid(path);
	/* A mount without a server needs no wait. */
	if (pid < 0 && errno != ENOTCONN)
		report_warning("cannot find the process that serves '%s': %s; the process may still write to the image after the end of this program",
			       path, errno == ESRCH ?
			       "the process runs in another PID namespace" :
			       strerror(errno));
	_exit(write(fd, &pid, sizeof(pid)) != sizeof(pid));
}

/* Return a PID descriptor of the process that serves @path, or -1. */
static int helper_find_server(const char *path, const struct mount_entry *m)
{
	pid_t child, pid = -1;
	int fds[2];
	ssize_t n;

	if (pipe(fds))
		return -1;
	child = fork();
	if (child == 0)
		helper_ask_pid(path, m, fds[1]);
	close(fds[1]);
	n = child < 0 ? -1 : read(fds[0], &pid, sizeof(pid));
	close(fds[0]);
	if (child > 0)
		waitpid(child, NULL, 0);
	return n == sizeof(pid) && pid > 0 ? syscall(SYS_pidfd_open, pid, 0) :
	       -1;
}

static void helper_wait(int pidfd)
{
	struct pollfd p = { .fd = pidfd, .events = POLLIN };

	while (poll(&p, 1, -1) < 0 && errno == EINTR)
		;
}

/* Unmount and wait; return an exit status. */
static int helper_umount(const char *mountpoint, bool lazily)
{
	char *path = realpath(mountpoint, NULL);
	struct mount_entry m;
	int server, err = 0;

	if (!path) {
		report_cannot("use mount point", mountpoint, strerror(errno));
		return EXIT_FAILURE;
	}
	if (mountinfo_find(path, &m) || strcmp(m.type, "fuse.lklfuse")) {
		err = report_cannot("unmount", path,
				    "no file system of lklfuse is mounted there");
		goto out;
	}
	server = lazily ? -1 : helper_find_server(path, &m);
	err = unmount_path(path, lazily);
	if (err)
		report_cannot("unmount", path, strerror(errno));
	else if (server >= 0)
		helper_wait(server);
out:
	free(path);
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	bool lazily = false;
	int opt;

	standard_fds_fill();
	while ((opt = getopt(argc, argv, "flnrvt:N:hV")) >= 0) {
		switch (opt) {
		case 'l':
			lazily = true;
			break;
		case 'h':
			fputs(usage_text, stdout);
			return EXIT_SUCCESS;
		case 'V':
			puts("umount.fuse.lklfuse (LKL) " LKL_VERSION);
			return EXIT_SUCCESS;
		case '?':
			return EXIT_FAILURE;
		}
	}
	if (optind + 1 != argc) {
		fputs(usage_text, stderr);
		return EXIT_FAILURE;
	}
	return helper_umount(argv[optind], lazily);
}
