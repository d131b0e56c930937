// SPDX-License-Identifier: GPL-2.0
/*
 * Disks: regular files and block devices of the host.
 *
 * A request either succeeds as a whole or fails: short transfers are carried
 * on, the end of a file whose size is not a multiple of the block size reads
 * as zeros, and a file that became shorter is an I/O error.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "config.h"
#ifdef HAVE_LIBURING
#include <liburing.h>
#endif

#include "base/host-posix.h"
#include "io/poller.h"

#define SECTOR		512
/* The use of struct lkl_blk_io.host here. */
#define IO_BLK		3

/**
 * struct blk - an open disk
 * @fd:		the program's, which keeps it
 * @poller:	where its requests go
 * @size:	bytes, rounded up to whole sectors
 * @align:	what O_DIRECT wants of addresses and lengths, 1 without
 */
struct blk {
	int fd;
	struct lkl_poller *poller;
	uint64_t size;
	uint32_t align;
};

static struct blk *io_blk(const struct lkl_blk_io *io)
{
	return (struct blk *)(uintptr_t)io->host[IO_BLK];
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

static bool is_aligned(const struct lkl_blk_io *io)
{
	uint64_t mask = io_blk(io)->align - 1, bits = io->offset;
	uint32_t i;

	if (!mask)
		return true;
	for (i = 0; i < io->iov_count; i++)
		bits |= (uintptr_t)io->iov[i].iov_base | io->iov[i].iov_len;
	return !(bits & mask);
}

/* One transfer at @off. */
static ssize_t transfer(struct blk *b, bool write, void *buf, size_t len,
			uint64_t off)
{
	ssize_t n;

	do {
		n = write ? pwrite(b->fd, buf, len, off) :
		    pread(b->fd, buf, len, off);
	} while (n < 0 && errno == EINTR);
	return n;
}

/* @buf at @off, to the last byte; 0 or an error. */
static int transfer_all(struct blk *b, bool write, char *buf, size_t len,
			uint64_t off)
{
	while (len) {
		ssize_t n = transfer(b, write, buf, len, off);

		if (n < 0)
			return blk_error(errno);
		if (n == 0) {
			/* Only the rest of the last sector may be missing. */
			if (write || off + len > b->size ||
			    b->size - off >= SECTOR)
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

static int transfer_rest(struct lkl_blk_io *io, uint64_t done)
{
	bool write = io->op == LKL_BLK_OP_WRITE;
	uint64_t off = io->offset;
	uint32_t i;
	int ret = 0;

	for (i = 0; i < io->iov_count && !ret; i++) {
		const struct iovec *v = &io->iov[i];
		size_t skip = done < v->iov_len ? done : v->iov_len;

		ret = transfer_all(io_blk(io), write, (char *)v->iov_base + skip,
				   v->iov_len - skip, off + skip);
		done -= skip;
		off += v->iov_len;
	}
	return ret;
}

/*
 * O_DIRECT does not like the request's memory: all of it through a buffer that
 * it likes, as pieces may be smaller than what can be transferred.
 */
static int transfer_bounced(struct lkl_blk_io *io)
{
	struct blk *b = io_blk(io);
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
	ret = transfer_all(b, write, bounce, io->len, io->offset);
	p = bounce;
	for (i = 0; !write && !ret && i < io->iov_count; i++) {
		memcpy(io->iov[i].iov_base, p, io->iov[i].iov_len);
		p += io->iov[i].iov_len;
	}
	free(bounce);
	return ret;
}

/* The common case is one system call for the whole request. */
static int transfer_vector(struct lkl_blk_io *io)
{
	struct blk *b = io_blk(io);
	ssize_t n;

	if (!is_aligned(io))
		return transfer_bounced(io);
	do {
		n = io->op == LKL_BLK_OP_WRITE ?
		    pwritev(b->fd, io->iov, io->iov_count, io->offset) :
		    preadv(b->fd, io->iov, io->iov_count, io->offset);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return blk_error(errno);
	return (uint64_t)n == io->len ? 0 : transfer_rest(io, n);
}

static int write_zeros(struct lkl_blk_io *io)
{
	static const char zeros[65536] __attribute__((aligned(4096)));
	uint64_t done = 0;
	int ret = 0;

	while (done < io->len && !ret) {
		size_t n = io->len - done < sizeof(zeros) ? io->len - done :
			   sizeof(zeros);

		ret = transfer_all(io_blk(io), true, (char *)zeros, n,
				   io->offset + done);
		done += n;
	}
	return ret;
}

static int do_fallocate(struct lkl_blk_io *io, int mode)
{
	int ret;

	do {
		ret = fallocate(io_blk(io)->fd, mode | FALLOC_FL_KEEP_SIZE,
				io->offset, io->len);
	} while (ret && errno == EINTR);
	return ret ? blk_error(errno) : 0;
}

static int zero_range(struct lkl_blk_io *io)
{
	int ret = -LKL_EOPNOTSUPP;

	if (io->flags & LKL_BLK_UNMAP)
		ret = do_fallocate(io, FALLOC_FL_PUNCH_HOLE);
	if (ret == -LKL_EOPNOTSUPP)
		ret = do_fallocate(io, FALLOC_FL_ZERO_RANGE);
	return ret == -LKL_EOPNOTSUPP ? write_zeros(io) : ret;
}

static int flush(struct lkl_blk_io *io)
{
	int ret;

	do {
		ret = fdatasync(io_blk(io)->fd);
	} while (ret && errno == EINTR);
	return ret ? blk_error(errno) : 0;
}

int lkl_blk_io_sync(struct lkl_blk_io *io, uint64_t done)
{
	switch (io->op) {
	case LKL_BLK_OP_READ:
	case LKL_BLK_OP_WRITE:
		return done ? transfer_rest(io, done) : transfer_vector(io);
	case LKL_BLK_OP_FLUSH:
		return flush(io);
	case LKL_BLK_OP_DISCARD:
		return do_fallocate(io, FALLOC_FL_PUNCH_HOLE);
	case LKL_BLK_OP_WRITE_ZEROES:
		return zero_range(io);
	}
	return -LKL_EOPNOTSUPP;
}

/* @res: what the ring said, a count of bytes or a negative host errno */
int lkl_blk_io_result(struct lkl_blk_io *io, int res)
{
	/*
	 * Not done, as the thread was interrupted or ended that had submitted
	 * it: the latter is -EFAULT or -ECANCELED.
	 */
	if (res == -EINTR || res == -EAGAIN || res == -EFAULT ||
	    res == -ECANCELED)
		return lkl_blk_io_sync(io, 0);
	if (res < 0)
		return blk_error(-res);
	if (io->op == LKL_BLK_OP_READ || io->op == LKL_BLK_OP_WRITE)
		return (uint64_t)res == io->len ? 0 : transfer_rest(io, res);
	return 0;
}

bool lkl_blk_io_has_async(const struct lkl_blk_io *io)
{
	switch (io->op) {
	case LKL_BLK_OP_READ:
	case LKL_BLK_OP_WRITE:
		return is_aligned(io);
	case LKL_BLK_OP_FLUSH:
		return true;
	}
	return false;
}

#ifdef HAVE_LIBURING
void lkl_blk_io_prep(struct lkl_blk_io *io, struct io_uring_sqe *sqe)
{
	int fd = io_blk(io)->fd;

	switch (io->op) {
	case LKL_BLK_OP_READ:
		io_uring_prep_readv(sqe, fd, io->iov, io->iov_count, io->offset);
		break;
	case LKL_BLK_OP_WRITE:
		io_uring_prep_writev(sqe, fd, io->iov, io->iov_count, io->offset);
		break;
	case LKL_BLK_OP_FLUSH:
		io_uring_prep_fsync(sqe, fd, IORING_FSYNC_DATASYNC);
		break;
	}
}
#endif

static void blk_submit(void *blk, struct lkl_blk_io *io)
{
	struct blk *b = blk;

	io->host[IO_BLK] = (uintptr_t)b;
	lkl_poller_queue(b->poller, io);
}

/* Sectors, unless the file system below wants larger pieces. */
static uint32_t direct_align(int fd)
{
	char buf[2 * SECTOR], *sector;

	sector = (char *)(((uintptr_t)buf + SECTOR - 1) &
			  ~(uintptr_t)(SECTOR - 1));
	return pread(fd, sector, SECTOR, 0) < 0 ? 4096 : SECTOR;
}

static int file_info(struct blk *b, const struct stat *st,
		     struct lkl_blk_info *info)
{
	info->size_bytes = st->st_size;
	info->logical_block_size = SECTOR;
	info->physical_block_size = 4096;
	info->flags |= LKL_BLK_DISCARD | LKL_BLK_WRITE_ZEROES;
	/* The last, incomplete sector is there too. */
	info->size_bytes = (info->size_bytes + SECTOR - 1) &
			   ~(uint64_t)(SECTOR - 1);
	if (fcntl(b->fd, F_GETFL) & O_DIRECT) {
		b->align = direct_align(b->fd);
		info->logical_block_size = b->align;
	}
	return 0;
}

static int device_info(struct blk *b, struct lkl_blk_info *info)
{
	unsigned int physical = 0;
	int logical = 0, ro = 0;

	if (ioctl(b->fd, BLKGETSIZE64, &info->size_bytes) ||
	    ioctl(b->fd, BLKSSZGET, &logical) ||
	    ioctl(b->fd, BLKPBSZGET, &physical) ||
	    ioctl(b->fd, BLKROGET, &ro))
		return lkl_posix_error(errno);
	info->logical_block_size = logical;
	info->physical_block_size = physical;
	info->flags |= LKL_BLK_DISCARD | LKL_BLK_WRITE_ZEROES;
	if (ro)
		info->flags |= LKL_BLK_READ_ONLY;
	if (fcntl(b->fd, F_GETFL) & O_DIRECT)
		b->align = logical;
	return 0;
}

static int get_info(struct blk *b, struct lkl_blk_info *info)
{
	int flags = fcntl(b->fd, F_GETFL);
	struct stat st;

	*info = (struct lkl_blk_info) { };
	if (flags < 0 || fstat(b->fd, &st))
		return lkl_posix_error(errno);
	if ((flags & O_ACCMODE) == O_RDONLY)
		info->flags |= LKL_BLK_READ_ONLY;
	if (S_ISREG(st.st_mode))
		return file_info(b, &st, info);
	if (S_ISBLK(st.st_mode))
		return device_info(b, info);
	return -LKL_EINVAL;
}

static int blk_open(struct lkl_poller *poller, struct lkl_disk *disk,
		    struct lkl_blk_info *info, void **blk)
{
	struct blk *b = calloc(1, sizeof(*b));
	int ret;

	if (!b)
		return -LKL_ENOMEM;
	b->fd = disk->fd;
	b->poller = poller;
	b->align = 1;
	ret = get_info(b, info);
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
