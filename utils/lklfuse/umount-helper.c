// SPDX-License-Identifier: GPL-2.0
/*
 * umount.fuse.lklfuse: what umount(8) calls for a mount of lklfuse.  Unmounts,
 * and waits until the process that served it has written everything and is
 * gone; umount(2) alone does not wait for that.
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

#include "mount/mountinfo.h"
#include "mount/umounter.h"

static const char program[] = "umount.fuse.lklfuse";

static int say(const char *what, const char *path, const char *why)
{
	fprintf(stderr, "%s: %s '%s': %s\n", program, what, path, why);
	return EXIT_FAILURE;
}

/* FUSE answers nobody but who has mounted it, not even root: so become that. */
static void ask(const char *path, const struct mount_entry *m, int fd)
{
	char pid[16];
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

/* A descriptor of the process that serves @path, -1: there is none. */
static int find_server(const char *path, const struct mount_entry *m)
{
	char text[16] = "";
	int fds[2];
	ssize_t n;
	pid_t pid;

	if (pipe(fds))
		return -1;
	pid = fork();
	if (pid == 0)
		ask(path, m, fds[1]);
	close(fds[1]);
	n = pid < 0 ? -1 : read(fds[0], text, sizeof(text) - 1);
	close(fds[0]);
	if (pid > 0)
		waitpid(pid, NULL, 0);
	return n > 0 ? syscall(SYS_pidfd_open, atoi(text), 0) : -1;
}

static void wait_for_end(int pidfd)
{
	struct pollfd p = { .fd = pidfd, .events = POLLIN };

	while (poll(&p, 1, -1) < 0 && errno == EINTR)
		;
}

int main(int argc, char **argv)
{
	struct mount_entry m;
	int opt, lazily = 0, server;
	char *path;

	while ((opt = getopt(argc, argv, "flnrvt:N:hV")) >= 0) {
		switch (opt) {
		case 'l':
			lazily = 1;
			break;
		case 'h':
			printf("Usage: %s [-l] MOUNTPOINT\nCalled by umount(8).\n",
			       program);
			return EXIT_SUCCESS;
		case '?':
			return EXIT_FAILURE;
		}
	}
	if (optind + 1 != argc) {
		fprintf(stderr, "Usage: %s [-l] MOUNTPOINT\n", program);
		return EXIT_FAILURE;
	}
	path = realpath(argv[optind], NULL);
	if (!path)
		return say("cannot use", argv[optind], strerror(errno));
	if (mountinfo_find(path, &m) || strcmp(m.type, "fuse.lklfuse"))
		return say("cannot unmount", path, "it is no mount of lklfuse");
	server = find_server(path, &m);
	if (umounter_umount_path(path, lazily))
		return say("cannot unmount", path, strerror(errno));
	if (server >= 0 && !lazily)
		wait_for_end(server);
	free(path);
	return EXIT_SUCCESS;
}
