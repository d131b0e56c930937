// SPDX-License-Identifier: GPL-2.0
/*
 * Disks: regular files and block devices of the host.
 *
 * A request succeeds as a whole or fails: after a short transfer the rest is
 * transferred, the end of a file whose size is not a multiple of the sector
 * size reads as zeros, and a file that became shorter is an I/O error.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/error.h"
#include "io/block.h"
#include "io/poller.h"
#include "io/request.h"
#include "io/write-behind.h"
#include "shared/macros.h"

#define BLK_SECTOR	512

/**
 * struct blk - an open disk
 * @target:	target of the requests, with the program's descriptor
 * @poller:	where requests are queued
 * @size:	bytes, rounded up to whole sectors
 * @write_end:	offset from which the process may not write to the file, because
 *		of its limit for the size of files ("ulimit -f")
 * @align:	alignment of addresses and lengths that O_DIRECT requires, 1
 *		without O_DIRECT
 * @behind:	limits the written data that only the host's memory has
 */
struct blk {
	struct lkl_request_target target;
	struct lkl_poller *poller;
	uint64_t size;
	uint64_t write_end;
	uint32_t align;
	struct lkl_write_behind behind;
};

static struct blk *blk_of(const struct lkl_blk_io *io)
{
	return container_of(request_of(io)->target, struct blk, target);
}

static int blk_error(int host_errno)
{
	switch (host_errno) {
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
		return -LKL_ENOSPC;
	case EOPNOTSUPP:
	case ENOSYS:
		return -LKL_EOPNOTSUPP;
	}
	return -LKL_EIO;
}

/* Return true if the host would refuse to write, and end the process. */
static bool blk_exceeds_limit(const struct lkl_blk_io *io)
{
	return (io->op == LKL_BLK_OP_WRITE ||
		io->op == LKL_BLK_OP_WRITE_ZEROES) &&
	       io->offset + io->len > blk_of(io)->write_end;
}

static bool blk_is_aligned(const struct lkl_blk_io *io)
{
	uint64_t mask = blk_of(io)->align - 1, bits = io->offset;
	uint32_t i;

	if (!mask)
		return true;
	for (i = 0; i < io->iov_count; i++)
		bits |= (uintptr_t)io->iov[i].iov_base | io->iov[i].iov_len;
	return !(bits & mask);
}

/* Transfer up to @len bytes at @off. */
static ssize_t blk_transfer(struct blk *b, bool write, void *buf, size_t len,
			    uint64_t off)
{
	ssize_t n;

	do {
		n = write ? pwrite(b->target.fd, buf, len, off) :
		    pread(b->target.fd, buf, len, off);
	} while (n < 0 && errno == EINTR);
	return n;
}

/* Transfer @len bytes at @off.  Return 0 or a negative LKL error. */
static int blk_transfer_all(struct blk *b, bool write, char *buf, size_t len,
			    uint64_t off)
{
	while (len) {
		ssize_t n = blk_transfer(b, write, buf, len, off);

		if (n < 0)
			return blk_error(errno);
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

static int blk_transfer_rest(struct lkl_blk_io *io, uint64_t done)
{
	bool write = io->op == LKL_BLK_OP_WRITE;
	uint64_t off = io->offset;
	uint32_t i;
	int ret = 0;

	for (i = 0; i < io->iov_count && !ret; i++) {
		const struct iovec *v = &io->iov[i];
		size_t skip = done < v->iov_len ? done : v->iov_len;

		ret = blk_transfer_all(blk_of(io), write,
				       (char *)v->iov_base + skip,
				       v->iov_len - skip, off + skip);
		done -= skip;
		off += v->iov_len;
	}
	return ret;
}

/*
 * Perform a request whose memory is not aligned for O_DIRECT through an aligned
 * buffer, in one piece, as parts may be smaller than a transfer can be.
 */
static int blk_transfer_bounced(struct lkl_blk_io *io)
{
	struct blk *b = blk_of(io);
	bool write = io->op == LKL_BLK_OP_WRITE;
	void *bounce;
	char *p;
	uint32_t i;
	int ret;

	if (posix_memalign(&bounce, b->align, io->len))
		return -LKL_EIO;
	p = bounce;
	for (i = 0; write && i < io->iov_count; i++)
		p = mempcpy(p, io->iov[i].iov_base, io->iov[i].iov_len);
	ret = blk_transfer_all(b, write, bounce, io->len, io->offset);
	p = bounce;
	for (i = 0; !write && !ret && i < io->iov_count; i++) {
		memcpy(io->iov[i].iov_base, p, io->iov[i].iov_len);
		p += io->iov[i].iov_len;
	}
	free(bounce);
	return ret;
}

/* Perform a request by one system call, the common case. */
static int blk_transfer_vector(struct lkl_blk_io *io)
{
	struct blk *b = blk_of(io);
	ssize_t n;

	if (!blk_is_aligned(io))
		return blk_transfer_bounced(io);
	do {
		n = io->op == LKL_BLK_OP_WRITE ?
		    pwritev(b->target.fd, io->iov, io->iov_count, io->offset) :
		    preadv(b->target.fd, io->iov, io->iov_count, io->offset);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return blk_error(errno);
	return (uint64_t)n == io->len ? 0 : blk_transfer_rest(io, n);
}

static int blk_write_zeros(struct lkl_blk_io *io)
{
	static const char zeros[65536] __attribute__((aligned(4096)));
	uint64_t done = 0;
	int ret = 0;

	while (done < io->len && !ret) {
		size_t n = io->len - done < sizeof(zeros) ? io->len - done :
			   sizeof(zeros);

		ret = blk_transfer_all(blk_of(io), true, (char *)zeros, n,
				       io->offset + done);
		done += n;
	}
	return ret;
}

static int blk_fallocate(struct lkl_blk_io *io, int mode)
{
	int ret;

	do {
		ret = fallocate(blk_of(io)->target.fd,
				mode | FALLOC_FL_KEEP_SIZE, io->offset,
				io->len);
	} while (ret && errno == EINTR);
	return ret ? blk_error(errno) : 0;
}

static int blk_zero_range(struct lkl_blk_io *io)
{
	int ret = -LKL_EOPNOTSUPP;

	if (io->flags & LKL_BLK_UNMAP)
		ret = blk_fallocate(io, FALLOC_FL_PUNCH_HOLE);
	if (ret == -LKL_EOPNOTSUPP)
		ret = blk_fallocate(io, FALLOC_FL_ZERO_RANGE);
	return ret == -LKL_EOPNOTSUPP ? blk_write_zeros(io) : ret;
}

static int blk_flush(struct lkl_blk_io *io)
{
	int ret;

	do {
		ret = fdatasync(blk_of(io)->target.fd);
	} while (ret && errno == EINTR);
	return ret ? blk_error(errno) : 0;
}

/* Transfer data, of which the first @done bytes are transferred already. */
static int blk_transfer_from(struct lkl_blk_io *io, uint64_t done)
{
	return done ? blk_transfer_rest(io, done) : blk_transfer_vector(io);
}

/* Count what @io has written, and return @result. */
static int blk_wrote(struct lkl_blk_io *io, int result)
{
	lkl_write_behind_add(&blk_of(io)->behind, io->len);
	return result;
}

static int blk_run(struct lkl_blk_io *io, uint64_t done)
{
	if (blk_exceeds_limit(io))
		return blk_error(EFBIG);
	switch (io->op) {
	case LKL_BLK_OP_READ:
		return blk_transfer_from(io, done);
	case LKL_BLK_OP_WRITE:
		return blk_wrote(io, blk_transfer_from(io, done));
	case LKL_BLK_OP_FLUSH:
		return blk_flush(io);
	case LKL_BLK_OP_DISCARD:
		return blk_fallocate(io, FALLOC_FL_PUNCH_HOLE);
	case LKL_BLK_OP_WRITE_ZEROES:
		return blk_wrote(io, blk_zero_range(io));
	}
	return -LKL_EOPNOTSUPP;
}

static int blk_ring_result(struct lkl_blk_io *io, int res)
{
	int ret = 0;

	/*
	 * The request was not performed, as the thread that had submitted it
	 * was interrupted, or ended: -EFAULT and -ECANCELED.
	 */
	if (res == -EINTR || res == -EAGAIN || res == -EFAULT ||
	    res == -ECANCELED)
		return blk_run(io, 0);
	if (res < 0)
		return blk_error(-res);
	if (io->op != LKL_BLK_OP_FLUSH && (uint64_t)res != io->len)
		ret = blk_transfer_rest(io, res);
	return io->op == LKL_BLK_OP_WRITE ? blk_wrote(io, ret) : ret;
}

static bool blk_suits_ring(const struct lkl_blk_io *io)
{
	switch (io->op) {
	case LKL_BLK_OP_READ:
	case LKL_BLK_OP_WRITE:
		return blk_is_aligned(io) && !blk_exceeds_limit(io);
	case LKL_BLK_OP_FLUSH:
		return true;
	}
	return false;
}

static void blk_submit(void *blk, struct lkl_blk_io *io)
{
	struct blk *b = blk;

	lkl_poller_queue(b->poller, io, &b->target);
}

/*
 * Return the alignment for O_DIRECT on @fd: a sector, unless the file system of
 * the host requires more.
 */
static uint32_t blk_direct_align(int fd)
{
	char buf[2 * BLK_SECTOR], *sector;

	sector = (char *)ALIGN_UP((uintptr_t)buf, BLK_SECTOR);
	return pread(fd, sector, BLK_SECTOR, 0) < 0 ? 4096 : BLK_SECTOR;
}

static int blk_file_info(struct blk *b, const struct stat *st,
			 struct lkl_blk_info *info)
{
	struct rlimit limit;

	if (!getrlimit(RLIMIT_FSIZE, &limit))
		b->write_end = limit.rlim_cur;
	/* An incomplete last sector counts. */
	info->size_bytes = ALIGN_UP((uint64_t)st->st_size, BLK_SECTOR);
	info->logical_block_size = BLK_SECTOR;
	info->physical_block_size = 4096;
	info->flags |= LKL_BLK_DISCARD | LKL_BLK_WRITE_ZEROES;
	if (fcntl(b->target.fd, F_GETFL) & O_DIRECT) {
		b->align = blk_direct_align(b->target.fd);
		info->logical_block_size = b->align;
	}
	return 0;
}

static int blk_device_info(struct blk *b, struct lkl_blk_info *info)
{
	unsigned int physical = 0;
	int logical = 0, ro = 0;

	if (ioctl(b->target.fd, BLKGETSIZE64, &info->size_bytes) ||
	    ioctl(b->target.fd, BLKSSZGET, &logical) ||
	    ioctl(b->target.fd, BLKPBSZGET, &physical) ||
	    ioctl(b->target.fd, BLKROGET, &ro))
		return lkl_posix_error(errno);
	info->logical_block_size = logical;
	info->physical_block_size = physical;
	info->flags |= LKL_BLK_DISCARD | LKL_BLK_WRITE_ZEROES;
	if (ro)
		info->flags |= LKL_BLK_READ_ONLY;
	if (fcntl(b->target.fd, F_GETFL) & O_DIRECT)
		b->align = logical;
	return 0;
}

static int blk_get_info(struct blk *b, struct lkl_blk_info *info)
{
	int flags = fcntl(b->target.fd, F_GETFL);
	struct stat st;

	*info = (struct lkl_blk_info) { };
	if (flags < 0 || fstat(b->target.fd, &st))
		return lkl_posix_error(errno);
	if ((flags & O_ACCMODE) == O_RDONLY)
		info->flags |= LKL_BLK_READ_ONLY;
	if (S_ISREG(st.st_mode))
		return blk_file_info(b, &st, info);
	if (S_ISBLK(st.st_mode))
		return blk_device_info(b, info);
	return -LKL_EINVAL;
}

static int blk_open(struct lkl_poller *poller, struct lkl_disk *disk,
		    struct lkl_blk_info *info, void **blk)
{
	struct blk *b = calloc(1, sizeof(*b));
	int ret;

	if (!b)
		return -LKL_ENOMEM;
	b->target = (struct lkl_request_target) {
		.fd = disk->fd,
		.run = blk_run,
		.suits_ring = blk_suits_ring,
		.ring_result = blk_ring_result,
	};
	b->poller = poller;
	b->write_end = UINT64_MAX;
	b->align = 1;
	lkl_write_behind_init(&b->behind, disk->fd);
	ret = blk_get_info(b, info);
	if (ret) {
		free(b);
		return ret;
	}
	b->size = info->size_bytes;
	*blk = b;
	return 0;
}

static void blk_close(void *blk)
{
	free(blk);
}

const struct lkl_host_blk_ops lkl_posix_blk_ops = {
	.size = sizeof(lkl_posix_blk_ops),
	.open = blk_open,
	.submit = blk_submit,
	.close = blk_close,
};
