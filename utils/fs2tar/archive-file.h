/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The file that an archive is written to.  An incomplete archive looks like a
 * complete one, so it is removed, whatever ends the program.
 */
#ifndef FS2TAR_ARCHIVE_FILE_H
#define FS2TAR_ARCHIVE_FILE_H

#include <stdbool.h>
#include <sys/stat.h>

/**
 * struct archive_file - a file that may become an archive
 * @path:	its name
 * @st:		identity and type
 * @created:	this is a regular file that is removed if it stays incomplete
 * @cleaner:	connection to the process that removes the file, or -1
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
 * Start a process that removes the file unless archive_file_end() reports that
 * the archive is complete: this process confines itself, and cannot remove
 * anything then.  Return 0, or -1 after a message.
 */
int archive_file_start_cleaner(struct archive_file *f);

/* End the process, and wait until the file is removed if it is incomplete. */
void archive_file_end(struct archive_file *f, bool complete);

/* Remove the file; for errors before the process was started. */
void archive_file_remove(struct archive_file *f);

#endif /* FS2TAR_ARCHIVE_FILE_H */
