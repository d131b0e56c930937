// SPDX-License-Identifier: GPL-2.0
/*
 * The file that an archive is written to.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/report.h"
#include "fs2tar/archive-file.h"
#include "shared/standard-fds.h"

static bool archive_file_is(const struct archive_file *f, const char *path)
{
	struct stat st;

	return !stat(path, &st) && st.st_dev == f->st.st_dev &&
	       st.st_ino == f->st.st_ino;
}

int archive_file_create(struct archive_file *f, const char *path,
			const char *image)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY, 0666);
	const char *why;

	*f = (struct archive_file) { .path = path, .cleaner = -1 };
	if (fd < 0)
		return report_cannot("create", path, strerror(errno));
	if (fstat(fd, &f->st)) {
		why = strerror(errno);
	} else if (archive_file_is(f, image)) {
		/* Arguments in the wrong order must not destroy the image. */
		why = "this file is the image";
	} else {
		f->created = S_ISREG(f->st.st_mode);
		if (!f->created || !ftruncate(fd, 0))
			return fd;
		why = strerror(errno);
		f->created = false;
	}
	close(fd);
	return report_cannot("create", path, why);
}

void archive_file_remove(struct archive_file *f)
{
	if (f->created && archive_file_is(f, f->path))
		unlink(f->path);
}

/* Wait for a byte that says whether the archive is complete, or for the end. */
static void cleaner_main(struct archive_file *f, int fd)
{
	char complete;

	standard_fds_close_others(fd);
	/* A signal to the process group is meant for the parent. */
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	if (read(fd, &complete, 1) != 1 || !complete)
		archive_file_remove(f);
	_exit(EXIT_SUCCESS);
}

int archive_file_start_cleaner(struct archive_file *f)
{
	int fds[2];
	pid_t pid;

	if (!f->created)
		return 0;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds))
		return report_cannot("create", f->path, strerror(errno));
	pid = fork();
	if (pid == 0)
		cleaner_main(f, fds[1]);
	close(fds[1]);
	if (pid < 0) {
		close(fds[0]);
		return report_cannot("create", f->path, strerror(errno));
	}
	f->cleaner = fds[0];
	return 0;
}

void archive_file_end(struct archive_file *f, bool complete)
{
	char byte = complete;
	ssize_t n;

	if (f->cleaner < 0)
		return;
	n = write(f->cleaner, &byte, 1);
	/* The other end is closed when the process has ended. */
	do {
		n = read(f->cleaner, &byte, 1);
	} while (n < 0 && errno == EINTR);
	close(f->cleaner);
	f->cleaner = -1;
}
