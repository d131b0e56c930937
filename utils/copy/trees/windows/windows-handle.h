/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Handles of open files.  The system uses 32 bits of a handle, so a descriptor of
 * the tree is the handle.
 */
#ifndef COPY_WINDOWS_HANDLE_H
#define COPY_WINDOWS_HANDLE_H

#include "common/windows/windows-error.h"

#include <stdint.h>

#include "copy/core/tree.h"

static inline HANDLE windows_handle(int fd)
{
	return (HANDLE)(intptr_t)fd;
}

/*
 * Open or create file @name in @dir, a path if @dir is TREE_CWD.  If @name is NULL
 * or ".", open @dir once more.  The arguments are those of NtCreateFile().  Return
 * a descriptor, or a negative error of the tree.
 */
int windows_open(int dir, const char *name, ACCESS_MASK access,
		 ULONG disposition, ULONG options);
/* Open a file for its attributes, or a link itself. */
int windows_open_node(int dir, const char *name, ACCESS_MASK access);
int windows_close(int fd);
/*
 * Return the serial number of the volume that has file @fd, or 0 if there is none,
 * as GetFileInformationByHandle() does.
 */
uint32_t windows_volume(int fd);
/* Note that @fd, a new descriptor, is on the volume of directory @dir. */
void windows_volume_inherit(int fd, int dir);

#endif /* COPY_WINDOWS_HANDLE_H */
