// SPDX-License-Identifier: GPL-2.0
/*
 * Disks: files and drives of the host.
 *
 * A request succeeds as a whole or fails: after a short transfer the rest is
 * transferred, the end of a file whose size is not a multiple of the sector
 * size reads as zeros, and a file that became shorter is an I/O error.
 */
#include <windows.h>
#include <winioctl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "io/block.h"
#include "io/disk-info.h"
#include "io/poller.h"
#include "io/request.h"
#include "shared/macros.h"

#define BLK_SECTOR	512
/* The largest transfer of one call of the host */
#define BLK_TRANSFER_MAX (16U << 20)

/**
 * struct blk - an open disk
 * @target:	target of the requests
 * @handle:	the program's handle
 * @poller:	where requests are queued
 * @size:	bytes, rounded up to whole sectors
 * @read_only:	the disk cannot be written
 */
struct blk {
	struct lkl_request_target target;
	HANDLE handle;
	struct lkl_poller *poller;
	uint64_t size;
	bool read_only;
};

static struct blk *blk_of(const struct lkl_blk_io *io)
{
	return container_of(request_of(io)->target, struct blk, target);
}

static int blk_last_error(void)
{
	int err = lkl_host_win32_last_error();

	return err == -LKL_ENOSPC || err == -LKL_EOPNOTSUPP ? err : -LKL_EIO;
}

/*
 * Transfer up to @len bytes at @off.  Return the number of bytes or a negative
 * LKL error.
 */
static int64_t blk_transfer(struct blk *b, bool write, void *buf, uint64_t len,
			    uint64_t off)
{
	OVERLAPPED at = { .Offset = off, .OffsetHigh = off >> 32 };
	DWORD n = 0;
	BOOL ok;

	if (len > BLK_TRANSFER_MAX)
		len = BLK_TRANSFER_MAX;
	ok = write ? WriteFile(b->handle, buf, len, &n, &at) :
	     ReadFile(b->handle, buf, len, &n, &at);
	if (!ok && GetLastError() == ERROR_IO_PENDING)
		ok = GetOverlappedResult(b->handle, &at, &n, TRUE);
	if (!ok && GetLastError() != ERROR_HANDLE_EOF)
		return blk_last_error();
	return n;
}

/* Transfer @len bytes at @off.  Return 0 or a negative LKL error. */
static int blk_transfer_all(struct blk *b, bool write, char *buf, uint64_t len,
			    uint64_t off)
{
	while (len) {
		int64_t n = blk_transfer(b, write, buf, len, off);

		if (n < 0)
			return n;
		if (n == 0) {
			/* Only the rest of the last sector may be missing. */
			if (write || off + len > b->size ||
			    b->size - off >= BLK_SECTOR)
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

/*
 * Return how many bytes at the start of buffer @first and of the buffers behind
 * lie one behind the other, and store the next buffer in *@next.
 */
static uint64_t blk_adjacent(const struct lkl_blk_io *io, uint32_t first,
			     uint32_t *next)
{
	const struct iovec *v = &io->iov[first];
	uint64_t len = v->iov_len;
	uint32_t i;

	for (i = first + 1; i < io->iov_count; i++) {
		if ((char *)v->iov_base + len != io->iov[i].iov_base)
			break;
		len += io->iov[i].iov_len;
	}
	*next = i;
	return len;
}

/* Transfer the buffers: the host has no calls for several of any size. */
static int blk_transfer_vector(struct lkl_blk_io *io)
{
	bool write = io->op == LKL_BLK_OP_WRITE;
	uint64_t off = io->offset, len;
	uint32_t i, next;
	int ret = 0;

	for (i = 0; i < io->iov_count && !ret; i = next) {
		len = blk_adjacent(io, i, &next);
		ret = blk_transfer_all(blk_of(io), write, io->iov[i].iov_base,
				       len, off);
		off += len;
	}
	return ret;
}

static int blk_write_zeros(struct lkl_blk_io *io)
{
	static const char zeros[65536] __attribute__((aligned(4096)));
	uint64_t done = 0;
	int ret = 0;

	while (done < io->len && !ret) {
		uint64_t n = io->len - done < sizeof(zeros) ?
			     io->len - done : sizeof(zeros);

		ret = blk_transfer_all(blk_of(io), true, (char *)zeros, n,
				       io->offset + done);
		done += n;
	}
	return ret;
}

/* Give back the range: it reads as zeros. */
static int blk_punch(struct lkl_blk_io *io)
{
	FILE_ZERO_DATA_INFORMATION range = {
		.FileOffset.QuadPart = io->offset,
		.BeyondFinalZero.QuadPart = io->offset + io->len,
	};
	DWORD n;

	return DeviceIoControl(blk_of(io)->handle, FSCTL_SET_ZERO_DATA, &range,
			       sizeof(range), NULL, 0, &n, NULL) ?
	       0 : blk_last_error();
}

static int blk_zero_range(struct lkl_blk_io *io)
{
	if (io->flags & LKL_BLK_UNMAP && !blk_punch(io))
		return 0;
	return blk_write_zeros(io);
}

static int blk_flush(struct lkl_blk_io *io)
{
	struct blk *b = blk_of(io);

	/* The host refuses to flush what cannot be written. */
	return b->read_only || FlushFileBuffers(b->handle) ?
	       0 : blk_last_error();
}

static int blk_run(struct lkl_blk_io *io)
{
	switch (io->op) {
	case LKL_BLK_OP_READ:
	case LKL_BLK_OP_WRITE:
		return blk_transfer_vector(io);
	case LKL_BLK_OP_FLUSH:
		return blk_flush(io);
	case LKL_BLK_OP_DISCARD:
		return blk_punch(io);
	case LKL_BLK_OP_WRITE_ZEROES:
		return blk_zero_range(io);
	}
	return -LKL_EOPNOTSUPP;
}

static void blk_submit(void *blk, struct lkl_blk_io *io)
{
	struct blk *b = blk;

	lkl_host_win32_poller_queue(b->poller, io, &b->target);
}

static int blk_open(struct lkl_poller *poller, struct lkl_disk *disk,
		    struct lkl_blk_info *info, void **blk)
{
	struct blk *b = calloc(1, sizeof(*b));
	int ret;

	if (!b)
		return -LKL_ENOMEM;
	ret = lkl_host_win32_disk_info(disk->handle, info);
	if (ret) {
		free(b);
		return ret;
	}
	b->target.run = blk_run;
	b->handle = disk->handle;
	b->poller = poller;
	b->size = info->size_bytes;
	b->read_only = info->flags & LKL_BLK_READ_ONLY;
	*blk = b;
	return 0;
}

static void blk_close(void *blk)
{
	free(blk);
}

const struct lkl_host_blk_ops lkl_host_win32_blk_ops = {
	.size = sizeof(lkl_host_win32_blk_ops),
	.open = blk_open,
	.submit = blk_submit,
	.close = blk_close,
};
