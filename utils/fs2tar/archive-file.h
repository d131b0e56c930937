/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The file that an archive is written to.  The file is removed if the archive
 * stays incomplete, whatever ends the program, as half an archive looks like a
 * whole one.
 */
#ifndef FS2TAR_ARCHIVE_FILE_H
#define FS2TAR_ARCHIVE_FILE_H

#include <stdbool.h>
#include <sys/stat.h>

/**
 * struct archive_file - the file of an archive
 * @path:	name of the file
 * @st:		identity and type of the file
 * @created:	the file is a regular one, to be removed if it stays incomplete
 * @cleaner:	connection to the cleaner process, or -1
 */
struct archive_file {
	const char *path;
	struct stat st;
	bool created;
	int cleaner;
};

/*
 * Create or overwrite @path, which must not be the file @image.  Return a
 * descriptor, or -1 after a message.
 */
int archive_file_create(struct archive_file *f, const char *path,
			const char *image);

/*
 * Start the cleaner, a process that removes the file unless archive_file_end()
 * reports that the archive is complete.  The caller is about to confine itself,
 * and cannot remove files then.  Return 0, or -1 after a message.
 */
int archive_file_start_cleaner(struct archive_file *f);

/* End the cleaner, and wait until it has removed an incomplete file. */
void archive_file_end(struct archive_file *f, bool complete);

/* Remove the file after an error before the cleaner was started. */
void archive_file_remove(struct archive_file *f);

#endif /* FS2TAR_ARCHIVE_FILE_H */
