// SPDX-License-Identifier: GPL-2.0
/*
 * Becoming a daemon, whose parent reports whether the mount has succeeded.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/report.h"
#include "start/daemonize.h"
#include "start/inherited-fds.h"

/* Wait for the child, and exit. */
static void daemonize_parent(int fd, pid_t pid, const char *image_path)
{
	int status = 0;
	char c;

	if (read(fd, &c, 1) == 1)
		_exit(EXIT_SUCCESS);
	waitpid(pid, &status, 0);
	if (WIFSIGNALED(status))
		report_error("cannot mount '%s': the process was killed: %s",
			     image_path, strsignal(WTERMSIG(status)));
	/* Otherwise the child has reported the reason. */
	_exit(WIFEXITED(status) && WEXITSTATUS(status) ? WEXITSTATUS(status) :
	      EXIT_FAILURE);
}

int daemonize(struct daemon *d, const char *image_path)
{
	int fds[2];
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC)) {
		report_cannot("create a pipe for the server of", image_path,
			      strerror(errno));
		return -1;
	}
	pid = fork();
	if (pid < 0) {
		report_cannot("start a process for", image_path,
			      strerror(errno));
		return -1;
	}
	if (pid > 0) {
		close(fds[1]);
		daemonize_parent(fds[0], pid, image_path);
	}
	close(fds[0]);
	d->status_fd = fds[1];
	setsid();
	return 0;
}

void daemonize_ready(struct daemon *d, int log)
{
	char c = 0;
	ssize_t n;

	if (d->status_fd < 0)
		return;
	dup2(d->null_fd, STDIN_FILENO);
	dup2(d->null_fd, STDOUT_FILENO);
	dup2(log < 0 ? d->null_fd : log, STDERR_FILENO);
	inherited_fds_close();
	n = write(d->status_fd, &c, 1);
	(void)n;
	close(d->status_fd);
	d->status_fd = -1;
}
