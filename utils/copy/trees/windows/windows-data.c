// SPDX-License-Identifier: GPL-2.0
/*
 * Data of the host's files, and the holes of sparse files.
 */
#include "copy/trees/windows/windows-handle.h"

#include <lkl.h>
#include <winioctl.h>

#include "copy/trees/windows/windows-data.h"

/* NTFS has no smaller holes. */
#define HOLE_MIN	65536
/* A call transfers at most this number of bytes. */
#define TRANSFER_MAX	(1U << 30)

static OVERLAPPED data_position(uint64_t off)
{
	return (OVERLAPPED) { .Offset = off, .OffsetHigh = off >> 32 };
}

long windows_read(int fd, void *buf, size_t len, uint64_t off)
{
	OVERLAPPED at = data_position(off);
	DWORD n;

	if (ReadFile(windows_handle(fd), buf,
		     len < TRANSFER_MAX ? len : TRANSFER_MAX, &n, &at))
		return n;
	return GetLastError() == ERROR_HANDLE_EOF ? 0 : windows_last_error();
}

/*
 * Let there be a hole between the end of the file and @end.  A file system that has
 * no holes writes zeros, as the system does when the file is not marked.
 */
static void data_make_hole(HANDLE h, uint64_t end)
{
	LARGE_INTEGER size;
	DWORD n;

	if (GetFileSizeEx(h, &size) &&
	    end >= (uint64_t)size.QuadPart + HOLE_MIN)
		DeviceIoControl(h, FSCTL_SET_SPARSE, NULL, 0, NULL, 0, &n, NULL);
}

long windows_write(int fd, const void *buf, size_t len, uint64_t off)
{
	OVERLAPPED at = data_position(off);
	DWORD n;

	if (off)
		data_make_hole(windows_handle(fd), off);
	if (WriteFile(windows_handle(fd), buf,
		      len < TRANSFER_MAX ? len : TRANSFER_MAX, &n, &at))
		return n;
	return windows_last_error();
}

int windows_truncate(int fd, int64_t size)
{
	FILE_END_OF_FILE_INFO end = { .EndOfFile.QuadPart = size };
	HANDLE h = windows_handle(fd);

	data_make_hole(h, size);
	return SetFileInformationByHandle(h, FileEndOfFileInfo, &end,
					  sizeof(end)) ?
		       0 :
		       windows_last_error();
}

/*
 * Store the first range with data at or after @off, empty if there is only a hole
 * up to the end.  A file system without holes has one range.
 */
static int data_find_range(HANDLE h, int64_t off, int64_t *start, int64_t *end)
{
	FILE_ALLOCATED_RANGE_BUFFER from = { .FileOffset.QuadPart = off }, range;
	LARGE_INTEGER size;
	DWORD n = 0;

	if (!GetFileSizeEx(h, &size))
		return windows_last_error();
	*start = off;
	*end = size.QuadPart;
	if (off >= size.QuadPart)
		return -LKL_ENXIO;
	from.Length.QuadPart = size.QuadPart - off;
	if (!DeviceIoControl(h, FSCTL_QUERY_ALLOCATED_RANGES, &from,
			     sizeof(from), &range, sizeof(range), &n, NULL) &&
	    GetLastError() != ERROR_MORE_DATA) {
		int err = windows_last_error();

		return err == -LKL_EOPNOTSUPP || err == -LKL_EINVAL ? 0 : err;
	}
	if (n < sizeof(range))
		return -LKL_ENXIO;
	if (range.FileOffset.QuadPart > off)
		*start = range.FileOffset.QuadPart;
	*end = range.FileOffset.QuadPart + range.Length.QuadPart;
	return 0;
}

int64_t windows_seek_data(int fd, int64_t off)
{
	int64_t start, end;
	int ret = data_find_range(windows_handle(fd), off, &start, &end);

	return ret < 0 ? ret : start;
}

int64_t windows_seek_hole(int fd, int64_t off)
{
	int64_t start, end;
	int ret;

	/* Ranges may follow each other without a hole. */
	while (!(ret = data_find_range(windows_handle(fd), off, &start, &end)) &&
	       start == off && end > off)
		off = end;
	return ret < 0 && ret != -LKL_ENXIO ? ret : off;
}
