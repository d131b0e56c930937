// SPDX-License-Identifier: GPL-2.0
/*
 * Disks: files and drives of the host.
 */
#include <windows.h>
#include <winioctl.h>
#include <stdbool.h>
#include <stdlib.h>

#include "disk/control.h"
#include "disk/disk-info.h"
#include "disk/handle-mode.h"
#include "disk/transfer.h"
#include "io/block.h"
#include "io/overlapped.h"
#include "io/poller.h"
#include "io/request.h"
#include "shared/macros.h"

/* The largest request that overlaps with others */
#define BLK_OVERLAPPED_MAX (16U << 20)

/**
 * struct blk - an open disk
 * @target:	target of the requests
 * @file:	the file or drive
 * @poller:	where requests are queued
 * @read_only:	the disk cannot be written
 */
struct blk {
	struct lkl_request_target target;
	struct lkl_disk_file file;
	struct lkl_poller *poller;
	bool read_only;
};

static struct blk *blk_of(const struct lkl_blk_io *io)
{
	return container_of(request_of(io)->target, struct blk, target);
}

static int blk_last_error(void)
{
	return lkl_host_win32_transfer_error(GetLastError());
}

static int blk_write_zeros(struct lkl_blk_io *io)
{
	static const char zeros[65536] __attribute__((aligned(4096)));
	uint64_t done = 0;
	int ret = 0;

	while (done < io->len && !ret) {
		uint64_t n = io->len - done < sizeof(zeros) ?
			     io->len - done : sizeof(zeros);

		ret = lkl_host_win32_transfer(&blk_of(io)->file, true,
					      (char *)zeros, n,
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

	DWORD error = lkl_host_win32_control(blk_of(io)->file.handle,
					     FSCTL_SET_ZERO_DATA, &range,
					     sizeof(range), NULL, 0);

	return error ? lkl_host_win32_transfer_error(error) : 0;
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
	return b->read_only || FlushFileBuffers(b->file.handle) ?
	       0 : blk_last_error();
}

static int blk_run(struct lkl_blk_io *io)
{
	switch (io->op) {
	case LKL_BLK_OP_READ:
	case LKL_BLK_OP_WRITE:
		return lkl_host_win32_transfer_vector(&blk_of(io)->file, io);
	case LKL_BLK_OP_FLUSH:
		return blk_flush(io);
	case LKL_BLK_OP_DISCARD:
		return blk_punch(io);
	case LKL_BLK_OP_WRITE_ZEROES:
		return blk_zero_range(io);
	}
	return -LKL_EOPNOTSUPP;
}

static bool blk_suits_overlap(const struct lkl_blk_io *io)
{
	return (io->op == LKL_BLK_OP_READ || io->op == LKL_BLK_OP_WRITE) &&
	       io->len <= BLK_OVERLAPPED_MAX &&
	       lkl_host_win32_transfer_is_aligned(&blk_of(io)->file, io);
}

static int blk_overlapped_result(struct lkl_blk_io *io, uint32_t error,
				 uint32_t len)
{
	switch (error) {
	case 0:
		return len == io->len ? 0 : blk_run(io);
	/* Only the plain way knows what may be missing at the end of a file. */
	case ERROR_HANDLE_EOF:
	/* The thread that has started the request has ended. */
	case ERROR_OPERATION_ABORTED:
	/* The system limits the memory of requests in flight. */
	case ERROR_NOT_ENOUGH_MEMORY:
	case ERROR_NO_SYSTEM_RESOURCES:
	case ERROR_INVALID_USER_BUFFER:
	case ERROR_NOT_ENOUGH_QUOTA:
	case ERROR_WORKING_SET_QUOTA:
		return blk_run(io);
	}
	return lkl_host_win32_transfer_error(error);
}

static void blk_submit(void *blk, struct lkl_blk_io *io)
{
	struct blk *b = blk;

	lkl_host_win32_poller_queue(b->poller, io, &b->target);
}

static int blk_open_file(struct blk *b, struct lkl_blk_info *info)
{
	struct lkl_handle_mode mode =
		lkl_host_win32_handle_mode(b->file.handle);
	int ret = lkl_host_win32_disk_info(b->file.handle, info,
					   &b->file.align);

	if (ret)
		return ret;
	b->file.overlapped = mode.overlapped;
	b->file.size = info->size_bytes;
	b->read_only = info->flags & LKL_BLK_READ_ONLY;
	b->target.overlapped =
		lkl_host_win32_overlap_open(b->file.handle, !b->read_only);
	return 0;
}

static int blk_open(struct lkl_poller *poller, struct lkl_disk *disk,
		    struct lkl_blk_info *info, void **blk)
{
	struct blk *b = calloc(1, sizeof(*b));
	int ret;

	if (!b)
		return -LKL_ENOMEM;
	b->target.run = blk_run;
	b->target.suits_overlap = blk_suits_overlap;
	b->target.result = blk_overlapped_result;
	b->file.handle = disk->handle;
	b->poller = poller;
	ret = blk_open_file(b, info);
	if (ret) {
		free(b);
		return ret;
	}
	*blk = b;
	return 0;
}

static void blk_close(void *blk)
{
	struct blk *b = blk;

	/* After a panic, requests may be in flight. */
	lkl_host_win32_poller_drain(b->poller, &b->target);
	if (b->target.overlapped && b->target.overlapped != b->file.handle)
		CloseHandle(b->target.overlapped);
	free(b);
}

const struct lkl_host_blk_ops lkl_host_win32_blk_ops = {
	.size = sizeof(lkl_host_win32_blk_ops),
	.open = blk_open,
	.submit = blk_submit,
	.close = blk_close,
};
