// SPDX-License-Identifier: GPL-2.0
/*
 * The umounter: a small process outside the sandbox that unmounts.
 *
 * The server is confined: the server cannot unmount and, as an ordinary user,
 * cannot start fusermount3.  The umounter also unmounts when the server ends
 * by accident; otherwise a mount would stay that answers every access with
 * "Transport endpoint is not connected".
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/report.h"
#include "mount/mountinfo.h"
#include "mount/umounter.h"
#include "mount/unmount.h"
#include "shared/standard-fds.h"

/* Requests of the server; an answer is an enum umounter_result. */
#define REQUEST_UMOUNT	'u'
#define REQUEST_DETACH	'd'
#define REQUEST_RELEASE	'g'	/* has no answer */

/* Have the host write out its cache while the server still takes requests. */
static void umounter_sync(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return;
	syncfs(fd);
	close(fd);
}

static bool umounter_is_mounted(const char *path, const struct mount_entry *m)
{
	struct mount_entry now;

	return !mountinfo_find(path, &now) && now.major == m->major &&
	       now.minor == m->minor;
}

/* Unmount @m, or detach @m if it is in use. */
static enum umounter_result umounter_do_umount(const char *path,
					       const struct mount_entry *m,
					       bool is_served)
{
	if (!umounter_is_mounted(path, m))
		return UMOUNTER_CLEAN;
	if (is_served) {
		if (!unmount_path(path, false))
			return UMOUNTER_CLEAN;
		umounter_sync(path);
	}
	return unmount_path(path, true) ? UMOUNTER_FAILED : UMOUNTER_LAZY;
}

static void umounter_main(int fd, const char *path)
{
	struct mount_entry m;
	char c;

	/* A signal to the process group is for the server only. */
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	prctl(PR_SET_NAME, "lklfuse-umount");
	if (mountinfo_find(path, &m))
		_exit(EXIT_FAILURE);
	while (read(fd, &c, 1) == 1) {
		/* Another file system may be mounted at this path by now. */
		if (c == REQUEST_RELEASE)
			_exit(EXIT_SUCCESS);
		c = umounter_do_umount(path, &m, c == REQUEST_UMOUNT);
		if (write(fd, &c, 1) != 1)
			break;
		if (c != UMOUNTER_FAILED)
			_exit(EXIT_SUCCESS);
	}
	umounter_do_umount(path, &m, false);
	_exit(EXIT_SUCCESS);
}

int umounter_start(const char *mountpoint)
{
	int fds[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds)) {
		report_cannot("create a socket for", mountpoint,
			      strerror(errno));
		return -1;
	}
	/* Fork twice, so that the server need not wait for the umounter. */
	pid = fork();
	if (pid == 0) {
		/*
		 * Now, as a late copy of a descriptor would keep the lock, or
		 * would keep who reads the caller's output waiting.
		 */
		standard_fds_close_others(fds[1]);
		if (setsid() < 0 || fork() == 0)
			umounter_main(fds[1], mountpoint);
		_exit(EXIT_SUCCESS);
	}
	close(fds[1]);
	if (pid < 0) {
		report_cannot("start a process to unmount", mountpoint,
			      strerror(errno));
		close(fds[0]);
		return -1;
	}
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return fds[0];
}

static enum umounter_result umounter_request(int fd, char c)
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
	return umounter_request(fd, REQUEST_UMOUNT);
}

void umounter_detach(int fd)
{
	umounter_request(fd, REQUEST_DETACH);
}

void umounter_release(int fd)
{
	char c = REQUEST_RELEASE;
	ssize_t n = write(fd, &c, 1);

	/* An error means that the umounter has ended already. */
	(void)n;
}
