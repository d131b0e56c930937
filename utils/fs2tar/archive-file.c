// SPDX-License-Identifier: GPL-2.0
/*
 * The files that fs2tar writes.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/alloc.h"
#include "common/path.h"
#include "common/report.h"
#include "disk/backing.h"
#include "fs2tar/archive-attrs.h"
#include "fs2tar/archive-file.h"
#include "shared/standard-fds.h"

/* Files behind one image */
#define BACKING_MAX	32

static bool archive_file_is(const struct stat *st, const char *path)
{
	struct stat other;

	return !stat(path, &other) && other.st_dev == st->st_dev &&
	       other.st_ino == st->st_ino;
}

/* Create */

/* Create a file, or open one that is not a regular file or is to be kept. */
static int archive_file_open(struct archive_file *f, int flags)
{
	int fd = open(f->path, O_WRONLY | O_CLOEXEC | O_NOCTTY | flags, 0666);

	if (fd >= 0 && fstat(fd, &f->st)) {
		close(fd);
		return -1;
	}
	return fd;
}

/*
 * Create a file beside the existing file, which is open as @from.  Return a
 * descriptor, or -1 with an error in errno.
 */
static int archive_file_create_beside(struct archive_file *f, int from)
{
	struct stat old = f->st;
	char *slash;
	int fd, err;

	f->final = realpath(f->path, NULL);
	if (!f->final)
		return -1;
	f->written = path_join(f->final, ".fs2tar-XXXXXX");
	slash = f->written + strlen(f->final);
	while (slash > f->written && slash[-1] != '/')
		slash--;
	strcpy(slash, ".fs2tar-XXXXXX");
	fd = mkostemp(f->written, O_CLOEXEC);
	if (fd >= 0 && !fstat(fd, &f->st) && archive_attrs_copy(from, &old, fd))
		return fd;
	err = errno;
	if (fd >= 0) {
		unlink(f->written);
		close(fd);
	}
	f->st = old;
	errno = err;
	return -1;
}

/*
 * Return true if the directory takes no new files, or if a new file cannot have
 * the access control list of the existing file.
 */
static bool archive_file_must_stay(int err)
{
	return err == EACCES || err == EPERM || err == EROFS || err == EINVAL;
}

static int archive_file_replace(struct archive_file *f, int old)
{
	int fd = archive_file_create_beside(f, old), err = errno;

	if (fd >= 0) {
		close(old);
		return fd;
	}
	free(f->written);
	free(f->final);
	f->written = NULL;
	f->final = NULL;
	if (!archive_file_must_stay(err)) {
		report_cannot("create a file beside", f->path, strerror(err));
		close(old);
		return -1;
	}
	f->written = xstrdup(f->path);
	f->in_place = old;
	return old;
}

/* Return true if the file is @path, or a file behind block device @path. */
static bool archive_file_is_behind(const struct stat *st, const char *path)
{
	struct backing_file files[BACKING_MAX];
	struct disk_file other;
	int i, n;

	if (archive_file_is(st, path))
		return true;
	if (disk_file_open(&other, path, false))
		return false;
	n = backing_find(&other, files, BACKING_MAX);
	disk_file_close(&other);
	for (i = 0; i < n; i++)
		if (files[i].dev == st->st_dev && files[i].ino == st->st_ino)
			return true;
	return false;
}

static bool archive_file_is_image(const struct archive_file *f,
				  const struct image *img)
{
	int i;

	if (archive_file_is_behind(&f->st, img->path))
		return true;
	for (i = 0; i < img->device_count; i++)
		if (archive_file_is_behind(&f->st, img->devices[i]))
			return true;
	return false;
}

int archive_files_create(struct archive_files *o, const char *path,
			 const struct image *img)
{
	struct archive_file *f = &o->files[o->count];
	bool new = true;
	int fd;

	*f = (struct archive_file) { .path = path, .in_place = -1 };
	fd = archive_file_open(f, O_CREAT | O_EXCL);
	if (fd < 0 && errno == EEXIST) {
		new = false;
		fd = archive_file_open(f, O_CREAT);
	}
	if (fd < 0)
		return report_cannot("create", path, strerror(errno));
	if (archive_file_is_image(f, img)) {
		/* Arguments in the wrong order must not destroy the image. */
		close(fd);
		return report_cannot("create", path, "this file is the image");
	}
	o->count++;
	if (!S_ISREG(f->st.st_mode))
		return fd;
	if (!new)
		return archive_file_replace(f, fd);
	f->written = xstrdup(path);
	return fd;
}

/* Clean up */

void archive_files_init(struct archive_files *o)
{
	*o = (struct archive_files) { .cleaner = -1 };
}

static void archive_file_remove(struct archive_file *f)
{
	if (f->written && f->in_place < 0 &&
	    archive_file_is(&f->st, f->written))
		unlink(f->written);
	free(f->written);
	free(f->final);
	f->written = NULL;
	f->final = NULL;
}

void archive_files_remove(struct archive_files *o)
{
	int i;

	for (i = 0; i < o->count; i++)
		archive_file_remove(&o->files[i]);
}

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

	standard_fds_close_others(fd);
	/* A signal to the process group is meant for the parent. */
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	if (read(fd, &complete, 1) == 1 && complete)
		answer = cleaner_rename(o);
	else
		archive_files_remove(o);
	/* If nobody reads the answer, nobody waits for it. */
	if (write(fd, &answer, sizeof(answer)) < 0)
		_exit(EXIT_FAILURE);
	_exit(EXIT_SUCCESS);
}

int archive_files_start_cleaner(struct archive_files *o)
{
	int fds[2], i;
	pid_t pid;

	for (i = 0; i < o->count && !o->files[i].written; i++)
		;
	if (i == o->count)
		return 0;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds))
		return report_cannot("create", o->files[i].path,
				     strerror(errno));
	pid = fork();
	if (pid == 0)
		cleaner_main(o, fds[1]);
	close(fds[1]);
	if (pid < 0) {
		close(fds[0]);
		return report_cannot("create", o->files[i].path,
				     strerror(errno));
	}
	o->cleaner = fds[0];
	return 0;
}

int archive_files_begin(struct archive_files *o)
{
	int i;

	for (i = 0; i < o->count; i++) {
		struct archive_file *f = &o->files[i];

		if (f->in_place >= 0 && ftruncate(f->in_place, 0))
			return report_cannot("write", f->path,
					     strerror(errno));
	}
	return 0;
}

static int cleaner_end(struct archive_files *o, bool complete)
{
	struct cleaner_answer answer = { 0, EPIPE };
	char byte = complete;
	ssize_t n = write(o->cleaner, &byte, 1);

	do {
		n = read(o->cleaner, &answer, sizeof(answer));
	} while (n < 0 && errno == EINTR);
	close(o->cleaner);
	o->cleaner = -1;
	if (!complete || !answer.err)
		return 0;
	return report_cannot("replace", o->files[answer.index].path,
			     strerror(answer.err));
}

int archive_files_end(struct archive_files *o, bool complete)
{
	int i, ret = o->cleaner < 0 ? 0 : cleaner_end(o, complete);

	for (i = 0; i < o->count; i++) {
		free(o->files[i].written);
		free(o->files[i].final);
	}
	o->count = 0;
	return ret;
}
