// SPDX-License-Identifier: GPL-2.0
/*
 * Properties of disks: image files, volumes (\\.\C:) and drives
 * (\\.\PhysicalDrive1).
 */
#include <windows.h>
#include <winioctl.h>
#include <winternl.h>
#include <stdbool.h>

#include "base/error.h"
#include "base/host-report.h"
#include "disk/control.h"
#include "disk/disk-info.h"
#include "disk/handle-mode.h"
#include "shared/macros.h"

#define DISK_SECTOR	512
#define DISK_PAGE	4096

/* Return true if the program may write to @handle. */
static bool disk_is_writable(HANDLE handle)
{
	PUBLIC_OBJECT_BASIC_INFORMATION basic;

	if (NtQueryObject(handle, ObjectBasicInformation, &basic,
			  sizeof(basic), NULL) < 0)
		return true;
	return basic.GrantedAccess & FILE_WRITE_DATA;
}

static bool disk_control(HANDLE handle, DWORD code, void *in, DWORD in_size,
			 void *out, DWORD out_size)
{
	DWORD error = lkl_host_win32_control(handle, code, in, in_size, out,
					     out_size);

	SetLastError(error);
	return !error;
}

/*
 * Return true if parts of the file can be given back.  File systems such as FAT
 * have no sparse files; some refuse only the second request.
 */
static bool disk_make_sparse(HANDLE handle)
{
	FILE_ZERO_DATA_INFORMATION nothing = { };

	return disk_control(handle, FSCTL_SET_SPARSE, NULL, 0, NULL, 0) &&
	       disk_control(handle, FSCTL_SET_ZERO_DATA, &nothing,
			    sizeof(nothing), NULL, 0);
}

static void disk_file_info(HANDLE handle, uint64_t size,
			   struct lkl_blk_info *info)
{
	/* An incomplete last sector counts. */
	info->size_bytes = ALIGN_UP(size, DISK_SECTOR);
	info->logical_block_size = DISK_SECTOR;
	info->physical_block_size = DISK_PAGE;
	if (info->flags & LKL_BLK_READ_ONLY)
		return;
	info->flags |= LKL_BLK_WRITE_ZEROES;
	if (disk_make_sparse(handle))
		info->flags |= LKL_BLK_DISCARD;
}

/*
 * Find out the sizes of sectors.  Drives behind simple adapters know only one
 * size.
 */
static void disk_sector_info(HANDLE handle, struct lkl_blk_info *info)
{
	STORAGE_PROPERTY_QUERY query = {
		.PropertyId = StorageAccessAlignmentProperty,
		.QueryType = PropertyStandardQuery,
	};
	STORAGE_ACCESS_ALIGNMENT_DESCRIPTOR align = { };
	DISK_GEOMETRY geometry = { };

	info->logical_block_size = DISK_SECTOR;
	info->physical_block_size = DISK_SECTOR;
	if (disk_control(handle, IOCTL_STORAGE_QUERY_PROPERTY, &query,
			 sizeof(query), &align, sizeof(align)) &&
	    align.BytesPerLogicalSector) {
		info->logical_block_size = align.BytesPerLogicalSector;
		info->physical_block_size = align.BytesPerPhysicalSector;
	} else if (disk_control(handle, IOCTL_DISK_GET_DRIVE_GEOMETRY, NULL, 0,
				&geometry, sizeof(geometry)) &&
		   geometry.BytesPerSector) {
		info->logical_block_size = geometry.BytesPerSector;
		info->physical_block_size = geometry.BytesPerSector;
	}
}

static int disk_drive_info(HANDLE handle, struct lkl_blk_info *info)
{
	GET_LENGTH_INFORMATION length;

	if (!disk_control(handle, IOCTL_DISK_GET_LENGTH_INFO, NULL, 0, &length,
			  sizeof(length)))
		return lkl_host_win32_last_error();
	info->size_bytes = length.Length.QuadPart;
	disk_sector_info(handle, info);
	lkl_host_win32_control_allow_end(handle);
	if (!disk_control(handle, IOCTL_DISK_IS_WRITABLE, NULL, 0, NULL, 0) &&
	    GetLastError() == ERROR_WRITE_PROTECT)
		info->flags |= LKL_BLK_READ_ONLY;
	if (!(info->flags & LKL_BLK_READ_ONLY))
		info->flags |= LKL_BLK_WRITE_ZEROES;
	return 0;
}

/* The end of a file is no multiple of what such a transfer needs. */
static int disk_refuse_unbuffered(void)
{
	lkl_host_win32_report("lkl: cannot use a file as a disk: the file was opened with FILE_FLAG_NO_BUFFERING; open the file without this flag\n");
	return -LKL_EINVAL;
}

int lkl_host_win32_disk_info(void *handle, struct lkl_blk_info *info,
			     uint32_t *align)
{
	BY_HANDLE_FILE_INFORMATION file;
	int ret;

	*info = (struct lkl_blk_info) { };
	if (GetFileType(handle) != FILE_TYPE_DISK)
		return -LKL_EINVAL;
	if (!disk_is_writable(handle))
		info->flags |= LKL_BLK_READ_ONLY;
	if (!GetFileInformationByHandle(handle, &file)) {
		ret = disk_drive_info(handle, info);
		*align = info->logical_block_size;
		return ret;
	}
	if (file.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY)
		return -LKL_EINVAL;
	if (lkl_host_win32_handle_mode(handle).unbuffered)
		return disk_refuse_unbuffered();
	disk_file_info(handle, (uint64_t)file.nFileSizeHigh << 32 |
		       file.nFileSizeLow, info);
	*align = 1;
	return 0;
}
