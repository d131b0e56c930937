// SPDX-License-Identifier: GPL-2.0
/*
 * The files that fs2tar writes.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/alloc.h"
#include "common/path.h"
#include "common/report.h"
#include "disk/backing.h"
#include "fs2tar/archive-host.h"

/* Files behind one image */
#define BACKING_MAX	32
/* Name of a file beside another one, see host_file_create_unique() */
#define NAME_BESIDE	".fs2tar-XXXXXX"

/* Create */

/* Create a file, or open one that is not a regular file or is to be kept. */
static int archive_file_open(struct archive_file *f, int flags)
{
	int fd = host_file_open(f->path, O_WRONLY | flags);

	if (fd >= 0 && host_file_stat_open(fd, &f->info)) {
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
	struct host_file_info old = f->info;
	size_t dir;
	int fd, err;

	f->final = host_file_real_path(f->path);
	if (!f->final)
		return -1;
	dir = path_base(f->final) - f->final;
	f->written = xrealloc(NULL, dir + sizeof(NAME_BESIDE));
	memcpy(f->written, f->final, dir);
	strcpy(f->written + dir, NAME_BESIDE);
	fd = host_file_create_unique(f->written);
	if (fd >= 0 && !host_file_stat_open(fd, &f->info) &&
	    !archive_host_begin(f, fd) && archive_host_copy_attrs(f, from, fd))
		return fd;
	err = errno;
	if (fd >= 0) {
		archive_host_remove(f);
		close(fd);
	}
	f->info = old;
	errno = err;
	return -1;
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
	if (!archive_host_must_stay(err)) {
		report_cannot("create a file beside", f->path,
			      host_file_strerror(err));
		close(old);
		return -1;
	}
	f->written = xstrdup(f->path);
	f->in_place = old;
	return old;
}

/* Return true if the file is @path, or a file behind block device @path. */
static bool archive_file_is_behind(const struct host_file_info *info,
				   const char *path)
{
	struct backing_file files[BACKING_MAX];
	struct host_file_info other;
	struct disk_file disk;
	int i, n;

	if (!host_file_stat(path, &other) && host_file_is_same(&other, info))
		return true;
	if (disk_file_open(&disk, path, false))
		return false;
	n = backing_find(&disk, files, BACKING_MAX);
	disk_file_close(&disk);
	for (i = 0; i < n; i++)
		if (files[i].dev == info->dev && files[i].ino == info->ino)
			return true;
	return false;
}

static bool archive_file_is_image(const struct archive_file *f,
				  const struct image *img)
{
	int i;

	if (archive_file_is_behind(&f->info, img->path))
		return true;
	for (i = 0; i < img->device_count; i++)
		if (archive_file_is_behind(&f->info, img->devices[i]))
			return true;
	return false;
}

/* Return true if @f is also a file that was created before. */
static bool archive_file_is_taken(const struct archive_files *o,
				  const struct archive_file *f)
{
	struct host_file_info found;
	int i;

	for (i = 0; i < o->count && f->info.type == HOST_FILE_REGULAR; i++)
		/* The earlier file may still be beside the file of its name. */
		if (host_file_is_same(&o->files[i].info, &f->info) ||
		    (!host_file_stat(o->files[i].path, &found) &&
		     host_file_is_same(&found, &f->info)))
			return true;
	return false;
}

/* Begin to write a file that did not exist. */
static int archive_file_begin(struct archive_file *f, int fd)
{
	f->written = xstrdup(f->path);
	if (!archive_host_begin(f, fd))
		return fd;
	report_cannot("create", f->path, host_file_strerror(errno));
	archive_host_remove(f);
	close(fd);
	free(f->written);
	f->written = NULL;
	return -1;
}

int archive_files_create(struct archive_files *o, const char *path,
			 const struct image *img)
{
	struct archive_file *f = &o->files[o->count];
	bool new = true;
	int fd;

	*f = (struct archive_file) { .path = path, .in_place = -1, .guard = -1 };
	fd = archive_file_open(f, O_CREAT | O_EXCL);
	if (fd < 0 && errno == EEXIST) {
		new = false;
		fd = archive_file_open(f, O_CREAT);
	}
	if (fd < 0)
		return report_cannot("create", path, host_file_strerror(errno));
	if (archive_file_is_image(f, img)) {
		/* Arguments in the wrong order must not destroy the image. */
		close(fd);
		return report_cannot("create", path, "this file is the image");
	}
	if (archive_file_is_taken(o, f)) {
		close(fd);
		return report_cannot("create", path,
				     "the archive is the same file; name another file");
	}
	o->count++;
	if (f->info.type != HOST_FILE_REGULAR)
		return fd;
	return new ? archive_file_begin(f, fd) : archive_file_replace(f, fd);
}

/* Write, and clean up */

void archive_files_init(struct archive_files *o)
{
	*o = (struct archive_files) { .cleaner = -1 };
}

static void archive_files_forget(struct archive_files *o)
{
	int i;

	for (i = 0; i < o->count; i++) {
		free(o->files[i].written);
		free(o->files[i].final);
	}
	o->count = 0;
}

void archive_files_remove(struct archive_files *o)
{
	int i;

	for (i = 0; i < o->count; i++)
		archive_host_remove(&o->files[i]);
	archive_files_forget(o);
}

int archive_files_guard(struct archive_files *o)
{
	int i;

	for (i = 0; i < o->count && !o->files[i].written; i++)
		;
	if (i == o->count || !archive_host_guard(o))
		return 0;
	return report_cannot("create", o->files[i].path,
			     host_file_strerror(errno));
}

int archive_files_begin(struct archive_files *o)
{
	int i;

	for (i = 0; i < o->count; i++) {
		struct archive_file *f = &o->files[i];

		if (f->in_place >= 0 && ftruncate(f->in_place, 0))
			return report_cannot("write", f->path,
					     host_file_strerror(errno));
	}
	return 0;
}

int archive_files_end(struct archive_files *o, bool complete)
{
	int ret = archive_host_end(o, complete);

	archive_files_forget(o);
	return ret;
}
