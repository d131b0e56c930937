/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The files that fs2tar writes.  A file stays incomplete if the image turns out
 * to be damaged, if the disk is full, or if the program is killed.  Half an
 * archive looks like a whole one, so a new file is removed then, and a file that
 * existed before is what it was: the new one is written beside it, and takes its
 * place at the end.
 */
#ifndef FS2TAR_ARCHIVE_FILE_H
#define FS2TAR_ARCHIVE_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/host/host-file.h"
#include "image/image.h"

/* The archive and the list of SELinux labels */
#define ARCHIVE_FILES_MAX	2

/**
 * struct archive_file - a file that is written
 * @path:	name of the file, as the user has given it
 * @written:	name of the new file, allocated, or NULL: not a regular file
 * @final:	name that the new file gets at the end, allocated, or NULL:
 *		@written is the name
 * @info:	identity and type of the new file
 * @in_place:	descriptor of an existing file that has to be overwritten, as its
 *		directory takes no new file, or -1
 * @guard:	what the host removes an incomplete file with, or -1
 */
struct archive_file {
	const char *path;
	char *written;
	char *final;
	struct host_file_info info;
	int in_place;
	intptr_t guard;
};

/**
 * struct archive_files - all files that are written
 * @files:	the files
 * @count:	number of @files
 * @cleaner:	connection to the process that removes incomplete files, or -1
 */
struct archive_files {
	struct archive_file files[ARCHIVE_FILES_MAX];
	int count;
	int cleaner;
};

void archive_files_init(struct archive_files *o);

/*
 * Create the file that is to become @path, which must be neither the image nor a
 * further device of @img.  Return a descriptor, or -1 after a message.
 */
int archive_files_create(struct archive_files *o, const char *path,
			 const struct image *img);

/*
 * Guard the files: unless archive_files_end() reports that the archive is complete,
 * new files are removed, however the process ends.  The caller is about to confine
 * itself, and can neither remove nor rename files then.  Return 0, or -1 after a
 * message.
 */
int archive_files_guard(struct archive_files *o);

/* Begin to write: the image can be read.  Return 0, or -1 after a message. */
int archive_files_begin(struct archive_files *o);

/*
 * Wait until incomplete files are removed, or complete ones have their names.  The
 * caller has closed the descriptors.  Return 0, or -1 after a message.
 */
int archive_files_end(struct archive_files *o, bool complete);

/* Remove the files after an error before archive_files_guard() has succeeded. */
void archive_files_remove(struct archive_files *o);

#endif /* FS2TAR_ARCHIVE_FILE_H */
