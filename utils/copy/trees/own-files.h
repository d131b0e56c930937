/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Files of the user that permit the user nothing.
 */
#ifndef COPY_OWN_FILES_H
#define COPY_OWN_FILES_H

#include <stddef.h>

/*
 * Open file @name of directory @dir as openat(2) does, also if the file or the
 * directory forbids this, but both belong to the user and the group of this
 * process.  Return a descriptor or a negative errno, -EACCES if this is not
 * possible.
 */
int own_files_open(int dir, const char *name, int flags);

/* Likewise, read extended attribute @attr of the open file @fd. */
long own_files_get_xattr(int fd, const char *attr, void *value, size_t size);

#endif /* COPY_OWN_FILES_H */
