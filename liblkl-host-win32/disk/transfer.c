// SPDX-License-Identifier: GPL-2.0
/*
 * Synchronous transfers between memory and a file or a drive.
 *
 * A transfer succeeds as a whole or fails: after a short transfer the rest is
 * transferred, the end of a file whose size is not a multiple of the sector
 * size reads as zeros, and a file that became shorter is an I/O error.
 */
#include <windows.h>
#include <string.h>

#include "base/error.h"
#include "disk/control.h"
#include "disk/transfer.h"
#include "disk/vector.h"

#define TRANSFER_SECTOR	512
/* The largest transfer of one call of the host */
#define TRANSFER_MAX	(16U << 20)
/* A copy of smaller pieces costs less than one call for each of them. */
#define TRANSFER_PIECE	16384

int lkl_host_win32_transfer_error(unsigned long code)
{
	int err = lkl_host_win32_error(code);

	return err == -LKL_ENOSPC || err == -LKL_EOPNOTSUPP ? err : -LKL_EIO;
}

/*
 * Perform one call of the host with up to @len bytes at @off, and store the
 * number of bytes.  Return 0 or an error of the host.
 */
static DWORD transfer_once(const struct lkl_disk_file *file, bool write,
			   void *buf, DWORD len, uint64_t off, DWORD *n)
{
	OVERLAPPED at = { .Offset = off, .OffsetHigh = off >> 32 };
	HANDLE event = NULL;
	DWORD error = 0;

	*n = 0;
	/* An event of its own: other transfers set the event of the handle. */
	if (file->overlapped) {
		event = CreateEventW(NULL, TRUE, FALSE, NULL);
		if (!event)
			return GetLastError();
		at.hEvent = lkl_host_win32_event_only(event);
	}
	if (!(write ? WriteFile(file->handle, buf, len, n, &at) :
	      ReadFile(file->handle, buf, len, n, &at)))
		error = GetLastError();
	if (error == ERROR_IO_PENDING)
		error = GetOverlappedResult(file->handle, &at, n, TRUE) ?
			0 : GetLastError();
	if (event)
		CloseHandle(event);
	return error == ERROR_HANDLE_EOF ? 0 : error;
}

int lkl_host_win32_transfer(const struct lkl_disk_file *file, bool write,
			    char *buf, uint64_t len, uint64_t off)
{
	DWORD error, n;

	while (len) {
		error = transfer_once(file, write, buf,
				      len < TRANSFER_MAX ? len : TRANSFER_MAX,
				      off, &n);
		if (error)
			return lkl_host_win32_transfer_error(error);
		if (n == 0) {
			/* Only the rest of the last sector may be missing. */
			if (write || off + len > file->size ||
			    file->size - off >= TRANSFER_SECTOR)
				return -LKL_EIO;
			memset(buf, 0, len);
			return 0;
		}
		buf += n;
		off += n;
		len -= n;
	}
	return 0;
}

bool lkl_host_win32_transfer_is_aligned(const struct lkl_disk_file *file,
					const struct lkl_blk_io *io)
{
	uint64_t bits = 0;
	uint32_t i;

	for (i = 0; i < io->iov_count; i++)
		bits |= (uintptr_t)io->iov[i].iov_base | io->iov[i].iov_len;
	return !(bits & (file->align - 1));
}

static bool transfer_should_bounce(const struct lkl_disk_file *file,
				   const struct lkl_blk_io *io)
{
	uint32_t pieces = lkl_host_win32_vector_pieces(io);

	return !lkl_host_win32_transfer_is_aligned(file, io) ||
	       (pieces > 1 && io->len / pieces < TRANSFER_PIECE);
}

/* Transfer by way of @bounce, and free @bounce. */
static int transfer_bounced(const struct lkl_disk_file *file,
			    const struct lkl_blk_io *io, void *bounce)
{
	bool write = io->op == LKL_BLK_OP_WRITE;
	int ret = lkl_host_win32_transfer(file, write, bounce, io->len,
					  io->offset);

	if (!write && !ret)
		lkl_host_win32_vector_scatter(io, bounce);
	lkl_host_win32_vector_free(bounce);
	return ret;
}

static int transfer_pieces(const struct lkl_disk_file *file,
			   const struct lkl_blk_io *io)
{
	bool write = io->op == LKL_BLK_OP_WRITE;
	uint64_t off = io->offset, len;
	uint32_t i, next;
	int ret = 0;

	for (i = 0; i < io->iov_count && !ret; i = next) {
		len = lkl_host_win32_vector_adjacent(io, i, &next);
		ret = lkl_host_win32_transfer(file, write, io->iov[i].iov_base,
					      len, off);
		off += len;
	}
	return ret;
}

int lkl_host_win32_transfer_vector(const struct lkl_disk_file *file,
				   const struct lkl_blk_io *io)
{
	void *bounce = NULL;

	if (transfer_should_bounce(file, io))
		bounce = lkl_host_win32_vector_bounce(io);
	return bounce ? transfer_bounced(file, io, bounce) :
	       transfer_pieces(file, io);
}
