// SPDX-License-Identifier: GPL-2.0
/*
 * umount.fuse.lklfuse: the helper that umount(8) starts for a mount of lklfuse.
 * The helper unmounts, and waits until the process that served the mount has
 * written everything and has ended; umount(2) alone does not wait.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "common/report.h"
#include "mount/mountinfo.h"
#include "mount/umounter.h"
#include "mount/unmount.h"
#include "shared/standard-fds.h"

#define PID_TEXT_SIZE	16

static const char usage_text[] =
"Usage: umount.fuse.lklfuse [-l] MOUNTPOINT\n"
"Unmount a file system of lklfuse, and wait until all data are written.\n"
"umount(8) calls this program.\n"
"\n"
"  -l    detach the mount even if it is in use, and do not wait\n"
"  -h    print this help and exit\n";

/*
 * Write the PID of the server to @fd, and exit.  FUSE answers only the user who
 * has mounted, not even root, so become this user.
 */
static void helper_ask_pid(const char *path, const struct mount_entry *m,
			   int fd)
{
	char pid[PID_TEXT_SIZE];
	ssize_t n;

	if (!geteuid() && m->user &&
	    (setresgid(m->group, m->group, m->group) ||
	     setresuid(m->user, m->user, m->user)))
		_exit(EXIT_FAILURE);
	n = getxattr(path, UMOUNTER_PID_XATTR, pid, sizeof(pid) - 1);
	if (n > 0 && write(fd, pid, n) == n)
		_exit(EXIT_SUCCESS);
	_exit(EXIT_FAILURE);
}

/* Return a PID descriptor of the process that serves @path, or -1. */
static int helper_find_server(const char *path, const struct mount_entry *m)
{
	char text[PID_TEXT_SIZE] = "";
	int fds[2];
	ssize_t n;
	pid_t pid;

	if (pipe(fds))
		return -1;
	pid = fork();
	if (pid == 0)
		helper_ask_pid(path, m, fds[1]);
	close(fds[1]);
	n = pid < 0 ? -1 : read(fds[0], text, sizeof(text) - 1);
	close(fds[0]);
	if (pid > 0)
		waitpid(pid, NULL, 0);
	return n > 0 ? syscall(SYS_pidfd_open, atoi(text), 0) : -1;
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
	server = helper_find_server(path, &m);
	err = unmount_path(path, lazily);
	if (err)
		report_cannot("unmount", path, strerror(errno));
	else if (server >= 0 && !lazily)
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
