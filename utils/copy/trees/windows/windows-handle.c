// SPDX-License-Identifier: GPL-2.0
/*
 * Handles of open files.
 *
 * Only NtCreateFile() opens a name in an open directory, and takes the name as it
 * is: the functions of the Win32 API make another name of some names.
 */
#include "copy/trees/windows/windows-handle.h"

#include <lkl.h>
#include <stdlib.h>

#include "common/path.h"
#include "common/windows/windows-name.h"

/* Other programs and the copy itself may do anything with the file. */
#define SHARE_ALL	(FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE)

static int handle_create(HANDLE dir, wchar_t *name, int len, ACCESS_MASK access,
			 ULONG disposition, ULONG options)
{
	UNICODE_STRING string = {
		.Length = len * sizeof(*name),
		.MaximumLength = len * sizeof(*name),
		.Buffer = name,
	};
	OBJECT_ATTRIBUTES object;
	IO_STATUS_BLOCK io;
	HANDLE handle;
	int ret;

	InitializeObjectAttributes(&object, &string, OBJ_CASE_INSENSITIVE, dir,
				   NULL);
	ret = windows_status(NtCreateFile(&handle, access | SYNCHRONIZE, &object,
					  &io, NULL, FILE_ATTRIBUTE_NORMAL,
					  SHARE_ALL, disposition,
					  options | FILE_SYNCHRONOUS_IO_NONALERT,
					  NULL, 0));
	return ret < 0 ? ret : (int)(intptr_t)handle;
}

static int handle_create_path(const char *path, ACCESS_MASK access,
			      ULONG disposition, ULONG options)
{
	wchar_t *name = NULL;
	int ret = windows_path(&name, path);

	if (ret >= 0)
		ret = handle_create(NULL, name, ret, access, disposition,
				    options);
	free(name);
	return ret;
}

int windows_open(int dir, const char *name, ACCESS_MASK access,
		 ULONG disposition, ULONG options)
{
	bool creates = disposition == FILE_CREATE;
	wchar_t units[WINDOWS_NAME_MAX + 1];
	int len;

	if (dir == TREE_CWD)
		return handle_create_path(name, access, disposition, options);
	if (name && path_is_dots(name)) {
		if (creates || name[1])
			return creates ? -LKL_EEXIST : -WINDOWS_ENAME;
		name = NULL;
	}
	len = name ? windows_name(units, name, creates) : 0;
	if (len < 0)
		return len;
	return handle_create(windows_handle(dir), units, len, access,
			     disposition, options);
}

int windows_open_node(int dir, const char *name, ACCESS_MASK access)
{
	return windows_open(dir, name, access, FILE_OPEN,
			    FILE_OPEN_REPARSE_POINT |
				    FILE_OPEN_FOR_BACKUP_INTENT);
}

/*
 * Volumes of open directories.  A query is slow, and the files of a directory need
 * the volume of the directory only.  Handles are multiples of four.
 */
#define VOLUME_HANDLES	1024
#define VOLUME_KNOWN	(UINT64_C(1) << 32)

static _Atomic uint64_t handle_volumes[VOLUME_HANDLES];

/* Return the place for the volume of @fd, or NULL. */
static _Atomic uint64_t *handle_volume(int fd)
{
	unsigned int n = (unsigned int)fd / 4;

	return n < VOLUME_HANDLES ? &handle_volumes[n] : NULL;
}

uint32_t windows_volume(int fd)
{
	_Atomic uint64_t *place = handle_volume(fd);
	uint64_t known = place ? *place : 0;
	/* The label, which may not have enough room, comes last. */
	FILE_FS_VOLUME_INFORMATION info = { };
	IO_STATUS_BLOCK io;

	if (known)
		return known;
	NtQueryVolumeInformationFile(windows_handle(fd), &io, &info,
				     sizeof(info), FileFsVolumeInformation);
	if (place)
		*place = info.VolumeSerialNumber | VOLUME_KNOWN;
	return info.VolumeSerialNumber;
}

void windows_volume_inherit(int fd, int dir)
{
	_Atomic uint64_t *from = handle_volume(dir), *to = handle_volume(fd);

	if (from && to)
		*to = *from;
}

int windows_close(int fd)
{
	_Atomic uint64_t *place = handle_volume(fd);

	if (place)
		*place = 0;
	return CloseHandle(windows_handle(fd)) ? 0 : windows_last_error();
}
