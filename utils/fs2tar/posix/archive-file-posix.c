// SPDX-License-Identifier: GPL-2.0
/*
 * The files of fs2tar on POSIX hosts.  A process, the cleaner, outlives fs2tar, and
 * may still remove and rename files when fs2tar has confined itself.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/report.h"
#include "fs2tar/archive-host.h"
#include "shared/standard-fds.h"

bool archive_host_must_stay(int err)
{
	return err == EACCES || err == EPERM || err == EROFS || err == EINVAL;
}

int archive_host_begin(struct archive_file *f, int fd)
{
	return 0;
}

void archive_host_remove(struct archive_file *f)
{
	struct host_file_info found;

	/* Another program may have put its own file there. */
	if (f->written && f->in_place < 0 && !host_file_stat(f->written, &found) &&
	    host_file_is_same(&found, &f->info))
		host_file_remove(f->written);
}

/* The cleaner */

/* The answer of the cleaner: the first file that did not get its name */
struct cleaner_answer {
	int index;
	int err;
};

static struct cleaner_answer cleaner_rename(struct archive_files *o)
{
	struct cleaner_answer answer = { };
	int i;

	for (i = 0; i < o->count; i++) {
		struct archive_file *f = &o->files[i];

		if (!f->final || !rename(f->written, f->final))
			continue;
		if (!answer.err)
			answer = (struct cleaner_answer) { i, errno };
		unlink(f->written);
	}
	return answer;
}

/* Wait for a byte that says whether the archive is complete, or for the end. */
static void cleaner_main(struct archive_files *o, int fd)
{
	struct cleaner_answer answer = { };
	char complete;
	int i;

	standard_fds_close_others(fd);
	/* A signal to the process group is meant for the parent. */
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	if (read(fd, &complete, 1) == 1 && complete)
		answer = cleaner_rename(o);
	else
		for (i = 0; i < o->count; i++)
			archive_host_remove(&o->files[i]);
	/* If nobody reads the answer, nobody waits for it. */
	if (write(fd, &answer, sizeof(answer)) < 0)
		_exit(EXIT_FAILURE);
	_exit(EXIT_SUCCESS);
}

int archive_host_guard(struct archive_files *o)
{
	int fds[2], err;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds))
		return -1;
	pid = fork();
	if (pid == 0)
		cleaner_main(o, fds[1]);
	err = errno;
	close(fds[1]);
	if (pid < 0) {
		close(fds[0]);
		errno = err;
		return -1;
	}
	o->cleaner = fds[0];
	return 0;
}

int archive_host_end(struct archive_files *o, bool complete)
{
	struct cleaner_answer answer = { 0, EPIPE };
	char byte = complete;
	ssize_t n;

	if (o->cleaner < 0)
		return 0;
	n = write(o->cleaner, &byte, 1);
	do {
		n = read(o->cleaner, &answer, sizeof(answer));
	} while (n < 0 && errno == EINTR);
	close(o->cleaner);
	o->cleaner = -1;
	if (!complete || !answer.err)
		return 0;
	return report_cannot("replace", o->files[answer.index].path,
			     host_file_strerror(answer.err));
}
