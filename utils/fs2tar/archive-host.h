/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Functions of the host for the files that fs2tar writes.  Functions that fail
 * store the error in errno, for host_file_strerror().
 */
#ifndef FS2TAR_ARCHIVE_HOST_H
#define FS2TAR_ARCHIVE_HOST_H

#include "fs2tar/archive-file.h"

/*
 * Give new file @f, open as @to, the owner, the permissions, the access control list and the
 * attributes of existing file @from.  Return false if others would get, or lose,
 * access to the file.
 */
bool archive_host_copy_attrs(const struct archive_file *f, int from, int to);

/*
 * Return true if error @err of a file beside an existing one means that this one
 * must be overwritten: the directory takes no new files, or a new file cannot have
 * the access control list of the existing file.
 */
bool archive_host_must_stay(int err);

/*
 * Remember new file @f, open as @fd: a host that can, removes the file when it is
 * closed, unless it is complete by then.  Return 0 or -1.
 */
int archive_host_begin(struct archive_file *f, int fd);
/* Remove the file if it is new; its descriptor is closed next, or by the end. */
void archive_host_remove(struct archive_file *f);

/* As archive_files_guard(), if some file is new */
int archive_host_guard(struct archive_files *o);
/* As archive_files_end() */
int archive_host_end(struct archive_files *o, bool complete);

#endif /* FS2TAR_ARCHIVE_HOST_H */
