// SPDX-License-Identifier: GPL-2.0
/*
 * The files of Windows that hold the data of an image: the image itself, if it is
 * a file.  The file behind a virtual drive (VHD) is not looked for.
 */
#include <windows.h>

#include "disk/backing.h"

int backing_find(const struct disk_file *f, struct backing_file *files, int max)
{
	BY_HANDLE_FILE_INFORMATION info;

	if (!max || !GetFileInformationByHandle((HANDLE)f->id, &info))
		return 0;
	files[0] = (struct backing_file) {
		.dev = info.dwVolumeSerialNumber,
		.ino = (uint64_t)info.nFileIndexHigh << 32 | info.nFileIndexLow,
	};
	return 1;
}
