/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Attributes of an archive that takes the place of an existing file.
 */
#ifndef FS2TAR_ARCHIVE_ATTRS_H
#define FS2TAR_ARCHIVE_ATTRS_H

#include <stdbool.h>
#include <sys/stat.h>

/*
 * Give new file @to the owner, the permissions, the access control list and the
 * extended attributes of existing file @from, whose status is @old.  Return false
 * with an error in errno if others would get, or lose, access to the file.
 */
bool archive_attrs_copy(int from, const struct stat *old, int to);

#endif /* FS2TAR_ARCHIVE_ATTRS_H */
