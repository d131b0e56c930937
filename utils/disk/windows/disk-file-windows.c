// SPDX-License-Identifier: GPL-2.0
/*
 * Open files, volumes (\\.\E:) and drives (\\.\PhysicalDrive1) of Windows.
 *
 * Windows itself keeps programs from writing to a volume or a drive whose file
 * system is in use.  For a file there are only the locks of disk_file_lock(): a
 * share mode that excludes other writers would exclude the second use of a file
 * that one program names twice.
 */
#include "common/windows/windows-error.h"

#include <lkl.h>
#include <stdlib.h>
#include <string.h>
#include <winioctl.h>

#include "common/windows/windows-name.h"
#include "disk/disk-file.h"
#include "shared/macros.h"

#define SHARE		(FILE_SHARE_READ | FILE_SHARE_WRITE)
/* The largest transfer of one call */
#define TRANSFER_MAX	(16U << 20)
/* Bytes of a device that are read at once for a request of another alignment */
#define PIECE		(16U << 10)
#define SECTOR		512
/* The byte that is locked, which is behind the end of each file */
#define LOCKED_BYTE_HIGH	0x40000000

static HANDLE disk_file_handle(const struct disk_file *f)
{
	return (HANDLE)f->id;
}

static bool disk_file_control(const struct disk_file *f, DWORD code, void *out,
			      DWORD size)
{
	DWORD n;

	return DeviceIoControl(disk_file_handle(f), code, NULL, 0, out, size,
			       &n, NULL);
}

/* Return false for a volume or a drive. */
static bool disk_file_info(const struct disk_file *f,
			   BY_HANDLE_FILE_INFORMATION *info)
{
	return GetFileInformationByHandle(disk_file_handle(f), info);
}

/* Open */

/* Store @path in the form that may be long. */
static int disk_file_name(wchar_t **name, const char *path)
{
	int ret = windows_path(name, path);

	if (ret < 0)
		return ret;
	(*name)[1] = '\\';
	return 0;
}

static bool disk_file_is_directory(const wchar_t *name)
{
	DWORD attributes = GetFileAttributesW(name);

	return attributes != INVALID_FILE_ATTRIBUTES &&
	       attributes & FILE_ATTRIBUTE_DIRECTORY;
}

static int disk_file_create(struct disk_file *f, const char *path,
			    bool writable, DWORD how)
{
	wchar_t *name = NULL;
	int ret = disk_file_name(&name, path);

	*f = DISK_FILE_NONE;
	if (ret)
		return ret;
	f->id = (intptr_t)CreateFileW(name, GENERIC_READ |
				      (writable ? GENERIC_WRITE : 0), SHARE,
				      NULL, how, FILE_ATTRIBUTE_NORMAL, NULL);
	f->writable = writable;
	f->unit = 1;
	if (!disk_file_is_open(f))
		ret = windows_last_error();
	if (ret == -LKL_EACCES && disk_file_is_directory(name))
		ret = -LKL_EISDIR;
	free(name);
	return ret;
}

/* Return the size of the sectors of a device. */
static uint32_t disk_file_sector(const struct disk_file *f)
{
	DISK_GEOMETRY geometry;
	DWORD size;

	if (!disk_file_control(f, IOCTL_DISK_GET_DRIVE_GEOMETRY, &geometry,
			       sizeof(geometry)))
		return SECTOR;
	size = geometry.BytesPerSector;
	return size && size <= PIECE && !(size & (size - 1)) ? size : SECTOR;
}

int disk_file_open(struct disk_file *f, const char *path, bool writable)
{
	int ret = disk_file_create(f, path, writable, OPEN_EXISTING);

	if (ret)
		return ret;
	if (GetFileType(disk_file_handle(f)) != FILE_TYPE_DISK) {
		disk_file_close(f);
		return -LKL_ENOTBLK;
	}
	if (disk_file_is_regular(f))
		return 0;
	f->unit = disk_file_sector(f);
	/* A file system that Windows knows may be smaller than its volume. */
	disk_file_control(f, FSCTL_ALLOW_EXTENDED_DASD_IO, NULL, 0);
	return 0;
}

int disk_file_open_lock(struct disk_file *f, const char *path)
{
	return disk_file_create(f, path, true, OPEN_ALWAYS);
}

/* Store the path of a new empty file. */
static bool disk_file_temporary_name(wchar_t name[MAX_PATH])
{
	wchar_t directory[MAX_PATH + 1];
	DWORD n = GetTempPathW(ARRAY_SIZE(directory), directory);

	return n && n < ARRAY_SIZE(directory) &&
	       GetTempFileNameW(directory, L"lkl", 0, name);
}

int disk_file_open_temporary(struct disk_file *f, const void *bytes, size_t len)
{
	wchar_t name[MAX_PATH];
	DWORD n;
	int ret;

	*f = DISK_FILE_NONE;
	if (!disk_file_temporary_name(name))
		return windows_last_error();
	f->id = (intptr_t)CreateFileW(name, GENERIC_READ | GENERIC_WRITE, 0,
				      NULL, CREATE_ALWAYS,
				      FILE_ATTRIBUTE_TEMPORARY |
				      FILE_FLAG_DELETE_ON_CLOSE, NULL);
	f->writable = true;
	f->unit = 1;
	if (!disk_file_is_open(f)) {
		ret = windows_last_error();
		DeleteFileW(name);
		return ret;
	}
	if (WriteFile(disk_file_handle(f), bytes, len, &n, NULL) && n == len)
		return 0;
	ret = windows_last_error();
	disk_file_close(f);
	return ret;
}

/* Lock */

static bool disk_file_is_volume(const struct disk_file *f)
{
	VOLUME_DISK_EXTENTS extents;

	/* A volume may consist of several parts of drives. */
	return disk_file_control(f, IOCTL_VOLUME_GET_VOLUME_DISK_EXTENTS,
				 &extents, sizeof(extents)) ||
	       GetLastError() == ERROR_MORE_DATA;
}

/*
 * Lock a volume, so that Windows does not use it, and forget what Windows knows of
 * its file system.
 */
static int disk_file_lock_volume(const struct disk_file *f)
{
	int ret;

	/* The effect of FSCTL_DISMOUNT_VOLUME on a drive is not documented. */
	if (!disk_file_is_volume(f))
		return -LKL_EOPNOTSUPP;
	if (disk_file_control(f, FSCTL_LOCK_VOLUME, NULL, 0) &&
	    disk_file_control(f, FSCTL_DISMOUNT_VOLUME, NULL, 0))
		return 0;
	ret = windows_last_error();
	return ret == -LKL_EACCES ? -LKL_EBUSY : ret;
}

int disk_file_lock(const struct disk_file *f, bool exclusive)
{
	OVERLAPPED at = { .OffsetHigh = LOCKED_BYTE_HIGH };
	DWORD flags = LOCKFILE_FAIL_IMMEDIATELY |
		      (exclusive ? LOCKFILE_EXCLUSIVE_LOCK : 0);

	/* A volume that others have open cannot be locked. */
	if (!disk_file_is_regular(f))
		return exclusive ? disk_file_lock_volume(f) : 0;
	return LockFileEx(disk_file_handle(f), flags, 0, 1, 0, &at) ?
		       0 : windows_last_error();
}

/* Read */

/* Read up to @len bytes.  Return their number or an error. */
static int64_t disk_file_read_some(const struct disk_file *f, void *buf,
				   uint64_t len, uint64_t offset)
{
	OVERLAPPED at = { .Offset = offset, .OffsetHigh = offset >> 32 };
	DWORD n = 0;

	if (len > TRANSFER_MAX)
		len = TRANSFER_MAX;
	if (ReadFile(disk_file_handle(f), buf, len, &n, &at) ||
	    GetLastError() == ERROR_HANDLE_EOF)
		return n;
	return windows_last_error();
}

/* Read a part of a piece of whole sectors. */
static int64_t disk_file_read_piece(const struct disk_file *f, void *buf,
				    uint64_t len, uint64_t offset)
{
	uint64_t skip = offset % f->unit, end = ALIGN_UP(skip + len, f->unit);
	char piece[PIECE] __attribute__((aligned(4096)));
	int64_t n = disk_file_read_some(f, piece, end < PIECE ? end : PIECE,
					offset - skip);

	if (n < 0)
		return n;
	n -= skip;
	if (n <= 0)
		return 0;
	if ((uint64_t)n > len)
		n = len;
	memcpy(buf, piece + skip, n);
	return n;
}

/* Return how many of @len bytes at @offset a device has, or an error. */
static int64_t disk_file_readable(const struct disk_file *f, size_t len,
				  uint64_t offset)
{
	int64_t size = disk_file_size(f);

	if (size < 0)
		return size;
	if (offset >= (uint64_t)size)
		return 0;
	return len < size - offset ? len : size - offset;
}

/*
 * Devices transfer whole sectors only, and only to aligned memory.  A transfer
 * that crosses the end fails as a whole.
 */
int64_t disk_file_read(const struct disk_file *f, void *buf, size_t len,
		       uint64_t offset)
{
	size_t done = 0;
	int64_t n = 1;

	if (f->unit > 1) {
		n = disk_file_readable(f, len, offset);
		if (n <= 0)
			return n;
		len = n;
	}
	while (done < len && n) {
		uint64_t at = offset + done, left = len - done;
		char *to = (char *)buf + done;

		n = at % f->unit || left < f->unit || (uintptr_t)to % f->unit ?
			    disk_file_read_piece(f, to, left, at) :
			    disk_file_read_some(f, to, left - left % f->unit, at);
		if (n < 0)
			return n;
		done += n;
	}
	return done;
}

/* Properties */

int64_t disk_file_size(const struct disk_file *f)
{
	GET_LENGTH_INFORMATION length;
	LARGE_INTEGER size;

	if (disk_file_is_regular(f))
		return GetFileSizeEx(disk_file_handle(f), &size) ?
			       size.QuadPart : windows_last_error();
	return disk_file_control(f, IOCTL_DISK_GET_LENGTH_INFO, &length,
				 sizeof(length)) ?
		       length.Length.QuadPart : windows_last_error();
}

bool disk_file_is_regular(const struct disk_file *f)
{
	BY_HANDLE_FILE_INFORMATION info;

	return disk_file_info(f, &info);
}

static bool disk_file_is_same_device(const struct disk_file *a,
				     const struct disk_file *b)
{
	STORAGE_DEVICE_NUMBER x, y;

	return disk_file_control(a, IOCTL_STORAGE_GET_DEVICE_NUMBER, &x,
				 sizeof(x)) &&
	       disk_file_control(b, IOCTL_STORAGE_GET_DEVICE_NUMBER, &y,
				 sizeof(y)) &&
	       x.DeviceType == y.DeviceType &&
	       x.DeviceNumber == y.DeviceNumber &&
	       x.PartitionNumber == y.PartitionNumber;
}

bool disk_file_is_same(const struct disk_file *a, const struct disk_file *b)
{
	BY_HANDLE_FILE_INFORMATION x, y;
	bool regular = disk_file_info(a, &x);

	if (regular != disk_file_info(b, &y))
		return false;
	if (!regular)
		return disk_file_is_same_device(a, b);
	return x.dwVolumeSerialNumber == y.dwVolumeSerialNumber &&
	       x.nFileIndexHigh == y.nFileIndexHigh &&
	       x.nFileIndexLow == y.nFileIndexLow;
}

/* Close */

int disk_file_flush(const struct disk_file *f)
{
	return !f->writable || FlushFileBuffers(disk_file_handle(f)) ?
		       0 : windows_last_error();
}

int disk_file_close(struct disk_file *f)
{
	int ret = 0;

	if (disk_file_is_open(f) && !CloseHandle(disk_file_handle(f)))
		ret = windows_last_error();
	*f = DISK_FILE_NONE;
	return ret;
}

struct lkl_disk disk_file_as_disk(const struct disk_file *f)
{
	return (struct lkl_disk) { .handle = disk_file_handle(f) };
}

const char *disk_file_strerror(int err)
{
	return windows_strerror(err);
}
