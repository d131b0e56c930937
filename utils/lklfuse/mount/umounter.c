// SPDX-License-Identifier: GPL-2.0
/*
 * The process that unmounts.
 *
 * The server is confined: it can neither unmount nor, as an ordinary user,
 * start fusermount3.  So a small process is left outside.  It also unmounts
 * when the server ends by accident, so that no mount is left that answers
 * nothing but "Transport endpoint is not connected".
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mount/mountinfo.h"
#include "mount/umounter.h"

/* What the server says. */
#define ASK_UMOUNT	'u'
#define ASK_DETACH	'd'
#define TELL_GONE	'g'

#define EXIT_NO_PROGRAM	127

/* 0, or -1 with errno: ENOENT when there is no such program. */
static int run(const char *const argv[])
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
 * umount(8) takes every FUSE mount for one without a helper, unless the table of
 * libmount says otherwise.  Where there is no such table, nobody is told.
 */
void umounter_register(const char *source, const char *mountpoint)
{
	const char *const argv[] = {
		"mount", "--internal-only", "--fake", "--no-canonicalize",
		"-t", "fuse.lklfuse", "-o", "uhelper=fuse.lklfuse", "--",
		source, mountpoint, NULL,
	};

	if (!geteuid())
		run(argv);
}

/* The table of libmount is to know it too, but it is not essential. */
static int umount_as_root(const char *path, int lazily)
{
	const char *const argv[] = {
		"umount", "--internal-only", "--no-canonicalize",
		lazily ? "--lazy" : "--", path, NULL,
	};

	if (!run(argv))
		return 0;
	return umount2(path, UMOUNT_NOFOLLOW | (lazily ? MNT_DETACH : 0));
}

int umounter_umount_path(const char *path, int lazily)
{
	const char *const argv[] = {
		"fusermount3", "-u", "-q", lazily ? "-z" : "--", path, NULL,
	};

	return geteuid() ? run(argv) : umount_as_root(path, lazily);
}

/* What the host has cached is to be written while somebody serves it. */
static void sync_path(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return;
	syncfs(fd);
	close(fd);
}

static int is_ours(const char *path, const struct mount_entry *ours)
{
	struct mount_entry now;

	return !mountinfo_find(path, &now) && now.major == ours->major &&
	       now.minor == ours->minor;
}

static char umount_ours(const char *path, const struct mount_entry *ours,
			int serving)
{
	if (!is_ours(path, ours))
		return UMOUNTER_CLEAN;
	if (serving) {
		if (!umounter_umount_path(path, 0))
			return UMOUNTER_CLEAN;
		sync_path(path);
	}
	return umounter_umount_path(path, 1) ? UMOUNTER_FAILED : UMOUNTER_LAZY;
}

/* Keeps the socket, and messages; above all not the image nor /dev/fuse. */
static void close_others(int fd)
{
	if (fd > 3)
		close_range(3, fd - 1, 0);
	close_range(fd + 1, ~0U, 0);
}

static void umounter_main(int fd, const char *path)
{
	struct mount_entry ours;
	char c;

	close_others(fd);
	/* Whoever means the server does not mean this. */
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	prctl(PR_SET_NAME, "lklfuse-umount");
	if (mountinfo_find(path, &ours))
		_exit(EXIT_FAILURE);
	while (read(fd, &c, 1) == 1) {
		/* From now on, what is mounted there may be somebody else's. */
		if (c == TELL_GONE)
			_exit(EXIT_SUCCESS);
		c = umount_ours(path, &ours, c == ASK_UMOUNT);
		if (write(fd, &c, 1) != 1)
			break;
		if (c != UMOUNTER_FAILED)
			_exit(EXIT_SUCCESS);
	}
	umount_ours(path, &ours, 0);
	_exit(EXIT_SUCCESS);
}

int umounter_start(const char *program, const char *mountpoint)
{
	int fds[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds)) {
		fprintf(stderr, "%s: cannot make a socket: %s\n", program,
			strerror(errno));
		return -1;
	}
	/* Twice, so that nobody has to wait for it. */
	pid = fork();
	if (pid == 0) {
		close(fds[0]);
		if (setsid() < 0 || fork() == 0)
			umounter_main(fds[1], mountpoint);
		_exit(EXIT_SUCCESS);
	}
	close(fds[1]);
	if (pid < 0) {
		fprintf(stderr, "%s: cannot start a process: %s\n", program,
			strerror(errno));
		close(fds[0]);
		return -1;
	}
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return fds[0];
}

static enum umounter_result ask(int fd, char c)
{
	ssize_t n;

	if (write(fd, &c, 1) != 1)
		return UMOUNTER_FAILED;
	do {
		n = read(fd, &c, 1);
	} while (n < 0 && errno == EINTR);
	return n == 1 ? (enum umounter_result)c : UMOUNTER_FAILED;
}

enum umounter_result umounter_umount(int fd)
{
	return ask(fd, ASK_UMOUNT);
}

void umounter_detach(int fd)
{
	ask(fd, ASK_DETACH);
}

void umounter_release(int fd)
{
	char c = TELL_GONE;
	ssize_t n = write(fd, &c, 1);

	/* It has gone already. */
	(void)n;
}
